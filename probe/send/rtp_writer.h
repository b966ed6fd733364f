#pragma once

#include <cstdint>
#include <span>

#include "common/ts/pcr.h"

namespace muxtap::send {

/// Writes RTP headers for transport packets (RFC 3550, 5.1; RFC 2250, 2): payload type 33, 90 kHz clock.
class RtpWriter {
public:
    static constexpr std::size_t header_size = 12;
    static constexpr std::uint8_t payload_type = 33;

    /// SSRC and first sequence number are drawn from the seed.
    explicit RtpWriter(std::uint64_t seed) noexcept;

    /// The header of the next packet. `clock`: the stream's clock when its first byte is to leave.
    void write(ts::Pcr clock, std::span<std::uint8_t, header_size> bytes) noexcept;

    [[nodiscard]] std::uint32_t ssrc() const noexcept { return ssrc_; }

private:
    std::uint32_t ssrc_;
    std::uint16_t sequence_number_;
};

}  // namespace muxtap::send
