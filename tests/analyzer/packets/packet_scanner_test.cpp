#include "analyzer/packets/packet_scanner.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <vector>

#include "tests/support/ts_packets.h"

namespace muxtap::analyzer {
namespace {

/// Keeps what leaves the loop, and counts it as the analyzer does.
struct Recorder {
    std::vector<std::uint64_t> rejected;
    std::vector<std::uint64_t> notable;
    void on_rejected(const std::uint8_t*, std::uint64_t position) { rejected.push_back(position); }
    void on_notable(const std::uint8_t*, const PacketHeader& header, PidSlot& slot, std::uint64_t position) {
        notable.push_back(position);
        if (header.transport_error_indicator()) return;
        slot.attention = 0;
        slot.count(header, position);
    }
};

struct Scanned {
    PidSlots slots;
    Recorder recorder;
    std::vector<ts::Pid> pids;
};

Scanned scan(const test::ByteVector& bytes, std::size_t piece, std::size_t stride = ts::packet_size) {
    Scanned scanned;
    const std::size_t count = bytes.size() / stride;
    scanned.pids.resize(count);
    for (std::size_t at = 0; at < count; at += piece) {
        scan_packets(bytes.data() + at * stride, std::min(piece, count - at), stride, at, scanned.slots,
                     scanned.pids.data() + at, scanned.recorder);
    }
    return scanned;
}

test::ByteVector random_packets(std::size_t count, unsigned seed) {
    std::mt19937 random(seed);
    test::ByteVector bytes;
    for (std::size_t i = 0; i < count; ++i) {
        auto packet = test::numbered_packet(static_cast<std::uint32_t>(i));
        packet[1] = static_cast<std::uint8_t>(random() % 8 == 0 ? random() : random() % 2);
        packet[2] = static_cast<std::uint8_t>(random() % 3);
        packet[3] = static_cast<std::uint8_t>(random() % 4 == 0 ? random() : 0x10U | (random() & 15U));
        packet[4] = static_cast<std::uint8_t>(random() % 8 == 0 ? random() : random() % 20);
        packet[5] = static_cast<std::uint8_t>(random());
        if (random() % 50 == 0) packet[0] = 0x46;
        test::append(bytes, packet);
    }
    return bytes;
}

}  // namespace

TEST_CASE("the loop counts what a plain reading of each packet counts") {
    const test::ByteVector bytes = random_packets(5000, 1);
    const Scanned scanned = scan(bytes, 5000);

    struct Plain {
        std::uint64_t packets = 0, payload = 0, bytes = 0, adaptation = 0, scrambled = 0, last = 0;
    };
    std::map<ts::Pid, Plain> plain;
    std::vector<std::uint64_t> rejected;
    for (std::size_t i = 0; i < 5000; ++i) {
        const auto view = ts::PacketView::parse(ts::PacketView::Bytes(bytes.data() + i * 188, 188));
        if (!view) {
            rejected.push_back(i);
            continue;
        }
        if (view->transport_error_indicator()) continue;
        Plain& pid = plain[view->pid()];
        ++pid.packets;
        pid.payload += view->has_payload();
        pid.bytes += view->payload().size();
        pid.adaptation += view->has_adaptation_field();
        pid.scrambled += view->transport_scrambling_control() >= 2;
        pid.last = i;
    }
    CHECK(scanned.recorder.rejected == rejected);
    REQUIRE(rejected.size() > 10);
    for (unsigned pid = 0; pid < ts::pid_count; ++pid) {
        const PidSlot& slot = scanned.slots[static_cast<ts::Pid>(pid)];
        const Plain& expected = plain[static_cast<ts::Pid>(pid)];
        REQUIRE(slot.packets == expected.packets);
        REQUIRE(slot.payload_packets == expected.payload);
        REQUIRE(slot.payload_bytes == expected.bytes);
        REQUIRE(slot.adaptation_fields == expected.adaptation);
        REQUIRE(slot.scrambled == expected.scrambled);
        REQUIRE(slot.last_position == expected.last);
    }
}

TEST_CASE("the same packets in pieces of any size give the same") {
    const test::ByteVector bytes = random_packets(500, 2);
    const Scanned whole = scan(bytes, 500);
    for (const std::size_t piece : {1U, 2U, 7U, 15U, 16U, 17U, 333U}) {
        const Scanned pieces = scan(bytes, piece);
        CHECK(pieces.recorder.rejected == whole.recorder.rejected);
        CHECK(pieces.recorder.notable == whole.recorder.notable);
        CHECK(pieces.pids == whole.pids);
    }
}

TEST_CASE("the bytes between packets of a larger stride are not looked at") {
    test::ByteVector bytes;
    for (std::uint32_t i = 0; i < 40; ++i) {
        test::append(bytes, test::numbered_packet(i));
        bytes.resize(bytes.size() + 16, 0x47);
    }
    const Scanned scanned = scan(bytes, 40, 204);
    CHECK(scanned.recorder.rejected.empty());
    CHECK(scanned.slots[256].packets == 40);
    CHECK(scanned.recorder.notable == std::vector<std::uint64_t>{0});
}

TEST_CASE("ordinary packets stay in the loop and each notable one leaves it") {
    struct Row {
        const char* claim;
        std::size_t byte;
        std::uint8_t value;
        bool leaves;
    };
    const std::vector<Row> rows = {
        {"nothing special", 187, 0, false},
        {"transport_error_indicator", 1, 0x81, true},
        {"payload_unit_start_indicator", 1, 0x41, true},
        {"transport_priority", 1, 0x21, false},
        {"even key", 3, 0xB1, false},
        {"odd key", 3, 0xF1, false},
        {"reserved scrambling value", 3, 0x71, true},
        {"PCR", 5, 0x10, true},
        {"OPCR", 5, 0x08, false},
        {"random access", 5, 0x40, true},
        {"discontinuity", 5, 0x80, true},
        {"elementary stream priority", 5, 0x20, false},
        {"continuity", 3, 0x32, true},
    };
    for (const Row& row : rows) {
        INFO(row.claim);
        auto first = test::numbered_packet(0, {.control = 3, .adaptation_length = 20});
        auto second = test::numbered_packet(1, {.control = 3, .adaptation_length = 20});
        first[5] = second[5] = 0;
        second[row.byte] = row.value;
        test::ByteVector bytes;
        test::append(bytes, first);
        test::append(bytes, second);
        const Scanned scanned = scan(bytes, 2);
        CHECK((scanned.recorder.notable.size() == 2) == row.leaves);
    }
}

TEST_CASE("a packet with transport_error_indicator is of no PID for those that follow") {
    const test::ByteVector bytes = test::packet_run(3, 0, {.tei = true});
    const Scanned scanned = scan(bytes, 3);
    CHECK(scanned.pids == std::vector<ts::Pid>(3, ts::null_pid));
    CHECK(scanned.slots[256].packets == 0);
}

}  // namespace muxtap::analyzer
