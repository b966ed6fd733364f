#include "analyzer/rates/peak_meter.h"

#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "tests/support/allocation_counter.h"

namespace muxtap::analyzer {
namespace {

using namespace std::chrono_literals;

const UnixTime start = from_unix_ns(1'700'000'000'000'000'000);

struct Datagram {
    UnixTime time;
    std::uint32_t packets;
};

/// The slow way: every window that ends with a datagram.
std::uint64_t slow_peak(const std::vector<Datagram>& datagrams, std::chrono::nanoseconds length) {
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < datagrams.size(); ++i) {
        std::uint64_t sum = 0;
        for (std::size_t j = i + 1; j-- > 0 && datagrams[i].time - datagrams[j].time < length;)
            sum += datagrams[j].packets;
        most = std::max(most, sum);
    }
    return most * 1504 * 1'000'000'000 / static_cast<std::uint64_t>(length.count());
}

TEST_CASE("an even stream peaks at its rate") {
    PeakMeter meter;
    // 7 packets each millisecond.
    for (int i = 0; i < 1000; ++i) meter.add(start + i * 1ms, 7);
    CHECK(meter.peak_10ms_bps() == 7 * 1504 * 1000);
    CHECK(meter.peak_100ms_bps() == 7 * 1504 * 1000);
}

TEST_CASE("a burst is found wherever it lies") {
    PeakMeter meter;
    for (int i = 0; i < 1000; ++i) {
        meter.add(start + i * 1ms, 7);
        // 93 more at once, in two halves that no grid of windows holds together.
        if (i == 509) meter.add(start + i * 1ms + 900us, 43);
        if (i == 510) meter.add(start + i * 1ms + 100us, 50);
    }
    CHECK(meter.peak_10ms_bps() == (70 + 93) * 1504 * 100);
    CHECK(meter.peak_100ms_bps() == (700 + 93) * 1504 * 10);
}

TEST_CASE("peaks are those of the slow way") {
    std::mt19937 random(4);
    std::vector<Datagram> datagrams;
    UnixTime time = start;
    for (int i = 0; i < 5000; ++i) {
        // Far enough apart to be told from each other in either window.
        time += std::chrono::microseconds(25 + (random() % 7 == 0 ? random() % 20'000 : random() % 300));
        datagrams.push_back({time, 1 + static_cast<std::uint32_t>(random() % 7)});
    }
    PeakMeter meter;
    for (const Datagram& datagram : datagrams) meter.add(datagram.time, datagram.packets);
    CHECK(meter.peak_10ms_bps() == slow_peak(datagrams, 10ms));
    CHECK(meter.peak_100ms_bps() == slow_peak(datagrams, 100ms));
}

TEST_CASE("any number of datagrams in a window is counted, nearly to the last") {
    PeakMeter meter;
    // One a microsecond.
    for (int i = 0; i < 300'000; ++i) meter.add(start + i * 1us, 7);
    CHECK(static_cast<double>(meter.peak_10ms_bps()) == Approx(7 * 1504e6).epsilon(0.0005));
    CHECK(static_cast<double>(meter.peak_100ms_bps()) == Approx(7 * 1504e6).epsilon(0.0005));
    meter.add(start, 7);
    meter.add(start + 1h, 7);
    CHECK(static_cast<double>(meter.peak_10ms_bps()) == Approx(7 * 1504e6).epsilon(0.001));
}

TEST_CASE("a datagram allocates nothing") {
    PeakMeter meter;
    CHECK(muxtap::test::allocations_during([&] {
              for (int i = 0; i < 20'000; ++i) meter.add(start + i * 3us, 7);
          }) == 0);
}

}  // namespace
}  // namespace muxtap::analyzer
