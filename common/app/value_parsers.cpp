#include "common/app/value_parsers.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <span>
#include <string>

namespace muxtap::app {
namespace {

std::string lower(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
    return out;
}

/// A number and what follows it.
struct Quantity {
    double number = 0;
    std::string unit;
};

Result<Quantity> parse_quantity(std::string_view text) {
    Quantity quantity;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), quantity.number);
    if (error != std::errc{} || !std::isfinite(quantity.number) || quantity.number < 0) return fail("not a number");
    quantity.unit = lower(text.substr(static_cast<std::size_t>(end - text.data())));
    return quantity;
}

struct Unit {
    std::string_view name;
    double factor;
};

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
    const auto found = std::find_if(units.begin(), units.end(), [&](const Unit& unit) { return unit.name == name; });
    return found == units.end() ? nullptr : &*found;
}

constexpr double largest = 9.2e18;

}  // namespace

Result<bool> parse_boolean(std::string_view text) {
    const std::string word = lower(text);
    if (word == "true" || word == "yes" || word == "on" || word == "1") return true;
    if (word == "false" || word == "no" || word == "off" || word == "0") return false;
    return fail("expected true or false");
}

Result<std::int64_t> parse_integer(std::string_view text, std::int64_t minimum, std::int64_t maximum) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= minimum && value <= maximum) return value;
    if (maximum == std::numeric_limits<std::int64_t>::max()) {
        return fail("expected a whole number, at least " + std::to_string(minimum));
    }
    return fail("expected a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
}

Result<double> parse_decimal(std::string_view text, double minimum, double maximum) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size() && value >= minimum && value <= maximum) return value;
    return fail("expected a number from " + std::to_string(minimum) + " to " + std::to_string(maximum));
}

Result<std::chrono::nanoseconds> parse_duration(std::string_view text, std::string_view bare_unit) {
    static constexpr std::array<Unit, 7> units = {
        {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}}};
    const auto quantity = parse_quantity(text);
    const Unit* unit = nullptr;
    if (quantity) unit = find_unit(units, quantity->unit.empty() ? bare_unit : std::string_view{quantity->unit});
    if (unit == nullptr || quantity->number * unit->factor > largest) {
        return fail("expected a duration such as 20ms, 1.5s, 10m, 2h or 7d");
    }
    return std::chrono::nanoseconds{std::llround(quantity->number * unit->factor)};
}

Result<std::uint64_t> parse_bit_rate(std::string_view text) {
    static constexpr std::array<Unit, 4> units = {{{"", 1}, {"k", 1e3}, {"m", 1e6}, {"g", 1e9}}};
    constexpr double highest = 1e12;
    const auto quantity = parse_quantity(text);
    const Unit* const unit = quantity ? find_unit(units, quantity->unit) : nullptr;
    const double bits = unit == nullptr ? 0 : quantity->number * unit->factor;
    if (bits >= 1 && bits <= highest) return static_cast<std::uint64_t>(std::llround(bits));
    return fail("\"" + std::string{text} + "\": expected bits per second such as 2000000, 20M or 1.5G");
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
    static constexpr double kilo = 1024;
    static constexpr std::array<Unit, 5> units = {
        {{"", 1}, {"k", kilo}, {"m", kilo * kilo}, {"g", kilo * kilo * kilo}, {"t", kilo * kilo * kilo * kilo}}};
    auto quantity = parse_quantity(text);
    const Unit* unit = nullptr;
    if (quantity) {
        std::string& name = quantity->unit;
        if (name.ends_with("ib")) {
            name.resize(name.size() - 2);
        } else if (name.ends_with('b')) {
            name.pop_back();
        }
        unit = find_unit(units, name);
    }
    if (unit == nullptr || quantity->number * unit->factor > largest) {
        return fail("expected a size in bytes such as 4096, 64M or 1.5G");
    }
    return static_cast<std::uint64_t>(std::llround(quantity->number * unit->factor));
}

Result<std::string> parse_listen_address(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    const bool only_port = colon == std::string_view::npos;
    const std::string_view port = only_port ? text : text.substr(colon + 1);
    const bool digits =
        !port.empty() && port.size() <= 5 && port.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits || std::stoul(std::string{port}) > 65535 || colon == 0) {
        return fail("expected [ADDRESS:]PORT, such as 9100 or [::1]:9100");
    }
    return (only_port ? "0.0.0.0:" : "") + std::string{text};
}

}  // namespace muxtap::app
