#include "client/metrics/pid_arrivals.h"

#include <catch2/catch.hpp>

namespace muxtap::metrics {
namespace {

using namespace std::chrono_literals;

/// Packets of these PIDs and the datagrams they come in.
struct Arrivals {
    PidArrivals arrivals;

    void come(std::chrono::nanoseconds time, const std::vector<ts::Pid>& pids, bool merged = false) {
        std::vector<std::uint8_t> bytes(pids.size() * ts::packet_size);
        for (std::size_t i = 0; i < pids.size(); ++i) {
            bytes[i * ts::packet_size] = 0x47;
            bytes[i * ts::packet_size + 1] = static_cast<std::uint8_t>(0x40 | pids[i] >> 8);
            bytes[i * ts::packet_size + 2] = static_cast<std::uint8_t>(pids[i]);
        }
        const analyzer::DatagramMark mark{
            .packets = static_cast<std::uint32_t>(pids.size()), .time = UnixTime{time}, .merged = merged};
        arrivals.note(bytes, std::span{&mark, 1});
    }
};

}  // namespace

TEST_CASE("The times between a PID's packets are those of their datagrams") {
    Arrivals rig;
    rig.come(10ms, {0x100, 0x1FFF});
    rig.come(12ms, {0x100, 0x100});
    rig.come(20ms, {0x100, 0x200});
    CHECK(rig.arrivals.take() == std::vector<PidArrival>{{.pid = 0x100,
                                                          .count = 3,
                                                          .newest = 8ms,
                                                          .smallest = 0ms,
                                                          .largest = 8ms,
                                                          .largest_of_interval = 8ms,
                                                          .sum = 10ms}});
}

TEST_CASE("The smallest is a measured one, not where the counting began") {
    Arrivals rig;
    rig.come(10ms, {0x100});
    rig.come(15ms, {0x100});
    rig.come(22ms, {0x100});
    CHECK(rig.arrivals.take().front().smallest == 5ms);
}

TEST_CASE("The largest of an interval begins anew, that of the run stays") {
    Arrivals rig;
    rig.come(10ms, {0x100});
    rig.come(50ms, {0x100});
    (void)rig.arrivals.take();
    rig.come(51ms, {0x100});
    const auto arrival = rig.arrivals.take().front();
    CHECK(arrival.largest_of_interval == 1ms);
    CHECK(arrival.largest == 40ms);
}

TEST_CASE("A gap across a loss of the capture is no time between packets") {
    Arrivals rig;
    rig.come(10ms, {0x100});
    rig.come(12ms, {0x100});
    rig.arrivals.interrupt();
    rig.come(900ms, {0x100});
    rig.come(901ms, {0x100});
    const auto arrival = rig.arrivals.take().front();
    CHECK(arrival.count == 2);
    CHECK(arrival.largest == 2ms);
}

TEST_CASE("Of merged datagrams under one time stamp nothing is measured") {
    Arrivals rig;
    rig.come(10ms, {0x100});
    rig.come(10ms, {0x100}, true);
    CHECK(rig.arrivals.take().empty());
}

}  // namespace muxtap::metrics
