#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/file_descriptor.h"
#include "common/base/result.h"

namespace muxtap::delivery {

/// Where lines go: a file, a pipe, a terminal or a socket. No call waits, except for a disk.
class NdjsonFile {
public:
    struct Written {
        std::size_t bytes = 0;
        int error = 0;  ///< errno; EAGAIN: a reader is slow
    };

    /// Opens a file to append to, making it when it is not there, and locks it against a second writer. The torn line
    /// that a power cut left at its end is cut off; a file that does not end in JSON is none of ours: an error.
    [[nodiscard]] static Result<NdjsonFile> open(const std::string& path);
    /// What a descriptor of somebody else's leads to, standard output. It stays open and as it is.
    [[nodiscard]] static Result<NdjsonFile> share(int descriptor);

    [[nodiscard]] Written write(std::string_view bytes);
    /// Cuts a regular file to this size.
    bool cut(std::uint64_t size);

    /// A file by name: it can be cut and rotated.
    [[nodiscard]] bool regular() const noexcept { return kind_ == Kind::regular; }
    [[nodiscard]] std::uint64_t size() const;
    /// The file is no longer what this path leads to: it was renamed or deleted.
    [[nodiscard]] bool moved_from(const std::string& path) const;
    /// Bytes of a torn line that `open` cut off.
    [[nodiscard]] std::uint64_t torn_bytes() const noexcept { return torn_bytes_; }
    /// A pipe or socket that nobody reads any more.
    [[nodiscard]] bool abandoned() const;
    /// Waits until it takes more, at most this long; also returns when nobody reads any more.
    void wait_for_room(std::chrono::milliseconds patience) const;

private:
    enum class Kind : std::uint8_t { regular, stream, socket, shared };
    NdjsonFile(FileDescriptor descriptor, Kind kind) : descriptor_(std::move(descriptor)), kind_(kind) {}
    [[nodiscard]] Result<void> mend_end(const std::string& path);

    FileDescriptor descriptor_;
    Kind kind_;
    std::uint64_t torn_bytes_ = 0;
};

/// Makes room for a new file: FILE becomes FILE.1, FILE.1 becomes FILE.2 ..., at most `keep` of them; the oldest goes.
[[nodiscard]] Result<void> rotate_files(const std::string& path, std::uint64_t keep);

}  // namespace muxtap::delivery
