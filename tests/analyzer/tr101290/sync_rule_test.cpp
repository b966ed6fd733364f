#include <catch2/catch.hpp>

#include "tests/analyzer/tr101290/rig.h"

namespace muxtap::test {
namespace {

/// Packets in order: '+' good, '-' bad sync byte, 's' skipped bytes.
struct Row {
    const char* name;
    const char* packets;
    std::uint64_t losses;
    std::uint64_t bad;
    bool lost;
};

TEST_CASE("two bad sync bytes lose sync and five good ones in a row regain it") {
    const Row rows[] = {
        {"all good", "++++++++", 0, 0, false},
        {"one bad", "++-+++", 0, 1, false},
        {"one bad now and then", "-+-+-+", 0, 3, false},
        {"two in a row", "+--", 1, 2, true},
        {"four good are not enough", "--++++", 1, 2, true},
        {"five good are", "--+++++", 1, 2, false},
        {"the five must be in a row", "--++++-++++", 1, 3, true},
        {"lost twice", "--+++++--", 2, 4, true},
        {"one bad does not lose it after it was regained", "--+++++-+", 1, 3, false},
        {"shifted packets lose it at once", "+s", 1, 0, true},
        {"shifted and found again", "s+++++", 1, 0, false},
        {"shifted while lost", "--ss", 1, 2, true},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        Rig rig;
        for (const char packet : std::string_view(row.packets)) {
            if (packet == '+') rig.rules.on_good(1, at(5));
            if (packet == '-') rig.rules.on_bad_sync(1, at(5), 3);
            if (packet == 's') rig.rules.on_skipped_bytes(7, at(5), 3);
        }
        CHECK(rig.count(IndicatorId::ts_sync_loss) == row.losses);
        CHECK(rig.count(IndicatorId::sync_byte_error) == row.bad);
        CHECK(rig.rules.in_shadow() == row.lost);
        CHECK(rig.rules.sync().losses() == row.losses);
    }
}

TEST_CASE("runs count as their packets do") {
    Rig rig;
    rig.rules.on_bad_sync(3, at(10), 1);
    CHECK(rig.count(IndicatorId::sync_byte_error) == 3);
    CHECK(rig.rules.sync().wants_good());
    rig.rules.on_good(0, at(20));
    rig.rules.on_bad_sync(0, at(20), 1);
    rig.rules.on_skipped_bytes(0, at(20), 1);
    CHECK(rig.rules.in_shadow());
    rig.rules.on_good(100, at(20));
    CHECK_FALSE(rig.rules.in_shadow());
    CHECK_FALSE(rig.rules.sync().wants_good());
    rig.rules.on_bad_sync(1, at(30), 1);
    CHECK(rig.rules.sync().wants_good());
}

TEST_CASE("TS_sync_loss lasts as long as sync is lost") {
    Rig rig;
    rig.rules.on_bad_sync(2, at(0), 1);
    rig.run(5000);
    CHECK(rig.state(IndicatorId::ts_sync_loss) == IndicatorState::error);
    rig.rules.on_good(5, at(5000));
    rig.run(5100);
    CHECK(rig.state(IndicatorId::ts_sync_loss) == IndicatorState::ok);
    CHECK(rig.count(IndicatorId::ts_sync_loss) == 1);
}

TEST_CASE("while sync is lost other findings are in the shadow") {
    Rig rig;
    rig.rules.on_bad_sync(2, at(0), 1);
    SectionSeen damaged = section_of(0, 0x00);
    damaged.crc_ok = false;
    rig.send(damaged, 10);
    rig.send(section_of(0, 0x01), 20);
    rig.scramble(0, 30);
    CHECK(rig.found() == Names{"ts_sync_loss", "sync_byte_error"});
    CHECK(rig.shadowed(IndicatorId::crc_error) == 1);
    CHECK(rig.shadowed(IndicatorId::pat_error_2) == 2);
    rig.rules.on_good(5, at(40));
    rig.send(damaged, 50);
    CHECK(rig.count(IndicatorId::crc_error) == 1);
}

}  // namespace
}  // namespace muxtap::test
