#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "client/frames/outputs/files/file_alarm.h"
#include "client/frames/outputs/files/image_names.h"
#include "client/frames/outputs/files/image_retention.h"
#include "client/frames/outputs/item.h"
#include "client/frames/outputs/output_choice.h"

namespace muxtap::frames {

/// What was done about files.
struct FileFigures {
    std::uint64_t written = 0;  ///< files, each replacement of the newest picture counted
    std::uint64_t dropped = 0;  ///< files that could not be written
    std::uint64_t bytes = 0;    ///< of the written ones
    bool healthy = true;
    std::string problem;  ///< one line, empty when healthy
};

/// Writes pictures to files: the newest of each program, its filmstrip, and all by time. Items that are no pictures are
/// passed over. Everything but `figures` is called by one thread. A file is never seen half written. What cannot be
/// written is dropped, counted and told; the next picture is a new attempt.
class FileOutput {
public:
    /// The error names a pattern that can never work. A folder that cannot be written is a warning.
    [[nodiscard]] static Result<std::unique_ptr<FileOutput>> open(const OutputChoice& choice, app::Log& log);
    ~FileOutput() = default;
    FileOutput(const FileOutput&) = delete;
    FileOutput& operator=(const FileOutput&) = delete;

    /// In order. Of several pictures for one file only the newest is written.
    void write(std::span<const ItemPtr> items);
    /// Called at least ten times a second: retention, and what is to be told.
    void tick();
    /// The last call. Nothing waits here.
    void finish(std::chrono::milliseconds patience);

    /// What it has done so far. Any thread.
    [[nodiscard]] FileFigures figures() const;

private:
    using Bytes = std::shared_ptr<const Image>;
    /// The picture that is to replace a file.
    struct Pending {
        const FrameRecord* record = nullptr;
        Bytes image;
    };
    using PendingByOwner = std::map<const ImageNames::Owner*, Pending>;

    explicit FileOutput(app::Log& log) : alarm_(log) {}
    [[nodiscard]] Result<void> open_names(const OutputChoice& choice, app::Log& log);
    [[nodiscard]] Result<void> open_retention(const OutputChoice& choice, app::Log& log);
    void replace_newest(ImageNames& names, const PendingByOwner& pending);
    void store(const FrameRecord& record, const Bytes& image);
    [[nodiscard]] Result<std::string, int> place(const std::string& wanted, const ImageNames::Owner& owner,
                                                 ByteView bytes);
    void note_written(const ImageNames& names, const ImageNames::Owner& owner, std::size_t bytes);
    void note_failed(const ImageNames& names, const ImageNames::Owner& owner, const std::string& path, int error);
    void publish_health();

    FileAlarm alarm_;
    std::unique_ptr<ImageNames> latest_;
    std::unique_ptr<ImageNames> filmstrip_;
    std::unique_ptr<ImageNames> images_;
    std::unique_ptr<ImageRetention> retention_;  ///< of `images_`
    /// The last wanted name of each owner of `images_` and the next number to try behind it.
    std::map<const ImageNames::Owner*, std::pair<std::string, unsigned>> numbers_;

    std::atomic<std::uint64_t> written_{0};
    std::atomic<std::uint64_t> dropped_{0};
    std::atomic<std::uint64_t> bytes_{0};
    mutable std::mutex health_mutex_;
    std::string problem_;
};

}  // namespace muxtap::frames
