#include "client/frames/streams/time_line.h"

#include <catch2/catch.hpp>

using namespace muxtap;
using frames::ticks_to_time;
using frames::time_to_ticks;
using frames::TimeLine;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

namespace {

constexpr std::int64_t second = 90'000;
constexpr std::int64_t jump = 3600;

ts::Timestamp stamp(std::int64_t ticks) {
    return ts::Timestamp::from_ticks(static_cast<std::uint64_t>(ticks) + ts::Timestamp::modulus);
}

/// A line whose time stamps are captured when they are due, unless said otherwise.
struct Fixture {
    TimeLine line;
    std::int64_t at(std::int64_t ticks, seconds captured) {
        return time_to_ticks(line.position(stamp(ticks), UnixTime{captured}));
    }
};

}  // namespace

TEST_CASE("the first time stamp of a line lies at 0, whatever it is") {
    Fixture line;
    CHECK(line.at(5'000'000'000, seconds{7}) == 0);
    CHECK(line.at(5'000'000'000 + second, seconds{8}) == second);
    CHECK(line.line.jumps() == 0);
}

TEST_CASE("a line goes on over the wrap of the 33 bits") {
    Fixture line;
    const auto modulus = static_cast<std::int64_t>(ts::Timestamp::modulus);
    CHECK(line.at(modulus - second, seconds{0}) == 0);
    CHECK(line.at(modulus - 1, seconds{1}) == second - 1);
    CHECK(line.at(0, seconds{1}) == second);
    CHECK(line.at(second, seconds{2}) == 2 * second);
    CHECK(line.at(modulus - 10, seconds{2}) == second - 10);
    CHECK(line.line.jumps() == 0);
}

TEST_CASE("pictures that are sent in another order than shown lie where they are shown") {
    Fixture line;
    const std::int64_t shown[] = {0, 4 * jump, 2 * jump, jump, 3 * jump, 8 * jump, 6 * jump};
    for (const std::int64_t ticks : shown) CHECK(line.at(900'000 + ticks, seconds{1}) == ticks);
    CHECK(line.line.jumps() == 0);
}

TEST_CASE("a time stamp before the first one lies before 0") {
    Fixture line;
    CHECK(line.at(second, seconds{0}) == 0);
    CHECK(line.at(0, seconds{0}) == -second);
}

TEST_CASE("a jump of the clock lasts one picture on the line") {
    struct Row {
        const char* name;
        std::int64_t to;
    };
    const Row rows[] = {{"forwards", 3600 * second}, {"backwards", -3600 * second}, {"just too far", 12 * second}};
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Fixture line;
        CHECK(line.at(0, seconds{0}) == 0);
        CHECK(line.at(second, seconds{1}) == second);
        CHECK(line.at(row.to, seconds{1}) == second + jump);
        CHECK(line.at(row.to + second, seconds{2}) == 2 * second + jump);
        CHECK(line.line.jumps() == 1);
    }
}

TEST_CASE("time stamps up to 10 s apart are no jump") {
    Fixture line;
    CHECK(line.at(0, seconds{0}) == 0);
    CHECK(line.at(9 * second, seconds{0}) == 9 * second);
    CHECK(line.at(0, seconds{0}) == 0);
    CHECK(line.line.jumps() == 0);
}

TEST_CASE("behind a jump some streams still have the clock from before: they go on where they were") {
    Fixture line;
    CHECK(line.at(0, seconds{0}) == 0);
    CHECK(line.at(second, seconds{1}) == second);
    CHECK(line.at(500 * second, seconds{1}) == second + jump);
    CHECK(line.at(second + 10, seconds{1}) == second + 10);
    CHECK(line.at(500 * second + 20, seconds{1}) == second + jump + 20);
    CHECK(line.at(2 * second, seconds{2}) == 2 * second);
    CHECK(line.line.jumps() == 1);
}

TEST_CASE("a source that was away for a minute while its clock went on comes back a minute later") {
    Fixture line;
    CHECK(line.at(0, seconds{100}) == 0);
    CHECK(line.at(60 * second, seconds{160}) == 60 * second);
    CHECK(line.at(61 * second, seconds{161}) == 61 * second);
    CHECK(line.line.jumps() == 0);
    // At the same time of capture it is a jump.
    CHECK(line.at(121 * second, seconds{161}) == 61 * second + jump);
    CHECK(line.line.jumps() == 1);
}

TEST_CASE("a line never goes back, however often the clock jumps") {
    Fixture line;
    std::int64_t newest = line.at(0, seconds{0});
    const auto go = [&](std::int64_t ticks, seconds captured) {
        const std::int64_t position = line.at(ticks, captured);
        CHECK(position >= newest);
        newest = position;
    };
    go(100'000 * second, seconds{1});
    go(100'001 * second, seconds{2});
    // Back to the clock from before, for a long time; then to a third one.
    for (std::int64_t i = 3; i < 3600; ++i) go(i * second, seconds{i});
    go(200'000 * second, seconds{3600});
    go(200'001 * second, seconds{3601});
    go(3602 * second, seconds{3602});
    CHECK(line.line.jumps() == 2);
}

TEST_CASE("ticks and nanoseconds are turned into each other without a rest") {
    for (const std::int64_t ticks : {std::int64_t{0}, std::int64_t{1}, std::int64_t{-1}, std::int64_t{3003},
                                     std::int64_t{-3003}, std::int64_t{1} << 33, -(std::int64_t{1} << 33)}) {
        CHECK(time_to_ticks(ticks_to_time(ticks)) == ticks);
    }
    CHECK(ticks_to_time(9) == nanoseconds{100'000});
    CHECK(ticks_to_time(-1) == nanoseconds{-11'112});
    CHECK(time_to_ticks(milliseconds{40}) == 3600);
}
