#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client/frames/media/program_pipeline.h"
#include "client/frames/streams/program_directory.h"
#include "tests/client/frames/media/stream_cut.h"

namespace muxtap::test {

/// Keeps what comes out of a pipeline; notes two threads in one receiver at a time.
class MediaRecord final : public frames::ReceiverSource {
public:
    struct Video {
        std::vector<frames::MediaTime> units;
        std::size_t key_frames = 0;
        std::size_t discontinuities = 0;
        std::size_t skipped = 0;
        std::vector<frames::MediaTime> pictures;
        std::vector<std::size_t> pictures_when_asked;  ///< that had come each time the receiver was asked for
        unsigned width = 0;                            ///< of the newest picture
        unsigned height = 0;
        frames::VideoForm form;
    };
    struct Sound {
        std::size_t units = 0;
        std::size_t samples = 0;  ///< of each channel
        frames::SoundFormat format;
    };

    /// What is asked for and not wanted; set before the start.
    std::set<ts::Pid> unwanted;

    [[nodiscard]] Video video_of(ts::Pid pid) const;
    [[nodiscard]] Sound sound_of(ts::Pid pid) const;
    [[nodiscard]] std::vector<std::string> problems() const;
    [[nodiscard]] bool overlapped() const;
    /// Until something has come, some milliseconds at most.
    void wait() const;

    frames::VideoReceiver* video(ts::Pid pid, analyzer::Codec codec) override;
    frames::SoundReceiver* sound(ts::Pid pid, analyzer::Codec codec) override;
    frames::TeletextReceiver* teletext(ts::Pid /*pid*/) override { return nullptr; }
    void on_not_decodable(ts::Pid pid, std::string reason) override;

private:
    class VideoPart;
    class SoundPart;
    class Turn;

    mutable std::mutex mutex_;
    mutable std::condition_variable more_;
    std::map<ts::Pid, std::shared_ptr<VideoPart>> videos_;
    std::map<ts::Pid, std::shared_ptr<SoundPart>> sounds_;
    std::vector<std::string> problems_;
    bool overlapped_ = false;
};

/// A pipeline with what is around it.
class PipelineRig final : private frames::DirectoryHandler {
public:
    explicit PipelineRig(frames::DecodingOptions options, bool lossless = true);

    MediaRecord record;

    void start();
    /// In blocks; waits for room. False: there was none for a minute.
    [[nodiscard]] bool push(const ByteVector& packets, bool discontinuity = false);
    /// Ends it and waits until it has. False: it did not within a minute.
    [[nodiscard]] bool end();
    void stop() { pipeline_.reset(); }
    [[nodiscard]] frames::ProgramPipeline& pipeline() { return *pipeline_; }
    [[nodiscard]] const std::optional<std::string>& error() const { return error_; }
    /// Blocks that somebody still holds.
    [[nodiscard]] std::size_t blocks_held() const;

private:
    void on_program(const frames::ProgramMap& /*program*/) override {}
    void on_program_gone(std::uint16_t /*program_number*/) override {}
    void on_pes_start(ts::Pid pid, const ts::PesHeader& header, std::size_t packet) override;

    frames::DecodingOptions options_;
    bool lossless_;
    frames::PesTimes times_;
    frames::ProgramDirectory directory_;
    std::uint64_t packets_ = 0;
    std::vector<std::weak_ptr<const ByteVector>> blocks_;
    std::unique_ptr<frames::ProgramPipeline> pipeline_;
    std::optional<std::string> error_;
};

}  // namespace muxtap::test
