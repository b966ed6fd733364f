#include "analyzer/packets/continuity.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "analyzer/packets/damage_log.h"
#include "tests/support/ts_packets.h"

namespace muxtap::analyzer {
namespace {

using Packet = std::array<std::uint8_t, ts::packet_size>;

/// One packet of a row: its counter, what it holds, and whether its discontinuity_indicator is set.
struct Step {
    unsigned counter;
    unsigned content = 0;
    bool payload = true;
    bool announced = false;
};

Packet packet_of(const Step& step) {
    Packet packet = test::numbered_packet(step.content);
    const unsigned control = step.payload ? (step.announced ? 3U : 1U) : 2U;
    packet[3] = static_cast<std::uint8_t>(control << 4 | step.counter);
    if (control != 1) {
        packet[4] = step.payload ? 1 : 183;
        packet[5] = step.announced ? 0x80 : 0;
    }
    return packet;
}

struct Row {
    std::string claim;
    std::vector<Step> steps;
    ContinuityVerdict last;
};

/// Judges and counts the packets of a row as the packet loop does, and returns the verdict on the last one.
ContinuityVerdict judge(const Row& row, PidSlot slot = {}) {
    std::vector<Packet> packets;
    for (const Step& step : row.steps) packets.push_back(packet_of(step));
    ContinuityVerdict verdict;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const PacketHeader header = PacketHeader::load(packets[i].data());
        verdict = judge_continuity(slot, header, packets[i].data(), i == 0 ? nullptr : packets[i - 1].data());
        slot.count(header, i);
        if (verdict.continuity == Continuity::duplicate) slot.state |= PidSlot::was_duplicate;
        slot.attention = 0;
    }
    return verdict;
}

}  // namespace

TEST_CASE("each packet is judged by the one before it on its PID") {
    const std::vector<Row> rows = {
        {"the first packet may have any counter", {{9}}, {Continuity::first, 0}},
        {"the counter goes up by one", {{9}, {10}}, {Continuity::in_order, 0}},
        {"and from 15 to 0", {{15}, {0}}, {Continuity::in_order, 0}},
        {"a step without payload keeps it", {{4}, {4, 0, false}}, {Continuity::in_order, 0}},
        {"a step without payload must not move it", {{4}, {5, 0, false}}, {Continuity::lost, 1}},
        {"payload behind one without goes on", {{4}, {4, 0, false}, {5}}, {Continuity::in_order, 0}},
        {"payload with the counter of one without is a loss", {{4}, {4, 0, false}, {4}}, {Continuity::lost, 15}},
        {"one is missing", {{4}, {6}}, {Continuity::lost, 1}},
        {"three are missing over the wrap", {{14}, {2}}, {Continuity::lost, 3}},
        {"a step back is fourteen missing", {{4}, {3}}, {Continuity::lost, 14}},
        {"the same packet twice is legal", {{4, 7}, {4, 7}}, {Continuity::duplicate, 0}},
        {"three times is not", {{4, 7}, {4, 7}, {4, 7}}, {Continuity::repeated, 0}},
        {"the packet behind a duplicate goes on", {{4, 7}, {4, 7}, {5, 8}}, {Continuity::in_order, 0}},
        {"a later duplicate is legal again", {{4, 7}, {4, 7}, {5, 8}, {5, 8}}, {Continuity::duplicate, 0}},
        {"duplicate, then a jump", {{14, 7}, {14, 7}, {1, 8}}, {Continuity::lost, 2}},
        {"the same counter with other bytes is a loss", {{4, 7}, {4, 8}}, {Continuity::lost, 15}},
        {"an announced jump is none", {{4}, {9, 0, true, true}}, {Continuity::announced, 0}},
        {"an announcement without a jump is in order", {{4}, {5, 0, true, true}}, {Continuity::in_order, 0}},
    };
    for (const Row& row : rows) {
        INFO(row.claim);
        const ContinuityVerdict verdict = judge(row);
        CHECK(verdict.continuity == row.last.continuity);
        CHECK(unsigned{verdict.lost} == unsigned{row.last.lost});
    }
}

TEST_CASE("the counter of null packets says nothing") {
    PidSlots slots;
    PidSlot& slot = slots[ts::null_pid];
    slot.attention = 0;
    const Packet packet = packet_of({9});
    CHECK(slot.counter_difference(PacketHeader::load(packet.data())) == 0);
}

TEST_CASE("a duplicate may carry another PCR and OPCR, and nothing else that differs") {
    Packet first = test::numbered_packet(1, {.control = 3, .adaptation_length = 20});
    first[5] = 0x18;  // PCR and OPCR
    Packet second = first;
    const auto same = [&] { return is_same_packet(*ts::PacketView::parse(first), *ts::PacketView::parse(second)); };
    for (std::size_t i = 6; i < 18; ++i) second[i] ^= 0xFF;
    CHECK(same());
    for (const std::size_t byte : {std::size_t{1}, std::size_t{5}, std::size_t{18}, std::size_t{187}}) {
        Packet other = second;
        other[byte] ^= 0x10;
        INFO("byte " << byte);
        CHECK_FALSE(is_same_packet(*ts::PacketView::parse(first), *ts::PacketView::parse(other)));
    }
}

TEST_CASE("without the bytes of the packet before, an equal counter is taken as a duplicate") {
    PidSlot slot;
    const Packet packet = packet_of({4});
    const PacketHeader header = PacketHeader::load(packet.data());
    slot.count(header, 0);
    slot.attention = 0;
    CHECK(judge_continuity(slot, header, packet.data(), nullptr).continuity == Continuity::duplicate);
}

TEST_CASE("damaged packets explain a gap on their PID, unidentified ones on any") {
    DamageLog log;
    log.add(256, 10);
    log.add_unidentified(12, 3);
    CHECK(log.packets_since(9, 256) == 4);
    CHECK(log.packets_since(9, 257) == 3);
    CHECK(log.packets_since(11, 256) == 3);
    CHECK(log.packets_since(13, 256) == 0);
    for (std::uint64_t i = 0; i < 2 * DamageLog::kept; ++i) log.add(300, 100 + i);
    CHECK(log.packets_since(9, 256) == 0);
    CHECK(log.packets_since(9, 300) == DamageLog::kept);
}

}  // namespace muxtap::analyzer
