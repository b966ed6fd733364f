#include "common/app/value_parsers.h"

#include <catch2/catch.hpp>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace muxtap::app {
namespace {

using namespace std::chrono_literals;

TEST_CASE("booleans in all their words") {
    for (const std::string text : {"true", "yes", "on", "1", "TRUE", "Yes"}) CHECK(parse_boolean(text).value());
    for (const std::string text : {"false", "no", "off", "0", "False"}) CHECK_FALSE(parse_boolean(text).value());
    for (const std::string text : {"", "2", "y", "truee", " true"}) CHECK_FALSE(parse_boolean(text).has_value());
}

TEST_CASE("whole numbers within their limits") {
    struct Row {
        std::string text;
        std::optional<std::int64_t> value;
    };
    for (const auto& [text, value] : std::vector<Row>{{"0", 0},
                                                      {"-5", -5},
                                                      {"65535", 65535},
                                                      {"007", 7},
                                                      {"65536", {}},
                                                      {"-6", {}},
                                                      {"", {}},
                                                      {"1.0", {}},
                                                      {"0x10", {}},
                                                      {"1e3", {}},
                                                      {" 1", {}},
                                                      {"1 ", {}},
                                                      {"99999999999999999999", {}}}) {
        INFO(text);
        const auto parsed = parse_integer(text, -5, 65535);
        CHECK(parsed.has_value() == value.has_value());
        if (parsed && value) CHECK(*parsed == *value);
    }
    CHECK(parse_integer("70000", 1, 65535).error().message == "expected a whole number from 1 to 65535");
    CHECK(parse_integer("x", 1, std::numeric_limits<std::int64_t>::max()).error().message ==
          "expected a whole number, at least 1");
}

TEST_CASE("decimal numbers within their limits") {
    CHECK(parse_decimal("0.25", 0, 1).value() == 0.25);
    CHECK(parse_decimal("1e-3", 0, 1).value() == 0.001);
    for (const std::string text : {"1.01", "-0.1", "nan", "inf", "", "0,5", "half"}) {
        INFO(text);
        CHECK_FALSE(parse_decimal(text, 0, 1).has_value());
    }
}

TEST_CASE("durations in their units") {
    struct Row {
        std::string text;
        std::chrono::nanoseconds value;
    };
    for (const auto& [text, value] : std::vector<Row>{{"20ms", 20ms},
                                                      {"1.5s", 1500ms},
                                                      {"10m", 10min},
                                                      {"2h", 2h},
                                                      {"7d", 168h},
                                                      {"250us", 250us},
                                                      {"5ns", 5ns},
                                                      {"0", 0ns},
                                                      {"3", 3s},
                                                      {"20MS", 20ms}}) {
        INFO(text);
        REQUIRE(parse_duration(text, "s").has_value());
        CHECK(*parse_duration(text, "s") == value);
    }
    CHECK(*parse_duration("3", "ms") == 3ms);
    for (const std::string text : {"", "s", "-1s", "1 s", "1w", "1sec", "nan", "inf", "1e300d", "293000d", "1s2"}) {
        INFO(text);
        CHECK_FALSE(parse_duration(text, "s").has_value());
    }
}

TEST_CASE("sizes in powers of 1024") {
    struct Row {
        std::string text;
        std::uint64_t value;
    };
    for (const auto& [text, value] : std::vector<Row>{{"4096", 4096},
                                                      {"64M", std::uint64_t{64} << 20},
                                                      {"64MiB", std::uint64_t{64} << 20},
                                                      {"64mb", std::uint64_t{64} << 20},
                                                      {"1.5G", std::uint64_t{3} << 29},
                                                      {"2k", 2048},
                                                      {"1T", std::uint64_t{1} << 40},
                                                      {"17B", 17},
                                                      {"0", 0}}) {
        INFO(text);
        REQUIRE(parse_bytes(text).has_value());
        CHECK(*parse_bytes(text) == value);
    }
    for (const std::string text : {"", "M", "-1", "1X", "1 M", "nan", "9000000000G", "1MM"}) {
        INFO(text);
        CHECK_FALSE(parse_bytes(text).has_value());
    }
}

TEST_CASE("bit rates are read with powers of 1000") {
    struct Row {
        const char* text;
        std::uint64_t bits;
    };
    const Row row = GENERATE(values<Row>({{"2000000", 2'000'000},
                                          {"20M", 20'000'000},
                                          {"1.5G", 1'500'000'000},
                                          {"64k", 64'000},
                                          {"4G", 4'000'000'000}}));
    CHECK(parse_bit_rate(row.text) == row.bits);
}

TEST_CASE("a bit rate that is none is refused") {
    const std::string text = GENERATE("", "0", "-1", "20Mb", "fast", "1e30", "nan", "M", "20 M");
    INFO(text);
    CHECK_FALSE(parse_bit_rate(text));
}

}  // namespace
}  // namespace muxtap::app
