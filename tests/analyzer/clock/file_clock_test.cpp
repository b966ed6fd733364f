#include "analyzer/clock/file_clock.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/support/allocation_counter.h"
#include "tests/support/ts_packets.h"

namespace muxtap::analyzer {
namespace {

using muxtap::test::allocations_during;
using muxtap::test::append;
using muxtap::test::ByteVector;
using muxtap::test::in_strides;

constexpr std::int64_t second = 27'000'000;

/// Packets put together one by one.
class FileMaker {
public:
    FileMaker& plain(std::size_t count, ts::Pid pid = 0x1FFF) {
        for (std::size_t i = 0; i < count; ++i) append(bytes, muxtap::test::numbered_packet(0, {.pid = pid}));
        return *this;
    }
    FileMaker& pcr(ts::Pid pid, std::int64_t ticks, bool discontinuity = false, bool tei = false) {
        auto packet =
            muxtap::test::numbered_packet(0, {.pid = pid, .tei = tei, .control = 2, .adaptation_length = 183});
        packet[5] = discontinuity ? 0x90 : 0x10;
        constexpr auto modulus = static_cast<std::int64_t>(ts::Pcr::modulus);
        ts::Pcr::from_ticks(static_cast<std::uint64_t>((ticks + modulus) % modulus))
            .encode(std::span<std::uint8_t, 6>(packet.data() + 6, 6));
        append(bytes, packet);
        return *this;
    }
    /// PCRs `interval` packets apart in a row, the first one here.
    FileMaker& pcrs(ts::Pid pid, std::int64_t first, std::int64_t step, std::size_t interval, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            pcr(pid, first + static_cast<std::int64_t>(i) * step);
            plain(interval - 1);
        }
        return *this;
    }

    ByteVector bytes;
};

struct Timed {
    std::vector<std::int64_t> at;  ///< of each packet, in nanoseconds; -1 where not timed
    std::vector<FileSegment> segments;
    std::int64_t end = 0;
};

/// All packets of a file, offered in pieces of so many; a piece that was not long enough grows.
Timed time_all(ByteView file, std::size_t piece, FileClockSettings settings = {}, std::size_t stride = 188) {
    FileClock clock(settings);
    Timed timed;
    const std::size_t count = (file.size() - 188) / stride + 1;
    std::size_t taken = 0;
    std::size_t offered = 0;
    while (taken < count) {
        offered = std::min(count - taken, offered + piece);
        std::vector<FileSegment> out;
        const bool last = taken + offered == count;
        const ByteView bytes = file.subspan(taken * stride, (offered - 1) * stride + 188);
        const std::size_t got = clock.time(bytes, stride, last, out);
        std::size_t next = 0;
        for (const FileSegment& segment : out) {
            REQUIRE(segment.first == next);
            REQUIRE(segment.packets > 0);
            REQUIRE(segment.end >= segment.begin);
            if (segment.timed) REQUIRE(to_unix_ns(segment.begin) >= timed.end);
            next += segment.packets;
            const std::int64_t begin = to_unix_ns(segment.begin);
            const std::int64_t length = (segment.end - segment.begin).count();
            for (std::size_t i = 0; i < segment.packets; ++i)
                timed.at.push_back(segment.timed ? begin + length * static_cast<std::int64_t>(i) /
                                                               static_cast<std::int64_t>(segment.packets)
                                                 : -1);
            timed.end = to_unix_ns(segment.end);
            timed.segments.push_back(segment);
        }
        REQUIRE(next == got);
        REQUIRE((!last || got == offered));
        taken += got;
        offered -= got;
    }
    return timed;
}

TEST_CASE("packets between two PCRs are spread evenly, and time 0 is the first packet") {
    FileMaker file;
    file.plain(50).pcrs(256, 5 * second, second / 10, 100, 11).plain(49);
    const Timed timed = time_all(file.bytes, 100'000);
    REQUIRE(timed.at.size() == 1199);
    CHECK(timed.at[0] == 0);
    // 1 ms a packet throughout.
    for (std::size_t i = 0; i < timed.at.size(); ++i) REQUIRE(timed.at[i] == static_cast<std::int64_t>(i) * 1'000'000);
    CHECK(timed.end == 1199 * 1'000'000LL);
}

TEST_CASE("each interval has its own rate") {
    FileMaker file;
    file.pcr(256, 0).plain(9).pcr(256, second / 10).plain(99).pcr(256, second / 5).plain(39).pcr(256, second);
    const Timed timed = time_all(file.bytes, 1000);
    CHECK(timed.at[0] == 0);
    CHECK(timed.at[5] == 50'000'000);
    CHECK(timed.at[10] == 100'000'000);
    CHECK(timed.at[60] == 150'000'000);
    CHECK(timed.at[110] == 200'000'000);
    CHECK(timed.at[130] == 600'000'000);
    CHECK(timed.at[150] == 1'000'000'000);
    // What is behind the last PCR goes on as all did: 150 packets a second.
    CHECK(timed.end == 1'006'666'666);
}

TEST_CASE("where PCRs jump, time goes on at the rate there was") {
    struct Row {
        const char* what;
        std::int64_t jump;
        bool announced;
    };
    const std::vector<Row> rows = {
        {"back", -3 * second, false},
        {"ahead by 1.1 s", second + second / 10, false},
        {"ahead by hours", 30'000 * second, false},
        {"announced, small", second / 2, true},
        {"announced, back", -second, true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        FileMaker file;
        file.pcrs(256, 40 * second, second / 10, 100, 5);
        file.pcr(256, 40 * second + 4 * second / 10 + row.jump, row.announced).plain(99);
        file.pcrs(256, 40 * second + second / 2 + row.jump, second / 10, 100, 5);
        const Timed timed = time_all(file.bytes, 100'000);
        for (std::size_t i = 0; i < timed.at.size(); ++i)
            REQUIRE(timed.at[i] == static_cast<std::int64_t>(i) * 1'000'000);
    }
}

TEST_CASE("the wrap of the PCR is no jump, a PCR said twice is one, and one with transport_error_indicator none") {
    FileMaker file;
    file.pcrs(256, -second / 4, second / 20, 100, 10);
    file.pcr(256, second / 5).pcr(256, 77 * second, false, true).plain(98);
    file.pcrs(256, second / 4, second / 20, 100, 3);
    const Timed timed = time_all(file.bytes, 100'000);
    CHECK(timed.at[900] == 450'000'000);
    CHECK(timed.at[1000] == 475'000'000);
    CHECK(timed.at[1300] == 600'000'000);
}

TEST_CASE("when the PID ends, another one's clock goes on from there") {
    FileMaker file;
    // Two PIDs side by side, 1 ms a packet; then only one, at 2 ms a packet.
    for (int i = 0; i < 10; ++i)
        file.pcr(256, second * i / 10).plain(49).pcr(300, 1000 * second + second * i / 10).plain(49);
    for (int i = 0; i < 30; ++i) file.pcr(300, 1001 * second + second * i / 10).plain(49);
    FileClock clock({});
    std::vector<FileSegment> out;
    CHECK(clock.time(file.bytes, 188, false, out) > 0);
    CHECK(clock.reference() == ts::Pid{300});
    const Timed timed = time_all(file.bytes, 100'000);
    REQUIRE(timed.at.size() == 2500);
    CHECK(timed.at[900] == 900'000'000);
    // From its first PCR behind the last of 256, at packet 950, on the clock of 300 counts: 2 ms a packet.
    CHECK(timed.at[2000] == 950'000'000 + 1050 * 2'000'000LL);
    CHECK(timed.at[2450] - timed.at[2000] == 900'000'000);
}

TEST_CASE("a file without regular PCRs has no times") {
    const FileClockSettings settings{.start_bytes = 188 * 300};
    FileMaker none;
    none.plain(1000);
    FileMaker one;
    one.plain(10).pcr(256, 0).plain(700);
    FileMaker wild;
    for (int i = 0; i < 50; ++i) wild.pcr(256, (i % 2) * 50 * second).plain(13);
    FileMaker late;
    late.plain(400).pcrs(256, 0, second / 10, 10, 30);
    for (const FileMaker* file : {&none, &one, &wild, &late}) {
        for (const std::size_t piece : {7U, 299U, 300U, 301U, 5000U}) {
            const Timed timed = time_all(file->bytes, piece, settings);
            CHECK(timed.at.size() == file->bytes.size() / 188);
            CHECK(std::all_of(timed.at.begin(), timed.at.end(), [](std::int64_t at) { return at == -1; }));
        }
    }
}

TEST_CASE("two PCRs are enough at the end of a short file") {
    FileMaker file;
    file.plain(10).pcr(256, 0).plain(99).pcr(256, second / 10).plain(5);
    const Timed timed = time_all(file.bytes, 1000);
    for (std::size_t i = 0; i < timed.at.size(); ++i) REQUIRE(timed.at[i] == static_cast<std::int64_t>(i) * 1'000'000);
}

TEST_CASE("a rate that was set is the clock") {
    FileMaker file;
    file.pcrs(256, 0, second / 10, 100, 20);
    for (const std::size_t piece : {1U, 13U, 5000U}) {
        const Timed timed = time_all(file.bytes, piece, {.bitrate = 1'504'000});
        for (std::size_t i = 0; i < timed.at.size(); ++i)
            REQUIRE(timed.at[i] == static_cast<std::int64_t>(i) * 1'000'000);
    }
    // Days into a fast file.
    FileClock clock({.bitrate = 1});
    std::vector<FileSegment> out;
    CHECK(clock.time(file.bytes, 188, true, out) == 2000);
    CHECK(to_unix_ns(out.back().end) == 2000LL * 1504 * 1'000'000'000);
}

TEST_CASE("packets that waited too long go out at the rate there was, and time never goes back") {
    FileMaker file;
    file.pcrs(256, 0, second / 10, 100, 5);
    // Ten times as many packets in the same time, then a tenth.
    file.pcr(256, second / 2)
        .plain(999)
        .pcr(256, 6 * second / 10)
        .plain(9)
        .pcrs(256, 7 * second / 10, second / 10, 100, 5);
    const FileClockSettings settings{.hold_bytes = 188 * 150};
    const Timed timed = time_all(file.bytes, 100'000, settings);
    CHECK(timed.at[500] == 500'000'000);
    CHECK(timed.at[600] == 600'000'000);
    CHECK(timed.at[1400] >= timed.at[1399]);
    // The clock is caught up with as soon as it has passed what was given out.
    const std::size_t last_pcr = 1510 + 400;
    CHECK(timed.at[last_pcr] == Approx(1'400'000'000).margin(1));
}

TEST_CASE("the times do not depend on how the file is cut, nor on the stride") {
    std::mt19937 random(11);
    const auto some = [&random](int most) { return static_cast<std::size_t>(random() % static_cast<unsigned>(most)); };
    for (int run = 0; run < 12; ++run) {
        FileMaker file;
        std::int64_t clocks[2] = {90'000 * 300, 2000 * second};
        file.plain(some(90));
        for (int i = 0; i < 120; ++i) {
            const std::size_t which = some(10) == 0 ? 1 : 0;
            const std::int64_t step = second * static_cast<std::int64_t>(1 + some(20)) / 100;
            for (std::int64_t& clock : clocks) clock += step;
            if (some(25) == 0) clocks[which] -= static_cast<std::int64_t>(some(5)) * second;
            file.pcr(which == 0 ? 256 : 300, clocks[which], some(40) == 0).plain(some(60));
            if (i > 80 && run % 2 == 0) file.pcr(300, clocks[1]);
        }
        const FileClockSettings settings{.start_bytes = 188 * 2000, .hold_bytes = 188 * 50};
        const Timed whole = time_all(file.bytes, file.bytes.size(), settings);
        for (const std::size_t piece : {1U, 2U, 3U, 7U, 50U, 51U, 64U, 333U, 1999U, 2000U, 2001U}) {
            CAPTURE(run, piece);
            const Timed cut = time_all(file.bytes, piece, settings);
            CHECK(cut.at == whole.at);
            CHECK(cut.end == whole.end);
        }
        for (const std::size_t stride : {192U, 204U}) {
            const ByteVector wide = in_strides(file.bytes, stride);
            const ByteView from_first = ByteView(wide).subspan(stride == 192 ? 4 : 0);
            CHECK(time_all(from_first, 100, settings, stride).at == whole.at);
        }
    }
}

TEST_CASE("any bytes get times that do not go back") {
    std::mt19937_64 random(5);
    for (int run = 0; run < 200; ++run) {
        FileMaker file;
        for (int i = 0; i < 300; ++i) {
            const std::uint64_t bits = random();
            if ((bits & 3U) == 0)
                file.plain(1);
            else
                file.pcr(static_cast<ts::Pid>(256 + (bits >> 2 & 3U)),
                         static_cast<std::int64_t>(random() % ts::Pcr::modulus), (bits >> 4 & 7U) == 0);
            file.bytes[random() % file.bytes.size()] ^= static_cast<std::uint8_t>(random());
            if ((bits >> 8 & 1U) != 0) file.pcr(256, i * second);
        }
        (void)time_all(file.bytes, 1 + static_cast<std::size_t>(run) % 97,
                       {.start_bytes = 188 * 100, .hold_bytes = 188 * 20});
    }
}

TEST_CASE("more PIDs with PCRs than are followed do no harm") {
    FileMaker file;
    for (int i = 0; i < 5000; ++i) file.pcr(static_cast<ts::Pid>(16 + i % 500), second / 100 * (i / 500));
    const Timed timed = time_all(file.bytes, 1000);
    CHECK(timed.end == Approx(100'000'000).margin(1'000'000));
}

TEST_CASE("timing allocates nothing once the segments have room") {
    FileMaker file;
    file.pcrs(256, 0, second / 25, 40, 400);
    FileClock clock({});
    std::vector<FileSegment> out;
    out.reserve(1000);
    CHECK(allocations_during([&] { CHECK(clock.time(file.bytes, 188, true, out) == 16'000); }) <= 1);
}

}  // namespace
}  // namespace muxtap::analyzer
