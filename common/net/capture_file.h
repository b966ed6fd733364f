#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/base/file_descriptor.h"
#include "common/base/result.h"
#include "common/net/frame_decoder.h"

namespace muxtap::net {

/// Reads a file front to back in large pieces and lends out the bytes at its position. Used by one thread.
class ByteReader {
public:
    /// `first_bytes`: the file's first bytes when they were read already to find out what it is.
    explicit ByteReader(FileDescriptor file, std::span<const std::uint8_t> first_bytes = {},
                        std::size_t buffer_bytes = std::size_t{512} << 10);

    /// At least `count` bytes at the position, fewer only at the end of the file. Borrowed until the next call.
    /// `count` may be larger than the buffer, which then grows.
    [[nodiscard]] Result<ByteView> peek(std::size_t count);
    /// Moves the position over `count` bytes that `peek` has shown.
    void skip(std::size_t count) noexcept;
    /// Moves the position over bytes not looked at yet. False at the end of the file.
    [[nodiscard]] Result<bool> discard(std::uint64_t count);
    /// Offset of the position from the start of the file, in bytes.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

private:
    FileDescriptor file_;
    std::unique_ptr<std::uint8_t[]> buffer_;
    std::size_t capacity_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t offset_ = 0;
    bool at_end_ = false;
};

/// Frames of a .pcap or .pcapng file, in file order. Used by one thread.
class CaptureFile {
public:
    virtual ~CaptureFile() = default;

    /// The next frame; empty at the end. A frame's bytes are borrowed until the next call. When the file is damaged,
    /// reading ends there and `damage` tells what and where. The error is one of the operating system's.
    [[nodiscard]] virtual Result<std::optional<Frame>> next() = 0;

    /// What is wrong with the file, with its byte offset; empty text when nothing is.
    [[nodiscard]] const std::string& damage() const noexcept { return damage_; }
    /// Records left out because their link type is not read here.
    [[nodiscard]] std::uint64_t frames_of_unknown_link_type() const noexcept { return unknown_link_type_; }

protected:
    /// No frame of any network is longer: a record that says more is damaged.
    static constexpr std::uint32_t largest_frame = 1U << 20;

    void report_damage(std::uint64_t offset, const std::string& what) {
        if (damage_.empty()) damage_ = what + " at byte " + std::to_string(offset) + "; the rest is not read";
    }
    void count_unknown_link_type() noexcept { ++unknown_link_type_; }

private:
    std::string damage_;
    std::uint64_t unknown_link_type_ = 0;
};

/// What the first bytes of a file say it is.
enum class FileKind : std::uint8_t { pcap, pcapng, gzip, other };
[[nodiscard]] FileKind file_kind(ByteView first_bytes) noexcept;

/// Begins to read a capture file of the kind found. The reader stands at its first byte.
[[nodiscard]] Result<std::unique_ptr<CaptureFile>> open_capture_file(FileKind kind, ByteReader reader);

}  // namespace muxtap::net
