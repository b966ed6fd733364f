#include "probe/send/pcr_schedule.h"

#include <catch2/catch.hpp>

#include "tests/probe/send/stream_maker.h"

using namespace muxtap;
using send::PcrSchedule;
using ts::PcrTicks;

namespace {

constexpr std::uint64_t modulus = ts::Pcr::modulus;

/// A PCR in a packet of the file.
struct Mark {
    std::size_t packet;
    std::uint64_t pcr;
    bool discontinuity = false;
};

send::TsFile file_with(std::size_t packets, const std::vector<Mark>& marks, ts::Pid pid = 256) {
    std::vector<test::PacketBytes> all(packets, test::make_packet({.pid = 300}));
    for (const Mark& mark : marks) {
        all[mark.packet] = test::make_packet({.pid = pid, .pcr = mark.pcr, .discontinuity = mark.discontinuity});
    }
    return test::make_file(all);
}

}  // namespace

TEST_CASE("packets are due at a constant rate between PCRs and at the neighbouring rate around them") {
    struct Row {
        const char* name;
        std::vector<Mark> marks;
        std::vector<std::int64_t> due;  ///< of packets 0 to 9 and of the end
        std::int64_t clock_advance;
        std::uint64_t first_clock;
    };
    const Row row = GENERATE(values<Row>({
        {"constant rate",
         {{0, 5000}, {5, 6000}, {9, 6800}},
         {0, 200, 400, 600, 800, 1000, 1200, 1400, 1600, 1800, 2000},
         2000,
         5000},
        {"before the first and behind the last",
         {{2, 5000}, {4, 5200}, {6, 5600}},
         {0, 100, 200, 300, 400, 600, 800, 1000, 1200, 1400, 1600},
         1600,
         4800},
        {"PCR wraps",
         {{0, modulus - 300}, {5, 200}},
         {0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000},
         1000,
         modulus - 300},
        {"the first packets lie before the wrap",
         {{4, 100}, {8, 500}},
         {0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000},
         1000,
         modulus - 300},
        {"an announced jump keeps the last rate",
         {{0, 1000}, {2, 1200}, {4, 900'000, true}, {6, 900'400}},
         {0, 100, 200, 300, 400, 600, 800, 1000, 1200, 1400, 1600},
         1600 + 898'600,
         1000},
        {"a silent step back keeps the last rate",
         {{0, 1000}, {2, 1200}, {4, 700}, {6, 1100}},
         {0, 100, 200, 300, 400, 600, 800, 1000, 1200, 1400, 1600},
         1600 - 700,
         1000},
        {"a leap of more than a second keeps the last rate",
         {{0, 1000}, {2, 1200}, {4, 28'000'000}, {6, 28'000'200}},
         {0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000},
         1000 + 27'998'600,
         1000},
        {"a break before the first rate is known takes the first rate",
         {{0, 1000}, {2, 500'000'000, true}, {4, 500'000'200}},
         {0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000},
         1000 + 499'998'800,
         1000},
        {"a repeated PCR does not stop time",
         {{0, 1000}, {2, 1200}, {4, 1200}, {6, 1400}},
         {0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000},
         1000 - 200,
         1000},
    }));
    INFO(row.name);
    const auto schedule = PcrSchedule::from_pcrs(file_with(10, row.marks), std::nullopt);
    REQUIRE(schedule);
    send::ScheduleCursor cursor(*schedule);
    for (std::size_t i = 0; i < 10; ++i) {
        INFO("packet " << i);
        CHECK(schedule->due(i).count() == row.due[i]);
        CHECK(cursor.due(i).count() == row.due[i]);
    }
    CHECK(schedule->duration().count() == row.due[10]);
    CHECK(schedule->clock_advance().count() == row.clock_advance);
    CHECK(schedule->first_clock().ticks() == row.first_clock);
    CHECK(cursor.due(0).count() == 0);  // a cursor may start again
}

TEST_CASE("the first PID whose PCRs give a rate sets the pace unless one is named") {
    std::vector<test::PacketBytes> packets(10, test::make_packet({.pid = 300}));
    packets[0] = test::make_packet({.pid = 400, .pcr = 1});  // a lone PCR gives no rate
    packets[1] = test::make_packet({.pid = 401, .pcr = 1000});
    packets[2] = test::make_packet({.pid = 402, .pcr = 0});
    packets[6] = test::make_packet({.pid = 401, .pcr = 1500});
    packets[7] = test::make_packet({.pid = 402, .pcr = 1000});
    const send::TsFile file = test::make_file(packets);
    const auto by_default = PcrSchedule::from_pcrs(file, std::nullopt);
    REQUIRE(by_default);
    CHECK(by_default->pid() == 401);
    CHECK(by_default->duration() == PcrTicks{1000});
    const auto named = PcrSchedule::from_pcrs(file, 402);
    REQUIRE(named);
    CHECK(named->duration() == PcrTicks{2000});
    CHECK_FALSE(PcrSchedule::from_pcrs(file, 400));
}

TEST_CASE("PCRs of damaged packets are not believed") {
    auto damaged = test::make_packet({.pcr = 77});
    damaged[1] |= 0x80;
    std::vector<test::PacketBytes> packets(10, test::make_packet({.pid = 300}));
    packets[0] = test::make_packet({.pcr = 1000});
    packets[2] = damaged;
    packets[5] = test::make_packet({.pcr = 1500});
    const auto schedule = PcrSchedule::from_pcrs(test::make_file(packets), std::nullopt);
    REQUIRE(schedule);
    CHECK(schedule->due(2) == PcrTicks{200});
}

TEST_CASE("a stream without PCRs gives no pace") {
    const auto schedule = PcrSchedule::from_pcrs(file_with(10, {}), std::nullopt);
    REQUIRE_FALSE(schedule);
    CHECK(schedule.error().message == "the stream has no two PCRs within a second to set the pace");
}

TEST_CASE("a constant bit rate spaces packets evenly") {
    const PcrSchedule schedule = PcrSchedule::constant(1000, 1'504'000);
    CHECK(schedule.due(0) == PcrTicks{0});
    CHECK(schedule.due(1) == PcrTicks{27'000});
    CHECK(schedule.duration() == PcrTicks{27'000'000});
}
