#include <catch2/catch.hpp>
#include <functional>

#include "common/ts/clock_fields.h"
#include "tests/analyzer/core/analyzed.h"

// Each fault that is put into a multiplex without faults is found once, on its PID, and nothing else is.

namespace muxtap::analyzer {
namespace {

using test::Analyzed;
using test::Delivery;
using test::Multiplex;

constexpr ts::Pid pmt_pid = 0x100;
constexpr ts::Pid video_pid = 0x101;
constexpr ts::Pid audio_pid = 0x102;

const Multiplex& faultless() {
    static const Multiplex multiplex({.seconds = 12});
    return multiplex;
}
constexpr std::uint64_t bitrate = 6'000'000;

/// A packet of the PID in the middle of something: no unit start, no adaptation field, behind `seconds`.
std::size_t ordinary_packet(const Multiplex& multiplex, ts::Pid pid, double seconds) {
    const auto found = multiplex.find([&](const ts::PacketView& packet) {
        return packet.pid() == pid && !packet.payload_unit_start_indicator() && !packet.has_adaptation_field();
    });
    for (const std::size_t number : found)
        if (multiplex.time_of(number) >= seconds) return number;
    throw std::runtime_error("no such packet");
}

std::vector<std::size_t> between(const Multiplex& multiplex, ts::Pid pid, double from, double to) {
    std::vector<std::size_t> found;
    for (const std::size_t number : multiplex.of_pid(pid))
        if (multiplex.time_of(number) >= from && multiplex.time_of(number) < to) found.push_back(number);
    return found;
}

/// Takes packets out as if they had never been sent: those behind them are numbered anew.
void silence(Multiplex& multiplex, ts::Pid pid, double from, double to) {
    unsigned removed = 0;
    for (const std::size_t number : multiplex.of_pid(pid)) {
        std::uint8_t* packet = multiplex.packet(number);
        packet[3] = static_cast<std::uint8_t>((packet[3] & 0xF0U) | ((packet[3] - removed) & 15U));
        if (multiplex.time_of(number) < from || multiplex.time_of(number) >= to) continue;
        removed += packet[3] >> 4 & 1U;
        multiplex.lose(number);
    }
}

std::size_t null_after(const Multiplex& multiplex, std::size_t number) {
    for (const std::size_t null : multiplex.of_pid(ts::null_pid))
        if (null > number) return null;
    throw std::runtime_error("no null packet");
}

void copy_packet(Multiplex& multiplex, std::size_t from, std::size_t to) {
    std::copy_n(multiplex.packet(from), ts::packet_size, multiplex.packet(to));
}

/// Adds ticks of 27 MHz to PCRs: to one of them, or to all from it on.
void shift_pcrs(Multiplex& multiplex, double from, std::int64_t ticks, bool all) {
    for (const std::size_t number :
         multiplex.find([](const ts::PacketView& packet) { return packet.pcr().has_value(); })) {
        if (multiplex.time_of(number) < from) continue;
        ts::shift_clock(std::span<std::uint8_t, 188>(multiplex.packet(number), 188), 6, ts::PcrTicks(ticks));
        if (!all) return;
    }
}

struct Row {
    std::string claim;
    std::function<void(Multiplex&)> fault;
    std::string expected;
    ts::Pid pid = video_pid;  ///< that every finding names
};

std::vector<Row> packet_rows() {
    return {
        {"nothing is wrong", [](Multiplex&) {}, ""},
        {"one packet is lost", [](Multiplex& m) { m.lose(ordinary_packet(m, video_pid, 3)); },
         "continuity_count_error 1"},
        {"a packet is lost twice",
         [](Multiplex& m) {
             m.lose(ordinary_packet(m, video_pid, 3));
             m.lose(ordinary_packet(m, video_pid, 4));
         },
         "continuity_count_error 2"},
        {"a packet comes twice, which is legal",
         [](Multiplex& m) {
             const std::size_t number = ordinary_packet(m, audio_pid, 3);
             copy_packet(m, number, null_after(m, number));
         },
         ""},
        {"a packet comes three times",
         [](Multiplex& m) {
             const std::size_t number = ordinary_packet(m, audio_pid, 3);
             const std::size_t second = null_after(m, number);
             copy_packet(m, number, second);
             copy_packet(m, number, null_after(m, second));
         },
         "continuity_count_error 1", audio_pid},
        {"two packets change places",
         [](Multiplex& m) {
             const auto numbers = between(m, video_pid, 3, 4);
             const auto ordinary = std::find(numbers.begin(), numbers.end(), ordinary_packet(m, video_pid, 3.01));
             std::swap_ranges(m.packet(*ordinary), m.packet(*ordinary) + 188, m.packet(*(ordinary + 1)));
         },
         "continuity_count_error 1"},
        {"transport_error_indicator is set",
         [](Multiplex& m) { m.packet(ordinary_packet(m, video_pid, 3))[1] |= 0x80; }, "transport_error 1"},
        {"one sync byte is wrong", [](Multiplex& m) { m.packet(ordinary_packet(m, video_pid, 3))[0] = 0x74; },
         "sync_byte_error 1"},
        {"null packets out of order, which is legal",
         [](Multiplex& m) { m.packet(m.of_pid(ts::null_pid)[100])[3] = 0x1B; }, ""},
        {"the reserved adaptation_field_control explains the packet that is missing",
         [](Multiplex& m) { m.packet(ordinary_packet(m, video_pid, 3))[3] &= 0xCF; }, ""},
    };
}

std::vector<Row> table_rows() {
    return {
        {"PAT is absent for a second", [](Multiplex& m) { silence(m, 0, 3, 4); }, "pat_error 1, pat_error_2 1", 0},
        {"PMT is absent for a second", [](Multiplex& m) { silence(m, pmt_pid, 3, 4); }, "pmt_error 1, pmt_error_2 1",
         pmt_pid},
        {"PAT is absent for less than half a second", [](Multiplex& m) { silence(m, 0, 3.05, 3.35); }, {}},
        {"a PMT with a wrong CRC", [](Multiplex& m) { m.packet(between(m, pmt_pid, 3, 4)[0])[20] ^= 1; }, "crc_error 1",
         pmt_pid},
        {"an SDT with a wrong CRC", [](Multiplex& m) { m.packet(between(m, 0x11, 3, 4)[0])[20] ^= 1; }, "crc_error 1",
         0x11},
        {"another table on PID 0",
         [](Multiplex& m) {
             unsigned counter = 0;
             const auto bytes = test::section_packets(0, test::make_section({.table_id = 0x42}, {0, 0, 0}), counter);
             std::copy_n(bytes.data() + 4, 184, m.packet(between(m, 0, 3, 4)[0]) + 4);
         },
         "pat_error_2 1", 0},
        {"audio is absent for six seconds", [](Multiplex& m) { silence(m, audio_pid, 3, 9); },
         "pid_error 1, pts_error 1", audio_pid},
        {"an SDT is absent for three seconds", [](Multiplex& m) { silence(m, 0x11, 3, 6); },
         "si_repetition_error 1, sdt_error 1, sdt_actual_error 1", 0x11},
        {"a PID that no table names",
         [](Multiplex& m) {
             for (unsigned i = 0; i < 20; ++i) {
                 std::uint8_t* packet = m.packet(m.of_pid(ts::null_pid)[500 + 100 * i]);
                 packet[1] = 0x05;
                 packet[3] = static_cast<std::uint8_t>(0x10U | (i & 15U));
             }
         },
         "unreferenced_pid 1, unreferenced_pid_a 1", 0x5FF},
        {"scrambled packets without a CAT",
         [](Multiplex& m) {
             for (const std::size_t number : between(m, video_pid, 3, 3.02)) m.packet(number)[3] |= 0x80;
         },
         "cat_error 1"},
    };
}

std::vector<Row> clock_rows() {
    return {
        {"no PCR for 150 ms",
         [](Multiplex& m) {
             for (const std::size_t number : between(m, video_pid, 3, 3.14))
                 if (m.packet(number)[3] >> 4 == 2) m.lose(number);
         },
         "pcr_error 1, pcr_repetition_error 1, pcr_discontinuity_indicator_error 1"},
        {"the PCR goes back by 10 ms", [](Multiplex& m) { shift_pcrs(m, 3, -1'080'000, true); },
         "pcr_error 1, pcr_discontinuity_indicator_error 1"},
        {"one PCR is 2 us late", [](Multiplex& m) { shift_pcrs(m, 6, 54, false); }, "pcr_accuracy_error 1"},
        {"one PCR is 300 ns late, which is allowed", [](Multiplex& m) { shift_pcrs(m, 6, 8, false); }, ""},
        {"the clock steps by 30 ms", [](Multiplex& m) { shift_pcrs(m, 3, 810'000, true); }, "pcr_accuracy_error 1"},
        {"no PTS for a second",
         [](Multiplex& m) {
             for (const std::size_t number : between(m, audio_pid, 3, 4)) {
                 std::uint8_t* packet = m.packet(number);
                 if ((packet[1] & 0x40U) != 0) packet[4 + 7] = 0;  // PTS_DTS_flags, the header stays as long
             }
         },
         "pts_error 1", audio_pid},
    };
}

void check(const Row& row, Delivery delivery) {
    INFO(row.claim << (delivery == Delivery::file ? ", in a file" : ", in datagrams"));
    Multiplex multiplex = faultless();
    row.fault(multiplex);
    const Analyzed analyzed = test::analyze(multiplex.bytes(), bitrate, delivery);
    CHECK(analyzed.findings() == row.expected);
    for (const Indicator& indicator : analyzed.report.indicators) {
        if (indicator.count == 0) continue;
        INFO(key_name(indicator.id));
        if (indicator.id == IndicatorId::sync_byte_error || indicator.id == IndicatorId::ts_sync_loss) {
            CHECK(indicator.pids.empty());
            continue;
        }
        REQUIRE(indicator.pids.size() == 1);
        CHECK(indicator.pids[0].pid == row.pid);
        CHECK(indicator.pids[0].count == indicator.count);
    }
}

void check_all(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        check(row, Delivery::file);
        check(row, Delivery::datagrams);
    }
}

}  // namespace

TEST_CASE("a fault of a packet is found once, on its PID, and nothing else is") {
    check_all(packet_rows());
}
TEST_CASE("a fault of a table is found once, on its PID, and nothing else is") {
    check_all(table_rows());
}
TEST_CASE("a fault of a clock is found once, on its PID, and nothing else is") {
    check_all(clock_rows());
}

TEST_CASE("packets that change places together, as datagrams do, are one finding and none is lost") {
    for (std::size_t first = 0; first < 14; ++first) {
        for (std::size_t size = 1; size <= 7; ++size) {
            CAPTURE(first, size);
            Multiplex multiplex = faultless();
            const auto numbers = between(multiplex, video_pid, 3, 4);
            for (std::size_t i = first; i < first + size; ++i) {
                std::uint8_t* const packet = multiplex.packet(numbers[i]);
                std::swap_ranges(packet, packet + ts::packet_size, multiplex.packet(numbers[i + size]));
            }
            const Analyzed analyzed = test::analyze(multiplex.bytes(), bitrate);
            CHECK(analyzed.findings() == "continuity_count_error 1");
            const PidCounters& counters = analyzed.pid(video_pid).counters;
            CHECK(counters.continuity_errors == 1);
            CHECK(counters.lost_packets == 0);
            CHECK(counters.reordered_packets == size);
            CHECK(counters.pcrs == test::analyze(faultless().bytes(), bitrate).pid(video_pid).counters.pcrs);
        }
    }
}

TEST_CASE("a packet that is damaged beside one that is lost is not lost, too") {
    Multiplex multiplex = faultless();
    const auto numbers = between(multiplex, video_pid, 3, 4);
    const auto first = std::find(numbers.begin(), numbers.end(), ordinary_packet(multiplex, video_pid, 3.01));
    multiplex.lose(*first);
    multiplex.packet(*(first + 1))[1] |= 0x80;
    const Analyzed analyzed = test::analyze(multiplex.bytes(), bitrate);
    CHECK(analyzed.findings() == "continuity_count_error 1, transport_error 1");
    CHECK(analyzed.pid(video_pid).counters.lost_packets == 1);
}

TEST_CASE("three wrong sync bytes lose synchronisation once, and what is missing with them is no other fault") {
    Multiplex multiplex = faultless();
    const std::size_t first = ordinary_packet(multiplex, video_pid, 3);
    for (std::size_t i = 0; i < 3; ++i) multiplex.packet(first + i)[0] = 0x74;
    const Analyzed analyzed = test::analyze(multiplex.bytes(), bitrate);
    CHECK(analyzed.findings() == "ts_sync_loss 1, sync_byte_error 3");
    CHECK(analyzed.report.totals.sync_losses == 1);
}

TEST_CASE("what the capture lost is not held against the stream") {
    const Multiplex& multiplex = faultless();
    AnalyzerOptions options;
    Analyzer analyzer(options);
    test::Feeder feeder(analyzer, bitrate, Delivery::datagrams, from_unix_ns(1'700'000'000'000'000'000));
    const ByteView bytes = multiplex.bytes();
    constexpr std::size_t kept = 10'000;
    constexpr std::size_t missing = 3000;  // 0.75 s
    feeder.feed(bytes.first(kept * 188), 700);
    feeder.skip(missing);
    LossBefore before;
    before.capture_loss = true;
    before.captured_packets_lost = missing;
    feeder.feed(bytes.subspan((kept + missing) * 188), 700, before);
    const Analyzed analyzed{analyzer.report(), analyzer.events()};
    CHECK(analyzed.findings() == "");
    CHECK(analyzed.indicator(IndicatorId::continuity_count_error).capture_loss >= 1);
    CHECK(analyzed.report.totals.continuity_errors == 0);
    CHECK(analyzed.report.totals.capture_losses == 1);
    CHECK(analyzed.report.totals.captured_packets_lost == missing);
    CHECK(analyzed.pid(video_pid).counters.capture_loss_gaps == 1);
    CHECK(analyzed.count(EventKind::capture_loss) == 1);
}

TEST_CASE("silence raises what it must, once, and it ends when packets come again") {
    const Multiplex& multiplex = faultless();
    AnalyzerOptions options;
    Analyzer analyzer(options);
    test::Feeder feeder(analyzer, bitrate, Delivery::datagrams, from_unix_ns(1'700'000'000'000'000'000));
    const ByteView bytes = multiplex.bytes();
    feeder.feed(bytes.first(20'000 * 188), 700);
    const UnixTime stopped = feeder.now();
    analyzer.advance(stopped + std::chrono::seconds(7));
    const Analyzed silent{analyzer.report(), analyzer.events()};
    CHECK(silent.count(EventKind::silence_began) == 1);
    for (const IndicatorId id :
         {IndicatorId::pat_error, IndicatorId::pat_error_2, IndicatorId::pmt_error, IndicatorId::pmt_error_2,
          IndicatorId::pcr_repetition_error, IndicatorId::sdt_actual_error}) {
        INFO(key_name(id));
        CHECK(silent.indicator(id).count == 1);
        CHECK(silent.indicator(id).state == IndicatorState::error);
    }
    CHECK(silent.indicator(IndicatorId::pid_error).count == 2);
    CHECK(silent.indicator(IndicatorId::pts_error).count == 2);
    CHECK(silent.indicator(IndicatorId::continuity_count_error).count == 0);
    CHECK(silent.report.rate.arrival.window_bps == 0);
}

}  // namespace muxtap::analyzer
