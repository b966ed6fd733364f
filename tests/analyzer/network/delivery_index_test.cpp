#include "analyzer/network/delivery_index.h"

#include <catch2/catch.hpp>

#include "analyzer/network/arrival_meter.h"

namespace muxtap::analyzer {
namespace {

using namespace std::chrono_literals;

const UnixTime start = from_unix_ns(1'700'000'000'000'000'000);

/// Datagrams of 7 packets of a stream of 3.75 Mb/s as they leave the sender.
UnixTime sent(int i) {
    return start + std::chrono::nanoseconds(static_cast<std::int64_t>(i * (1316 * 8 / 3.75e6) * 1e9));
}
constexpr double spacing_ms = 1316 * 8 / 3.75e3;

TEST_CASE("an even stream has the delay factor of one datagram") {
    // RFC 4445, 3.1: 2.81 ms for 1316 bytes of payload at 3.75 Mb/s.
    ArrivalMeter meter;
    meter.set_media_rate(3'750'000);
    for (int i = 0; i < 3000; ++i) meter.add({.packets = 7, .time = sent(i)});
    const ArrivalInfo info = meter.info();
    REQUIRE(info.delay_factor_ms.has_value());
    CHECK(*info.delay_factor_ms == Approx(2.81).margin(0.01));
    CHECK(*info.delay_factor_max_ms == Approx(spacing_ms).margin(0.01));
    CHECK(info.media_loss_rate == 0.0);
}

TEST_CASE("without a rate by PCR it is that of the second before") {
    ArrivalMeter meter;
    for (int i = 0; i < 400; ++i) meter.add({.packets = 7, .time = sent(i)});
    CHECK_FALSE(meter.info().delay_factor_ms.has_value());
    CHECK(meter.info().media_loss_rate == 0.0);
    for (int i = 400; i < 3000; ++i) meter.add({.packets = 7, .time = sent(i)});
    // The second before has one datagram more or less than the rate: another 2.8 ms at most.
    CHECK(*meter.info().delay_factor_ms == Approx(spacing_ms).margin(spacing_ms));
}

TEST_CASE("datagrams that are held up and let go at once raise the delay factor by as long") {
    ArrivalMeter meter;
    meter.set_media_rate(3'750'000);
    // 50 ms of silence from the 400th on, then all that were held up together.
    for (int i = 0; i < 3000; ++i) {
        UnixTime time = sent(i);
        if (time > sent(400) && time < sent(400) + 50ms) time = sent(400) + 50ms;
        meter.add({.packets = 7, .time = time});
    }
    CHECK(*meter.info().delay_factor_max_ms == Approx(50).margin(3));
    CHECK(*meter.info().delay_factor_ms == Approx(spacing_ms).margin(0.01));
}

TEST_CASE("a second without datagrams is a delay factor of a second") {
    ArrivalMeter meter;
    meter.set_media_rate(3'750'000);
    for (int i = 0; i < 1000; ++i) meter.add({.packets = 7, .time = sent(i)});
    meter.advance(start + 10s);
    CHECK(*meter.info().delay_factor_ms == Approx(1000));
    CHECK(meter.info().window.count == 0);
}

TEST_CASE("the loss rate counts what continuity_counter and RTP miss, not twice") {
    struct Row {
        const char* what;
        std::uint64_t by_counter;
        std::uint64_t rtp_datagrams;
        double rate;
    };
    const std::vector<Row> rows = {
        {"nothing lost", 0, 0, 0},
        {"without RTP", 5, 0, 5},
        {"one datagram, two of its packets null", 5, 1, 7},
        {"a null datagram", 0, 1, 7},
        {"lost before RTP", 20, 1, 20},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        ArrivalMeter meter;
        meter.set_rtp({.lost = 1000});
        meter.add({.packets = 7, .time = start});
        meter.add({.packets = 7, .time = start + 500ms});
        meter.add_lost(row.by_counter);
        meter.set_rtp({.lost = 1000 + row.rtp_datagrams});
        meter.advance(start + 1s);
        CHECK(meter.info().media_loss_rate == row.rate);
        meter.advance(start + 2s);
        CHECK(meter.info().media_loss_rate == 0.0);
        CHECK(meter.info().media_loss_rate_max == row.rate);
    }
}

TEST_CASE("a datagram that comes late after all is not lost") {
    ArrivalMeter meter;
    meter.set_rtp({});
    meter.add({.packets = 7, .time = start});
    meter.set_rtp({.lost = 2});
    meter.set_rtp({.lost = 1, .reordered = 1});
    meter.advance(start + 1s);
    CHECK(meter.info().media_loss_rate == 7.0);
}

TEST_CASE("what the capture lost is not held against the network") {
    ArrivalMeter meter;
    meter.set_media_rate(3'750'000);
    for (int i = 0; i < 500; ++i) meter.add({.packets = 7, .time = sent(i)});
    meter.capture_loss();
    // More than two seconds later.
    meter.advance(start + 3s);
    CHECK_FALSE(meter.info().delay_factor_ms.has_value());
    for (int i = 1200; i < 3000; ++i) meter.add({.packets = 7, .time = sent(i)});
    CHECK(*meter.info().delay_factor_max_ms == Approx(spacing_ms).margin(0.01));
    CHECK(meter.info().run.max_us == Approx(spacing_ms * 1000).margin(1));
}

}  // namespace
}  // namespace muxtap::analyzer
