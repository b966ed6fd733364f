#include "analyzer/psi/dvb_time.h"

namespace muxtap::psi {

namespace {

/// Two decimal digits, or 100 when they are not.
unsigned bcd(std::uint8_t byte) noexcept {
    const unsigned high = byte >> 4;
    const unsigned low = byte & 0x0FU;
    return high > 9 || low > 9 ? 100 : high * 10 + low;
}

}  // namespace

std::optional<std::uint32_t> dvb_duration(ByteView bytes) noexcept {
    if (bytes.size() < 3) return std::nullopt;
    const unsigned hours = bcd(bytes[0]);
    const unsigned minutes = bcd(bytes[1]);
    const unsigned seconds = bcd(bytes[2]);
    if (hours > 99 || minutes > 59 || seconds > 59) return std::nullopt;
    return (hours * 60 + minutes) * 60 + seconds;
}

std::optional<UnixTime> dvb_time(ByteView bytes) noexcept {
    constexpr std::int64_t modified_julian_date_of_1970 = 40587;
    constexpr std::int64_t seconds_per_day = 86400;
    if (bytes.size() < 5) return std::nullopt;
    const auto time_of_day = dvb_duration(bytes.subspan(2, 3));
    if (!time_of_day || *time_of_day >= seconds_per_day) return std::nullopt;
    const std::int64_t days = read_u16(bytes, 0) - modified_julian_date_of_1970;
    return UnixTime{std::chrono::seconds{days * seconds_per_day + *time_of_day}};
}

}  // namespace muxtap::psi
