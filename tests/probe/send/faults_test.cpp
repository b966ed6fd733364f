#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "common/ts/clock_fields.h"
#include "probe/send/datagram_faults.h"
#include "probe/send/playout.h"
#include "tests/probe/send/stream_maker.h"

using namespace muxtap;
using send::FaultKind;
using send::FaultRecord;
using send::FaultSpec;
using test::PacketBytes;

namespace {

/// A fault of the list with the number of the packet among those sent.
struct Listed {
    FaultRecord record;
    std::uint64_t sent_packet;
};

struct SentDatagram {
    std::uint64_t number;
    std::chrono::nanoseconds due;
    std::vector<PacketBytes> packets;
};

struct Run {
    std::vector<SentDatagram> datagrams;
    std::vector<Listed> list;

    [[nodiscard]] std::vector<PacketBytes> packets() const {
        std::vector<PacketBytes> all;
        for (const SentDatagram& datagram : datagrams) {
            all.insert(all.end(), datagram.packets.begin(), datagram.packets.end());
        }
        return all;
    }
};

constexpr std::size_t file_packets = 1001;  // no multiple of 7
constexpr std::uint64_t loops = 3;

Run run(const send::FaultPlan& plan) {
    const send::TsFile file = test::make_programme(file_packets);
    const auto schedule = send::PcrSchedule::from_pcrs(file, std::nullopt).value();
    send::Playout::Settings settings;
    settings.loops = loops;
    settings.faults = plan;
    send::Playout playout(file, schedule, {schedule.first_clock(), schedule.clock_advance()}, settings);
    send::DatagramFaults faults(playout, plan);
    Run result;
    std::uint64_t packets = 0;
    send::Datagram datagram;
    while (faults.next(datagram)) {
        SentDatagram sent{datagram.number, datagram.due, {}};
        for (const FaultRecord& record : datagram.faults) result.list.push_back({record, packets + record.position});
        for (std::size_t i = 0; i < datagram.packet_count(); ++i) {
            PacketBytes packet{};
            std::copy_n(datagram.packets().begin() + static_cast<std::ptrdiff_t>(i * 188), 188, packet.begin());
            sent.packets.push_back(packet);
        }
        packets += datagram.packet_count();
        result.datagrams.push_back(std::move(sent));
    }
    CHECK_FALSE(faults.next(datagram));
    for (const FaultRecord& record : faults.rest()) result.list.push_back({record, packets + record.position});
    return result;
}

send::FaultPlan plan_with(FaultKind kind, const std::string& text, std::uint64_t seed = 3) {
    send::FaultPlan plan;
    plan.seed = seed;
    plan.specs[static_cast<std::size_t>(kind)] = FaultSpec::parse(text).value();
    return plan;
}

const Run& clean() {
    static const Run result = run({});
    return result;
}

ts::Pid pid_of(const PacketBytes& packet) {
    return static_cast<ts::Pid>((packet[1] & 0x1F) << 8 | packet[2]);
}

/// That each entry says truly which packet of the play it is about.
void check_sources(const Run& faulty) {
    const std::vector<PacketBytes> all = clean().packets();
    for (const Listed& entry : faulty.list) {
        if (!entry.record.packet) continue;
        const send::SourcePacket& source = *entry.record.packet;
        REQUIRE(source.number < all.size());
        CHECK(source.number == source.loop * file_packets + source.index);
        CHECK(source.pid == pid_of(all[source.number]));
        CHECK(source.continuity_counter == (all[source.number][3] & 0x0FU));
    }
}

}  // namespace

TEST_CASE("without faults every packet of every round is sent, seven to a datagram, and nothing is listed") {
    CHECK(clean().list.empty());
    CHECK(clean().packets().size() == file_packets * loops);
    CHECK(clean().datagrams.size() == file_packets * loops / 7);
    for (const SentDatagram& datagram : clean().datagrams) CHECK(datagram.packets.size() == 7);
}

TEST_CASE("drop leaves out exactly the packets listed") {
    const std::string text = GENERATE("0.02", "every=100", "at=0,1,2,7,1000,1001,3002", "every=5;pid=257;count=9");
    const Run faulty = run(plan_with(FaultKind::drop, text));
    check_sources(faulty);
    std::vector<PacketBytes> expected = clean().packets();
    REQUIRE_FALSE(faulty.list.empty());
    for (auto entry = faulty.list.rbegin(); entry != faulty.list.rend(); ++entry) {
        CHECK(entry->record.kind == FaultKind::drop);
        expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(entry->record.packet->number));
    }
    CHECK(faulty.packets() == expected);
    for (std::size_t i = 0; i < faulty.list.size(); ++i) {
        CHECK(faulty.list[i].sent_packet == faulty.list[i].record.packet->number - i);
    }
}

TEST_CASE("duplicate sends exactly the packets listed a second time, right behind the first") {
    const std::string text = GENERATE("0.02", "every=7", "at=0,1,2,6,1000,1001,3002", "every=5;pid=256");
    const Run faulty = run(plan_with(FaultKind::duplicate, text));
    check_sources(faulty);
    std::vector<PacketBytes> expected;
    std::size_t next = 0;
    const std::vector<PacketBytes> all = clean().packets();
    for (std::size_t i = 0; i < all.size(); ++i) {
        expected.push_back(all[i]);
        if (next == faulty.list.size() || faulty.list[next].record.packet->number != i) continue;
        CHECK(faulty.list[next].sent_packet == expected.size());
        expected.push_back(all[i]);
        ++next;
    }
    CHECK(next == faulty.list.size());
    CHECK(faulty.packets() == expected);
}

TEST_CASE("corrupt-sync changes the first byte of exactly the packets listed, to the value listed") {
    const std::string text = GENERATE("0.02", "at=0,6,7,3002", "every=50;pid=256");
    const Run faulty = run(plan_with(FaultKind::corrupt_sync, text));
    check_sources(faulty);
    std::vector<PacketBytes> expected = clean().packets();
    for (const Listed& entry : faulty.list) {
        CHECK(entry.sent_packet == entry.record.packet->number);
        CHECK(entry.record.detail != ts::sync_byte);
        expected[entry.sent_packet][0] = static_cast<std::uint8_t>(entry.record.detail);
    }
    CHECK(faulty.packets() == expected);
}

TEST_CASE("tei sets transport_error_indicator in exactly the packets listed") {
    const Run faulty = run(plan_with(FaultKind::tei, "0.02"));
    check_sources(faulty);
    std::vector<PacketBytes> expected = clean().packets();
    for (const Listed& entry : faulty.list) expected[entry.sent_packet][1] |= 0x80;
    CHECK(faulty.packets() == expected);
}

TEST_CASE("pcr-jump moves every PCR from its packet on, and lists the first of each PID") {
    const std::string text = GENERATE("500ms@1500", "-500ms@0", "1s@1500;pid=256", "1s@1500;pid=257", "1s@9999");
    send::FaultPlan plan;
    plan.pcr_jump = send::PcrJump::parse(text).value();
    const Run faulty = run(plan);
    check_sources(faulty);
    std::vector<PacketBytes> expected = clean().packets();
    std::optional<std::size_t> first;
    for (std::size_t i = plan.pcr_jump->packet; i < expected.size(); ++i) {
        const auto view = ts::PacketView::parse(expected[i]);
        if (!view->pcr() || (plan.pcr_jump->pid && plan.pcr_jump->pid != view->pid())) continue;
        ts::shift_clock(expected[i], 6, plan.pcr_jump->by);
        if (!first) first = i;
    }
    CHECK(faulty.packets() == expected);
    REQUIRE(faulty.list.size() == (first ? 1 : 0));
    if (!first) return;
    CHECK(faulty.list[0].sent_packet == *first);
    CHECK(faulty.list[0].record.detail == plan.pcr_jump->by.count());
}

TEST_CASE("drop-datagram leaves out exactly the datagrams listed") {
    const std::string text = GENERATE("0.1", "at=0,1,5,428", "every=10;count=3", "1");
    const Run faulty = run(plan_with(FaultKind::drop_datagram, text));
    std::vector<SentDatagram> expected = clean().datagrams;
    for (auto entry = faulty.list.rbegin(); entry != faulty.list.rend(); ++entry) {
        CHECK(entry->record.datagram_packets == 7);
        expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(entry->record.datagram));
    }
    REQUIRE(faulty.datagrams.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(faulty.datagrams[i].number == expected[i].number);
        CHECK(faulty.datagrams[i].packets == expected[i].packets);
        CHECK(faulty.datagrams[i].due == expected[i].due);
    }
}

TEST_CASE("reorder swaps exactly the datagrams listed with those behind them") {
    const std::string text = GENERATE("0.1", "at=0,1,5,428", "every=2", "1");
    const Run faulty = run(plan_with(FaultKind::reorder, text));
    std::vector<SentDatagram> expected = clean().datagrams;
    for (const Listed& entry : faulty.list) {
        REQUIRE(entry.record.detail == static_cast<std::int64_t>(entry.record.datagram) + 1);
        std::swap(expected[entry.record.datagram], expected[entry.record.datagram + 1]);
        CHECK(entry.sent_packet == (entry.record.datagram + 1) * 7);
    }
    REQUIRE(faulty.datagrams.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(faulty.datagrams[i].packets == expected[i].packets);
        if (i > 0) CHECK(faulty.datagrams[i].due >= faulty.datagrams[i - 1].due);
    }
}

TEST_CASE("a last datagram that has none behind it is neither swapped nor listed") {
    const Run faulty = run(plan_with(FaultKind::reorder, "at=428"));
    REQUIRE(clean().datagrams.size() == 429);
    CHECK(faulty.list.empty());
    CHECK(faulty.packets() == clean().packets());
}

TEST_CASE("jitter delays datagrams by what is listed, at most by what was asked, and keeps their order") {
    send::FaultPlan plan;
    plan.jitter = std::chrono::milliseconds{20};
    const Run faulty = run(plan);
    CHECK(faulty.packets() == clean().packets());
    std::map<std::uint64_t, std::int64_t> delays;
    for (const Listed& entry : faulty.list) delays[entry.record.datagram] = entry.record.detail;
    for (std::size_t i = 0; i < faulty.datagrams.size(); ++i) {
        const auto late = faulty.datagrams[i].due - clean().datagrams[i].due;
        CHECK(late.count() == delays[i]);
        CHECK(late <= *plan.jitter);
        if (i > 0) CHECK(faulty.datagrams[i].due >= faulty.datagrams[i - 1].due);
    }
    CHECK(delays.size() > 400);
}

TEST_CASE("the same seed injects the same faults, another seed others") {
    const auto all = [](std::uint64_t seed) {
        send::FaultPlan plan;
        plan.seed = seed;
        for (auto& spec : plan.specs) spec = FaultSpec::parse("0.02").value();
        plan.jitter = std::chrono::milliseconds{1};
        return run(plan);
    };
    const Run first = all(11);
    const Run again = all(11);
    const Run other = all(12);
    CHECK(first.packets() == again.packets());
    REQUIRE(first.list.size() == again.list.size());
    for (std::size_t i = 0; i < first.list.size(); ++i) {
        CHECK(first.list[i].record.kind == again.list[i].record.kind);
        CHECK(first.list[i].sent_packet == again.list[i].sent_packet);
        CHECK(first.list[i].record.detail == again.list[i].record.detail);
    }
    CHECK(first.packets() != other.packets());
}

TEST_CASE("with all faults at once each packet entry still points at its packet among those sent") {
    send::FaultPlan plan;
    plan.seed = 5;
    for (auto& spec : plan.specs) spec = FaultSpec::parse("0.03").value();
    const Run faulty = run(plan);
    check_sources(faulty);
    const std::vector<PacketBytes> all = clean().packets();
    const std::vector<PacketBytes> sent = faulty.packets();
    std::size_t checked = 0;
    for (const Listed& entry : faulty.list) {
        const FaultRecord& record = entry.record;
        if (record.lost || !record.packet || record.kind == FaultKind::drop) continue;
        REQUIRE(entry.sent_packet < sent.size());
        const PacketBytes& packet = sent[entry.sent_packet];
        const PacketBytes& source = all[record.packet->number];
        CHECK(std::equal(packet.begin() + 2, packet.end(), source.begin() + 2));
        if (record.kind == FaultKind::corrupt_sync) CHECK(packet[0] == record.detail);
        if (record.kind == FaultKind::tei) CHECK((packet[1] & 0x80) != 0);
        ++checked;
    }
    CHECK(checked > 100);
}

TEST_CASE("a packet that is left out gets no other fault") {
    send::FaultPlan plan = plan_with(FaultKind::drop, "at=10");
    for (const FaultKind kind : {FaultKind::duplicate, FaultKind::tei, FaultKind::corrupt_sync}) {
        plan.specs[static_cast<std::size_t>(kind)] = FaultSpec::parse("at=10").value();
    }
    const Run faulty = run(plan);
    REQUIRE(faulty.list.size() == 1);
    CHECK(faulty.list[0].record.kind == FaultKind::drop);
}
