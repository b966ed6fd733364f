#pragma once

#include <cstdint>
#include <span>

namespace muxtap::ts {

/// A presentation or decoding time stamp: a count of 90 kHz ticks that wraps after 2^33 (ISO/IEC 13818-1, 2.4.3.7).
class Timestamp {
public:
    static constexpr std::uint64_t ticks_per_second = 90'000;
    static constexpr std::uint64_t modulus = std::uint64_t{1} << 33;
    static constexpr std::size_t encoded_size = 5;

    /// From ticks of 90 kHz, taken modulo the wrap.
    [[nodiscard]] static constexpr Timestamp from_ticks(std::uint64_t ticks) noexcept {
        return Timestamp(ticks % modulus);
    }

    /// From the five bytes of a PES header: 4 bits prefix, then 3, 15 and 15 bits, each with a marker bit behind it.
    [[nodiscard]] static constexpr Timestamp decode(std::span<const std::uint8_t, encoded_size> bytes) noexcept {
        return Timestamp(std::uint64_t{bytes[0] & 0x0EU} << 29 | std::uint64_t{bytes[1]} << 22 |
                         std::uint64_t{bytes[2] & 0xFEU} << 14 | std::uint64_t{bytes[3]} << 7 | bytes[4] >> 1);
    }

    /// Writes the five bytes, marker bits set; the four prefix bits stay as they are.
    constexpr void encode(std::span<std::uint8_t, encoded_size> bytes) const noexcept {
        bytes[0] = static_cast<std::uint8_t>((bytes[0] & 0xF0U) | (ticks_ >> 29 & 0x0EU) | 1U);
        bytes[1] = static_cast<std::uint8_t>(ticks_ >> 22);
        bytes[2] = static_cast<std::uint8_t>((ticks_ >> 14 & 0xFEU) | 1U);
        bytes[3] = static_cast<std::uint8_t>(ticks_ >> 7);
        bytes[4] = static_cast<std::uint8_t>((ticks_ << 1 & 0xFEU) | 1U);
    }

    [[nodiscard]] constexpr std::uint64_t ticks() const noexcept { return ticks_; }

    /// Signed distance in 90 kHz ticks from `earlier` to this one, the shorter way round the wrap.
    [[nodiscard]] constexpr std::int64_t ticks_since(Timestamp earlier) const noexcept {
        const std::uint64_t forward = (ticks_ + modulus - earlier.ticks_) % modulus;
        return forward <= modulus / 2 ? static_cast<std::int64_t>(forward)
                                      : static_cast<std::int64_t>(forward) - static_cast<std::int64_t>(modulus);
    }

    [[nodiscard]] constexpr bool operator==(const Timestamp&) const noexcept = default;

private:
    explicit constexpr Timestamp(std::uint64_t ticks) noexcept : ticks_(ticks) {}
    std::uint64_t ticks_;
};

}  // namespace muxtap::ts
