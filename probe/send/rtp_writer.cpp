#include "probe/send/rtp_writer.h"

#include <random>

namespace muxtap::send {
namespace {

void write_u16(std::span<std::uint8_t> bytes, std::size_t offset, std::uint16_t value) noexcept {
    bytes[offset] = static_cast<std::uint8_t>(value >> 8);
    bytes[offset + 1] = static_cast<std::uint8_t>(value);
}

void write_u32(std::span<std::uint8_t> bytes, std::size_t offset, std::uint32_t value) noexcept {
    write_u16(bytes, offset, static_cast<std::uint16_t>(value >> 16));
    write_u16(bytes, offset + 2, static_cast<std::uint16_t>(value));
}

}  // namespace

RtpWriter::RtpWriter(std::uint64_t seed) noexcept {
    std::mt19937_64 random(seed);
    ssrc_ = static_cast<std::uint32_t>(random());
    sequence_number_ = static_cast<std::uint16_t>(random());
}

void RtpWriter::write(ts::Pcr clock, std::span<std::uint8_t, header_size> bytes) noexcept {
    constexpr std::uint8_t version_2 = 0x80;
    constexpr std::uint64_t clock_ticks_per_tick = 300;  // 27 MHz to 90 kHz
    bytes[0] = version_2;
    bytes[1] = payload_type;
    write_u16(bytes, 2, sequence_number_++);
    write_u32(bytes, 4, static_cast<std::uint32_t>(clock.ticks() / clock_ticks_per_tick));
    write_u32(bytes, 8, ssrc_);
}

}  // namespace muxtap::send
