#include "client/record/segment_cutter.h"

#include <catch2/catch.hpp>

#include "tests/client/record/record_rig.h"

namespace muxtap::record {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t second = 1'000'000'000;

/// One packet and when it was captured.
struct Timed {
    Packet packet;
    std::int64_t time_ns = 0;
};

/// Ten packets a second, numbered from 0; `mark` changes some of them.
template <typename Mark>
std::vector<Timed> ten_per_second(std::int64_t start_ns, unsigned count, Mark&& mark) {
    std::vector<Timed> packets;
    for (unsigned i = 0; i < count; ++i) {
        packets.push_back({plain_packet(i), start_ns + std::int64_t{i} * second / 10});
        mark(i, packets.back().packet);
    }
    return packets;
}

TestBatch batch_of(const std::vector<Timed>& packets, std::size_t from, std::size_t to) {
    TestBatch batch;
    batch.time_ns = packets[from].time_ns;
    for (std::size_t i = from; i < to; ++i) {
        batch.add(packets[i].packet);
        batch.datagrams.push_back({1, i == from ? 0 : packets[i].time_ns - packets[i - 1].time_ns});
    }
    return batch;
}

/// The packets that begin a file when the stream comes in batches of this size.
std::vector<std::size_t> cuts(const std::vector<Timed>& packets, std::size_t batch_size,
                              std::chrono::nanoseconds length, std::chrono::nanoseconds wait = 2s) {
    SegmentCutter cutter(length, wait);
    cutter.begin(from_unix_ns(packets.front().time_ns));
    std::vector<std::size_t> found;
    for (std::size_t at = 0; at < packets.size(); at += batch_size) {
        const TestBatch batch = batch_of(packets, at, std::min(at + batch_size, packets.size()));
        const TimedPackets timed(*batch.payload, batch.time_ns, batch.datagrams);
        for (std::size_t from = 0; from < timed.count();) {
            const std::size_t cut = cutter.find_cut(timed, from);
            if (cut < timed.count()) {
                found.push_back(at + cut);
                cutter.begin(timed.time_of(cut));
            }
            from = cut;
        }
    }
    return found;
}

constexpr std::int64_t on_the_hour = 1'763'600'400 * second;

using Cuts = std::vector<std::size_t>;

}  // namespace

TEST_CASE("A segment is cut at the first random access point at or after a multiple of its length") {
    struct Row {
        const char* name;
        Cuts random_access;
        Cuts cuts;
    };
    const auto row = GENERATE(values<Row>({
        {"on the boundary", {0, 50, 100}, {50, 100}},
        {"just before it", {49, 51}, {51}},
        {"some time after it", {60, 110}, {60, 110}},
        {"two in one segment", {52, 55, 101}, {52, 101}},
    }));
    CAPTURE(row.name);
    const auto packets = ten_per_second(on_the_hour, 120, [&](unsigned i, Packet& packet) {
        if (std::find(row.random_access.begin(), row.random_access.end(), i) != row.random_access.end()) {
            packet = pes_start(i, 0xE0, true);
        }
    });
    CHECK(cuts(packets, 1000, 5s) == row.cuts);
}

TEST_CASE("Without a random access point a segment is cut at a packet boundary after the longest wait") {
    const auto packets = ten_per_second(on_the_hour, 120, [](unsigned, Packet&) {});
    CHECK(cuts(packets, 1000, 5s, 2s) == Cuts{70});
    CHECK(cuts(packets, 1000, 5s, 0s) == Cuts{50, 100});
}

TEST_CASE("Audio frames are random access points only where there is no video") {
    const bool video = GENERATE(false, true);
    const auto packets = ten_per_second(on_the_hour, 80, [&](unsigned i, Packet& packet) {
        packet = pes_start(i, 0xC0, true);
        if (video && i % 5 == 2) packet = pes_start(i, 0xE0, i == 62);
    });
    CHECK(cuts(packets, 1000, 5s) == (video ? Cuts{62} : Cuts{50}));
}

TEST_CASE("A segment that does not begin on a multiple ends on one") {
    const auto packets = ten_per_second(on_the_hour + 3 * second, 40,
                                        [](unsigned i, Packet& packet) { packet = pes_start(i, 0xE0, true); });
    CHECK(cuts(packets, 1000, 5s) == Cuts{20});
}

TEST_CASE("How the packets are divided into batches does not move a cut") {
    const auto packets = ten_per_second(on_the_hour + second / 3, 300, [](unsigned i, Packet& packet) {
        packet = pes_start(i, i % 3 == 0 ? 0xE0 : 0xC0, i % 13 == 0 || i % 3 != 0);
    });
    const Cuts whole = cuts(packets, packets.size(), 5s);
    CHECK(whole.size() == 5);
    for (std::size_t size = 1; size <= 100; ++size) {
        CAPTURE(size);
        CHECK(cuts(packets, size, 5s) == whole);
    }
}

TEST_CASE("A clock that is set back begins a new file, one that jitters does not") {
    auto packets =
        ten_per_second(on_the_hour, 60, [](unsigned i, Packet& packet) { packet = pes_start(i, 0xE0, true); });
    for (std::size_t i = 52; i < packets.size(); ++i) packets[i].time_ns -= 3600 * second;
    CHECK(cuts(packets, 1, 5s) == Cuts{50, 52});
    for (std::size_t i = 52; i < packets.size(); ++i) packets[i].time_ns += 3600 * second - second / 2;
    CHECK(cuts(packets, 1, 5s) == Cuts{50});
}

TEST_CASE("Absurd times of a stranger neither overflow nor stop the cutting") {
    TestBatch batch;
    batch.time_ns = std::numeric_limits<std::int64_t>::max();
    for (unsigned i = 0; i < 4; ++i) {
        batch.add(plain_packet(i));
        batch.datagrams.push_back(
            {1, i % 2 == 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min()});
    }
    const TimedPackets packets(*batch.payload, batch.time_ns, batch.datagrams);
    SegmentCutter cutter(366 * 24h, 366 * 24h);
    cutter.begin(packets.first_time());
    CHECK(cutter.find_cut(packets, 0) == 4);
    const TimedPackets early(*batch.payload, std::numeric_limits<std::int64_t>::min(), batch.datagrams);
    CHECK(cutter.find_cut(early, 0) < 4);
}

TEST_CASE("Packets have the capture time of their datagram") {
    TestBatch batch;
    batch.time_ns = 1000;
    for (unsigned i = 0; i < 9; ++i) batch.add(plain_packet(i));
    batch.datagrams = {{3, 0}, {2, 50}, {1, -1}, {3, 7}};
    const TimedPackets packets(*batch.payload, batch.time_ns, batch.datagrams);
    std::vector<std::int64_t> times;
    for (std::size_t i = 0; i < 9; ++i) times.push_back(to_unix_ns(packets.time_of(i)));
    CHECK(times == std::vector<std::int64_t>{1000, 1000, 1000, 1050, 1050, 1050, 1057, 1057, 1057});
    CHECK(to_unix_ns(packets.last_time()) == 1057);
}

}  // namespace muxtap::record
