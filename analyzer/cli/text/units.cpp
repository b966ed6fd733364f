#include "analyzer/cli/text/units.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace muxtap::analyze {
namespace {

template <typename... Values>
std::string formatted(const char* format, Values... values) {
    std::array<char, 64> text{};
    const int size = std::snprintf(text.data(), text.size(), format, values...);
    return {text.data(), static_cast<std::size_t>(std::max(0, std::min(size, 63)))};
}

}  // namespace

std::string pid_text(ts::Pid pid) {
    return formatted("0x%04X", static_cast<unsigned>(pid));
}

std::string duration_text(std::chrono::nanoseconds duration) {
    const std::int64_t milliseconds = duration.count() / 1'000'000;
    const std::int64_t seconds = milliseconds / 1000;
    return formatted("%lld:%02lld:%02lld.%03lld", static_cast<long long>(seconds / 3600),
                     static_cast<long long>(seconds / 60 % 60), static_cast<long long>(seconds % 60),
                     static_cast<long long>(milliseconds % 1000));
}

std::string time_text(UnixTime time, analyzer::ClockSource clock) {
    const auto since = time.time_since_epoch();
    if (clock == analyzer::ClockSource::none) return "-";
    if (clock == analyzer::ClockSource::pcr) return duration_text(since);
    constexpr std::chrono::nanoseconds day = std::chrono::days{1};
    const std::string text = duration_text((since % day + day) % day);
    return text.size() < 12 ? "0" + text : text;
}

std::string date_text(UnixTime time) {
    const auto seconds =
        static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
    std::tm parts{};
    if (::gmtime_r(&seconds, &parts) == nullptr) return "-";
    std::array<char, 64> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S UTC", &parts);
    return {text.data(), size};
}

std::string spread_text(const analyzer::Spread& spread, int digits) {
    if (spread.count == 0) return "-";
    return fixed(spread.min, digits) + "/" + fixed(spread.mean, digits) + "/" + fixed(spread.max, digits);
}

}  // namespace muxtap::analyze
