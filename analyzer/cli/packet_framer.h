#pragma once

#include <cstdint>

#include "common/base/bytes.h"
#include "common/ts/packet_view.h"

namespace muxtap::analyze {

/// Follows the packets of a file: one every 188, 192 or 204 bytes. Packets whose sync byte is damaged keep their place;
/// where sync is lost (two bad sync bytes in a row) and five good ones in a row stand elsewhere, the packets have
/// shifted (TR 101 290, 5.2.1, indicator 1.1). Of a stream without damage one sync byte in 16 is looked at.
class PacketFramer {
public:
    enum class Verdict : std::uint8_t {
        packets,    ///< the next `bytes` are packets at the stride, damaged ones among them
        skip,       ///< the next `bytes` belong to no packet
        need_more,  ///< cannot be told without the bytes that follow; never with `last`, but for nothing at all
    };
    struct Step {
        Verdict verdict = Verdict::need_more;
        std::size_t bytes = 0;
        bool truncated = false;  ///< what is skipped is, or holds, a packet that was cut off
    };

    /// What the first bytes of `bytes` are; they begin behind those of the step before. `last`: the file ends with
    /// them.
    [[nodiscard]] Step next(ByteView bytes, bool last);

    /// 0 until packets have been found.
    [[nodiscard]] std::size_t stride() const noexcept { return stride_; }

private:
    [[nodiscard]] Step find_start(ByteView bytes, bool last);
    [[nodiscard]] Step regain(ByteView bytes, bool last) const;
    [[nodiscard]] Step end_of_file(ByteView bytes) const noexcept;

    std::size_t stride_ = 0;
};

}  // namespace muxtap::analyze
