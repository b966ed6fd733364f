#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/result.h"
#include "common/ts/packet_view.h"

namespace muxtap::send {

/// Where the packets lie in a file: one every `stride` bytes, the first sync byte at `offset`. A stride of 192 carries
/// four bytes of time stamp before each packet (Blu-ray), one of 204 sixteen Reed-Solomon bytes behind it.
struct TsLayout {
    std::size_t stride = ts::packet_size;
    std::size_t offset = 0;
    [[nodiscard]] bool operator==(const TsLayout&) const noexcept = default;
};

/// The layout under which the first packets all start with the sync byte; an error when there is none.
[[nodiscard]] Result<TsLayout> detect_layout(ByteView head);

/// A transport stream file, whole in memory, as 188-byte packets behind each other.
class TsFile {
public:
    using Packet = std::span<const std::uint8_t, ts::packet_size>;

    /// Reads the file. An empty one and one that is not a transport stream are errors.
    [[nodiscard]] static Result<TsFile> read(const std::string& path);

    /// Takes the bytes of a file; `name` is for messages.
    [[nodiscard]] static Result<TsFile> from_bytes(std::vector<std::uint8_t> bytes, const std::string& name);

    [[nodiscard]] std::size_t packet_count() const noexcept { return bytes_.size() / ts::packet_size; }
    /// Borrowed; valid as long as the file.
    [[nodiscard]] Packet packet(std::size_t index) const noexcept {
        return Packet{bytes_.data() + index * ts::packet_size, ts::packet_size};
    }
    [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }
    [[nodiscard]] TsLayout layout() const noexcept { return layout_; }
    /// What is odd about the file, one line each: bytes left out at its ends, packets without sync byte.
    [[nodiscard]] const std::vector<std::string>& remarks() const noexcept { return remarks_; }

private:
    void strip(std::size_t input_size);
    void note_missing_sync();

    std::vector<std::uint8_t> bytes_;
    TsLayout layout_;
    std::vector<std::string> remarks_;
};

}  // namespace muxtap::send
