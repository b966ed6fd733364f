#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace muxtap::ts {

/// A program clock reference: a count of 27 MHz ticks that wraps after 2^33 x 300 (ISO/IEC 13818-1, 2.4.2.2).
class Pcr {
public:
    static constexpr std::uint64_t ticks_per_second = 27'000'000;
    static constexpr std::uint64_t modulus = (std::uint64_t{1} << 33) * 300;

    /// From ticks of 27 MHz, taken modulo the wrap.
    [[nodiscard]] static constexpr Pcr from_ticks(std::uint64_t ticks) noexcept { return Pcr(ticks % modulus); }

    /// From the six bytes of the adaptation field: 33 bits base, 6 reserved, 9 bits extension.
    [[nodiscard]] static constexpr Pcr decode(std::span<const std::uint8_t, 6> bytes) noexcept {
        const std::uint64_t base = std::uint64_t{bytes[0]} << 25 | std::uint64_t{bytes[1]} << 17 |
                                   std::uint64_t{bytes[2]} << 9 | std::uint64_t{bytes[3]} << 1 | bytes[4] >> 7;
        const std::uint64_t extension = (bytes[4] & 1U) << 8 | bytes[5];
        return from_ticks(base * 300 + extension);
    }

    /// Writes base and extension into the six bytes, reserved bits set.
    constexpr void encode(std::span<std::uint8_t, 6> bytes) const noexcept {
        const std::uint64_t base = ticks_ / 300;
        const std::uint64_t extension = ticks_ % 300;
        bytes[0] = static_cast<std::uint8_t>(base >> 25);
        bytes[1] = static_cast<std::uint8_t>(base >> 17);
        bytes[2] = static_cast<std::uint8_t>(base >> 9);
        bytes[3] = static_cast<std::uint8_t>(base >> 1);
        bytes[4] = static_cast<std::uint8_t>((base & 1U) << 7 | 0x7EU | extension >> 8);
        bytes[5] = static_cast<std::uint8_t>(extension);
    }

    [[nodiscard]] constexpr std::uint64_t ticks() const noexcept { return ticks_; }

    /// Signed distance in 27 MHz ticks from `earlier` to this one, the shorter way round the wrap.
    [[nodiscard]] constexpr std::int64_t ticks_since(Pcr earlier) const noexcept {
        const std::uint64_t forward = (ticks_ + modulus - earlier.ticks_) % modulus;
        return forward <= modulus / 2 ? static_cast<std::int64_t>(forward)
                                      : static_cast<std::int64_t>(forward) - static_cast<std::int64_t>(modulus);
    }

    [[nodiscard]] constexpr bool operator==(const Pcr&) const noexcept = default;

private:
    explicit constexpr Pcr(std::uint64_t ticks) noexcept : ticks_(ticks) {}
    std::uint64_t ticks_;
};

/// Ticks of 27 MHz as a duration.
using PcrTicks = std::chrono::duration<std::int64_t, std::ratio<1, 27'000'000>>;

}  // namespace muxtap::ts
