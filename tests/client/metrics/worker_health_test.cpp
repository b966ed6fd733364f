#include "client/metrics/worker_health.h"

#include <catch2/catch.hpp>

namespace muxtap::metrics {

using namespace std::chrono_literals;

TEST_CASE("A worker that has just begun is alive, and is not once it turns no more") {
    WorkerHealth health;
    const SteadyTime start = steady_now();
    CHECK(health.turned_within(10s, start));
    CHECK_FALSE(health.turned_within(10s, start + 11s));
    health.turned(start + 11s);
    CHECK(health.turned_within(10s, start + 12s));
}

TEST_CASE("A worker that has heard nothing yet is not ready") {
    WorkerHealth health;
    const SteadyTime start = steady_now();
    CHECK_FALSE(health.heard_within(3s, start));
    health.heard(start);
    CHECK(health.heard_within(3s, start + 3s));
    CHECK_FALSE(health.heard_within(3s, start + 4s));
}

}  // namespace muxtap::metrics
