#include "client/feed/silence_watch.h"

#include <catch2/catch.hpp>

#include "common/base/repeat_limiter.h"

namespace muxtap::client {
namespace {

using namespace std::chrono_literals;

constexpr SteadyTime at(std::chrono::nanoseconds time) {
    return SteadyTime{time};
}

}  // namespace

TEST_CASE("Silence is said once, and so is its end") {
    SilenceWatch watch(3s, at(0s));
    CHECK(watch.check(at(2999ms)) == SilenceEvent::none);
    CHECK(watch.check(at(3s)) == SilenceEvent::fell_silent);
    CHECK(watch.check(at(4s)) == SilenceEvent::none);
    CHECK(watch.silent_for(at(5s)) == 5s);
    CHECK(watch.heard(at(5s)) == SilenceEvent::came_back);
    CHECK(watch.heard(at(6s)) == SilenceEvent::none);
    CHECK(watch.check(at(8s)) == SilenceEvent::none);
    CHECK(watch.check(at(9s)) == SilenceEvent::fell_silent);
}

TEST_CASE("A silence that something else explains does not count") {
    SilenceWatch watch(3s, at(0s));
    watch.excuse(at(2s));
    CHECK(watch.check(at(4s)) == SilenceEvent::none);
    CHECK(watch.check(at(5s)) == SilenceEvent::fell_silent);
    watch.excuse(at(6s));
    CHECK(watch.silent());
}

TEST_CASE("The first of many equal events passes, the others once per interval with their number") {
    RepeatLimiter limiter(10s);
    CHECK(limiter.note(at(0s)) == 1U);
    CHECK_FALSE(limiter.note(at(1s)));
    CHECK_FALSE(limiter.note(at(2s), 5));
    CHECK_FALSE(limiter.due(at(9s)));
    CHECK(limiter.note(at(10s)) == 7U);
    CHECK_FALSE(limiter.due(at(30s)));
}

}  // namespace muxtap::client
