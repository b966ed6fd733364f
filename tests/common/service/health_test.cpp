#include "common/service/health.h"

#include <catch2/catch.hpp>

namespace muxtap::service {
namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("A loop that does not turn for ten seconds hangs, and is named") {
    Health health;
    const SteadyTime now = steady_now();
    Loop& capture = health.add_loop("capture 1");
    Loop& publisher = health.add_loop("publisher");
    health.main_loop().turned(now);
    capture.turned(now);
    publisher.turned(now);
    CHECK(health.hanging(now + 10s).empty());
    health.main_loop().turned(now + 5s);
    CHECK(health.hanging(now + 11s) == "capture 1, publisher");
    capture.turned(now + 11s);
    CHECK(health.hanging(now + 11s) == "publisher");
}

TEST_CASE("A loop that rests may take as long as it likes") {
    Health health;
    const SteadyTime now = steady_now();
    health.main_loop().rests();
    CHECK(health.hanging(now + 1h).empty());
    health.main_loop().turned(now);
    CHECK(health.hanging(now + 1h) == "main");
}

TEST_CASE("A program is ready from its start to its end") {
    Health health;
    const SteadyTime now = steady_now();
    CHECK(health.not_ready_because(now) == "the program is starting");
    health.started();
    CHECK(health.not_ready_because(now).empty());
    CHECK(health.not_ready_because(now + 1h) == "hangs: main");
    health.stopping();
    CHECK(health.not_ready_because(now) == "the program is ending");
}

TEST_CASE("A worker is ready while a probe is heard") {
    Health health;
    SteadyTime now = steady_now();
    health.started();
    health.expect_feed(3s);
    CHECK(health.not_ready_because(now) == "nothing is heard of a probe");
    health.heard(now);
    CHECK(health.not_ready_because(now + 3s).empty());
    CHECK(health.not_ready_because(now + 4s) == "nothing is heard of a probe");
}

}  // namespace muxtap::service
