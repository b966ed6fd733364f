#include "probe/send/fault_selector.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "common/app/value_parsers.h"

namespace muxtap::send {
namespace {

constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

tl::unexpected<Error> bad(std::string_view text, std::string_view why) {
    return fail("\"" + std::string{text} + "\": " + std::string{why} +
                "; expected a rate such as 0.001, every=N or at=N,N, and behind it ;pid=PID or ;count=N");
}

/// Cuts the text up to the separator off its front.
std::string_view take_until(std::string_view& text, char separator) {
    const auto end = text.find(separator);
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return part;
}

Result<void> parse_numbers(std::string_view text, std::vector<std::uint64_t>& numbers) {
    do {
        const auto number = app::parse_integer(take_until(text, ','), 0, any);
        if (!number) return tl::unexpected<Error>(number.error());
        numbers.push_back(static_cast<std::uint64_t>(*number));
    } while (!text.empty());
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    return {};
}

Result<void> parse_choice(std::string_view text, FaultSpec& spec) {
    if (text.starts_with("at=")) return parse_numbers(text.substr(3), spec.at);
    if (text.starts_with("every=")) {
        const auto every = app::parse_integer(text.substr(6), 1, any);
        if (!every) return tl::unexpected<Error>(every.error());
        spec.every = static_cast<std::uint64_t>(*every);
        return {};
    }
    const auto rate = app::parse_decimal(text, 0, 1);
    if (!rate) return tl::unexpected<Error>(rate.error());
    spec.rate = *rate;
    return {};
}

Result<void> parse_limit(std::string_view text, FaultSpec& spec) {
    if (text.starts_with("pid=")) {
        const auto pid = app::parse_integer(text.substr(4), 0, ts::null_pid);
        if (!pid) return tl::unexpected<Error>(pid.error());
        spec.pid = static_cast<ts::Pid>(*pid);
        return {};
    }
    if (text.starts_with("count=")) {
        const auto count = app::parse_integer(text.substr(6), 0, any);
        if (!count) return tl::unexpected<Error>(count.error());
        spec.count = static_cast<std::uint64_t>(*count);
        return {};
    }
    return fail("unknown part \"" + std::string{text} + "\"");
}

}  // namespace

Result<FaultSpec> FaultSpec::parse(std::string_view text) {
    FaultSpec spec;
    std::string_view rest = text;
    if (auto done = parse_choice(take_until(rest, ';'), spec); !done) return bad(text, done.error().message);
    while (!rest.empty()) {
        if (auto done = parse_limit(take_until(rest, ';'), spec); !done) return bad(text, done.error().message);
    }
    return spec;
}

bool FaultSelector::next(std::optional<ts::Pid> pid) {
    if (spec_.pid && spec_.pid != pid) return false;
    if (!matches(seen_++)) return false;
    if (spec_.count && hits_ == *spec_.count) return false;
    ++hits_;
    return true;
}

bool FaultSelector::matches(std::uint64_t number) {
    if (spec_.every) return number % *spec_.every == *spec_.every - 1;
    if (spec_.rate) {
        // Not by a standard distribution: those give different numbers with different libraries.
        return std::ldexp(static_cast<double>(random_() >> 11), -53) < *spec_.rate;
    }
    while (next_at_ < spec_.at.size() && spec_.at[next_at_] < number) ++next_at_;
    return next_at_ < spec_.at.size() && spec_.at[next_at_] == number;
}

}  // namespace muxtap::send
