#include <catch2/catch.hpp>

#include "probe/send/datagram_faults.h"
#include "probe/send/playout.h"
#include "tests/probe/send/stream_maker.h"
#include "tests/support/allocation_counter.h"

using namespace muxtap;

TEST_CASE("building datagrams allocates nothing once it runs, over seams and with RTP") {
    const send::TsFile file = test::make_programme(1000);
    const auto schedule = send::PcrSchedule::from_pcrs(file, std::nullopt).value();
    send::Playout::Settings settings;
    settings.loops = 0;
    settings.rtp = true;
    send::Playout playout(file, schedule, {schedule.first_clock(), schedule.clock_advance()}, settings);
    send::DatagramFaults faults(playout, settings.faults);
    send::Datagram datagram;
    REQUIRE(faults.next(datagram));
    std::size_t packets = 0;
    const std::size_t allocated = test::allocations_during([&] {
        for (int i = 0; i < 2000; ++i) packets += faults.next(datagram) ? datagram.packet_count() : 0;
    });
    CHECK(packets == 14'000);
    CHECK(allocated == 0);
}
