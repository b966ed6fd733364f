#include "analyzer/network/arrival_meter.h"

#include <catch2/catch.hpp>

#include "tests/support/allocation_counter.h"

namespace muxtap::analyzer {
namespace {

using namespace std::chrono_literals;

const UnixTime start = from_unix_ns(1'700'000'000'000'000'000);

TEST_CASE("datagrams and their packets are counted") {
    ArrivalMeter meter;
    CHECK(meter.info() == ArrivalInfo{});
    meter.add({.packets = 7, .time = start});
    meter.add({.packets = 7, .time = start, .merged = true});
    meter.add({.packets = 1, .time = start + 1ms});
    const ArrivalInfo info = meter.info();
    CHECK(info.datagrams == 3);
    CHECK(info.merged_datagrams == 1);
    CHECK(info.packets_per_datagram_min == 1);
    CHECK(info.packets_per_datagram_max == 7);
    CHECK(info.packets_per_datagram_mean == Approx(5));
    CHECK_FALSE(info.rtp.has_value());
    meter.set_rtp({.lost = 3, .reordered = 1, .duplicated = 2});
    CHECK(meter.info().rtp == RtpTotals{.lost = 3, .reordered = 1, .duplicated = 2});
}

TEST_CASE("the rest of a datagram belongs to it, whatever comes between") {
    ArrivalMeter whole;
    ArrivalMeter cut;
    for (int i = 0; i < 3000; ++i) {
        const UnixTime time = start + i * 1ms;
        whole.add({.packets = 7, .time = time});
        cut.add({.packets = 3, .time = time});
        cut.add({.packets = 4, .time = time, .continued = true});
    }
    CHECK(cut.info() == whole.info());
    CHECK(cut.info().packets_per_datagram_min == 7);
    // What nothing came before has to be one of its own.
    ArrivalMeter alone;
    alone.add({.packets = 4, .time = start, .continued = true});
    CHECK(alone.info().datagrams == 1);
}

TEST_CASE("the window is the last full second, counted from the first datagram") {
    ArrivalMeter meter;
    for (int i = 0; i <= 999; ++i) meter.add({.packets = 7, .time = start + i * 1ms});
    CHECK(meter.info().window.count == 0);
    for (int i = 0; i <= 499; ++i) meter.add({.packets = 7, .time = start + 1s + i * 2ms});
    // The gap that ends with the first datagram of a second is that second's.
    CHECK(meter.info().window ==
          InterArrival{.count = 999, .min_us = 1000, .mean_us = 1000, .p50_us = 1000, .p99_us = 1000, .max_us = 1000});
    meter.advance(start + 2s);
    CHECK(meter.info().window.count == 500);
    CHECK(meter.info().window.p50_us == Approx(2000).epsilon(0.02));
    meter.advance(start + 1000s);
    CHECK(meter.info().window == InterArrival{});
    CHECK(meter.info().run.count == 1499);
    // Time does not go back.
    meter.add({.packets = 7, .time = start});
    meter.add({.packets = 7, .time = start + 1000s + 10ms});
    CHECK(meter.info().run.count == 1501);
}

TEST_CASE("silence before the first datagram is not measured") {
    ArrivalMeter meter;
    meter.advance(start);
    meter.add({.packets = 7, .time = start + 5s});
    meter.advance(start + 5999ms);
    CHECK_FALSE(meter.info().media_loss_rate.has_value());
    meter.advance(start + 6s);
    CHECK(meter.info().media_loss_rate == 0.0);
}

TEST_CASE("a datagram allocates nothing") {
    ArrivalMeter meter;
    CHECK(muxtap::test::allocations_during([&] {
              for (int i = 0; i < 10'000; ++i) meter.add({.packets = 7, .time = start + i * 700us});
          }) == 0);
}

}  // namespace
}  // namespace muxtap::analyzer
