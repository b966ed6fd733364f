#include "analyzer/buffers/buffer_model.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

namespace muxtap::analyzer {
namespace {

constexpr ts::Pid pid = 100;
constexpr std::int64_t second = 27'000'000;
using Findings = std::vector<BufferFinding>;

/// Ticks that a packet takes at a rate of the whole stream.
double packet_at(double bits_per_second) {
    return 188.0 * 8 * 27e6 / bits_per_second;
}

std::vector<ts::Pid> burst(std::size_t count, ts::Pid of = pid) {
    return std::vector<ts::Pid>(count, of);
}
std::vector<ts::Pid> operator+(std::vector<ts::Pid> one, const std::vector<ts::Pid>& other) {
    one.insert(one.end(), other.begin(), other.end());
    return one;
}
std::vector<ts::Pid> idle(std::size_t count) {
    return burst(count, ts::null_pid);
}

Findings overflows_of(const std::vector<ts::Pid>& pids, double mux_rate, const TransportBuffer& buffer) {
    BufferModel model;
    model.set_stream(pid, buffer);
    Findings findings;
    model.run(pids, 0, packet_at(mux_rate), findings);
    findings.erase(std::remove_if(findings.begin(), findings.end(),
                                  [](const auto& finding) { return finding.fault != BufferFault::transport_overflow; }),
                   findings.end());
    return findings;
}

TEST_CASE("a burst that overflows by one byte is found, one byte less is not") {
    // Four packets at twice the rate of the buffer: what stays is 752 bytes less half of the 751 byte times between
    // the first byte and the last one: 376.5.
    struct Row {
        const char* name;
        std::size_t packets;
        double mux_rate;
        std::uint64_t leak;
        std::uint32_t fits;  ///< size that just holds it
    };
    for (const Row& row :
         {Row{"one packet at once", 1, 1e12, 1'000'000, 188}, Row{"two packets at once", 2, 1e12, 1'000'000, 376},
          Row{"four at twice the rate", 4, 4e6, 2'000'000, 377}, Row{"as fast as it empties", 50, 2e6, 2'000'000, 1},
          Row{"slower than it empties", 50, 1e6, 2'000'000, 1},
          // 1,880 bytes less 1,879 times 1/10.
          Row{"ten at ten times the rate", 10, 1e7, 1'000'000, 1'693}}) {
        INFO(row.name);
        CHECK(overflows_of(burst(row.packets), row.mux_rate, {row.fits, row.leak}).empty());
        if (row.fits == 1) continue;
        const Findings findings = overflows_of(burst(row.packets), row.mux_rate, {row.fits - 1, row.leak});
        REQUIRE(findings.size() == 1);
        CHECK(findings[0].fault == BufferFault::transport_overflow);
        CHECK(findings[0].pid == pid);
    }
}

TEST_CASE("scaling mux rate and leak alike changes nothing") {
    const auto pattern = burst(2) + idle(3) + burst(3) + idle(1) + burst(2) + idle(40) + burst(3);
    const Findings slow = overflows_of(pattern, 8e6, {512, 2'000'000});
    for (const double factor : {2.0, 5.0, 10.0, 0.5}) {
        const Findings scaled =
            overflows_of(pattern, 8e6 * factor, {512, static_cast<std::uint64_t>(2'000'000 * factor)});
        REQUIRE(scaled.size() == slow.size());
        for (std::size_t i = 0; i < slow.size(); ++i) {
            CHECK(scaled[i].packet == slow[i].packet);
            CHECK(static_cast<double>(scaled[i].time_ticks) * factor ==
                  Approx(static_cast<double>(slow[i].time_ticks)).margin(factor));
        }
    }
    CHECK_FALSE(slow.empty());
}

TEST_CASE("an overflow is one finding until the buffer was below full again") {
    // 188 bytes leave in four packet times at 8 Mb/s.
    const TransportBuffer audio{512, 2'000'000};
    CHECK(overflows_of(burst(3) + idle(100), 8e6, audio).empty());
    CHECK(overflows_of(burst(20) + idle(100), 8e6, audio).size() == 1);
    CHECK(overflows_of(burst(20) + idle(100) + burst(20), 8e6, audio).size() == 2);
    // Packets as fast as they leave keep it where it was: above full.
    std::vector<ts::Pid> pattern = burst(8);
    for (int i = 0; i < 50; ++i) pattern = pattern + idle(3) + burst(1);
    CHECK(overflows_of(pattern, 8e6, audio).size() == 1);
    // However long an overload, the model does not take longer than 64 KiB to get over it.
    const auto endless = burst(100'000) + idle(1'500) + burst(5);
    CHECK(overflows_of(endless, 8e6, audio).size() == 2);
}

TEST_CASE("the finding says which packet it was, and when it began to arrive") {
    const auto pids = idle(10) + burst(4);
    BufferModel model;
    model.set_stream(pid, {512, 1'000'000});
    Findings findings;
    model.run(pids, 5 * second, 1000, findings);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].packet == 12);
    CHECK(model.overflowing(pid));
    model.run(idle(1) + burst(1), 6 * second, 1000, findings);
    CHECK_FALSE(model.overflowing(pid));
    CHECK(findings[0].time_ticks == 5 * second + 12'000);
}

TEST_CASE("a stream cut into runs at any packet gives the same") {
    std::vector<ts::Pid> pids;
    for (int i = 0; i < 40; ++i)
        pids = pids + burst(static_cast<std::size_t>(i % 6)) + idle(static_cast<std::size_t>(i % 11));
    const double pace = 1504;  // whole ticks, so that all runs start at one
    BufferModel whole;
    whole.set_stream(pid, {512, 12'000'000});
    Findings expected;
    whole.run(pids, 0, pace, expected);
    REQUIRE(expected.size() > 2);
    for (std::size_t cut = 0; cut <= pids.size(); ++cut) {
        BufferModel model;
        model.set_stream(pid, {512, 12'000'000});
        Findings findings;
        const std::span<const ts::Pid> all(pids);
        model.run(all.first(cut), 0, pace, findings);
        const std::size_t before = findings.size();
        model.run(all.subspan(cut), static_cast<std::int64_t>(cut) * 1504, pace, findings);
        for (std::size_t i = before; i < findings.size(); ++i) findings[i].packet += cut;
        REQUIRE(findings == expected);
        REQUIRE(model.occupancy_bytes(pid) == whole.occupancy_bytes(pid));
    }
}

TEST_CASE("a buffer that never empties for a second is found every second, and one that empties is not") {
    // A packet each 188 bytes' time at the leak rate leaves the content where the first burst brought it.
    const double pace = packet_at(2e6);
    const auto seconds = [&](double count) { return static_cast<std::size_t>(count * second / pace); };
    BufferModel model;
    model.set_stream(pid, {512, 2'000'000});
    Findings findings;
    model.run(burst(2), 0, 1, findings);  // two at once
    model.run(burst(seconds(3.5)), 2, pace, findings);
    REQUIRE(findings.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(findings[i].fault == BufferFault::transport_not_emptied);
        CHECK(findings[i].pid == pid);
        CHECK(static_cast<double>(findings[i].time_ticks) / second == Approx(static_cast<double>(i) + 1).margin(0.01));
    }

    // The same with a gap of two packets before the second is over.
    BufferModel other;
    other.set_stream(pid, {512, 2'000'000});
    findings.clear();
    other.run(burst(2), 0, 1, findings);
    other.run(burst(seconds(0.9)) + idle(3) + burst(seconds(0.9)), 2, pace, findings);
    CHECK(findings.empty());
}

TEST_CASE("silence empties a buffer, and is no finding") {
    BufferModel model;
    model.set_stream(pid, {512, 1'000'000});
    Findings findings;
    model.run(burst(2), 0, 100, findings);
    CHECK(model.occupancy_bytes(pid).value() > 370);
    model.run(idle(1000), 200, 100'000, findings);
    model.run(burst(1), 1000 * second, 100, findings);
    CHECK(findings.empty());
    CHECK(model.occupancy_bytes(pid).value() == Approx(188).margin(1));
    // Even a very long one.
    model.run(burst(1), 1'000'000 * second, 100, findings);
    CHECK(findings.empty());
}

TEST_CASE("only PIDs with a known rate are measured, and null packets never") {
    BufferModel model;
    model.set_stream(200, {512, 0});
    model.set_stream(ts::null_pid, {512, 1'000'000});
    model.set_stream(0, {512, 1'000'000});
    CHECK_FALSE(model.measures(200));
    CHECK_FALSE(model.measures(ts::null_pid));
    CHECK_FALSE(model.measures(0));
    CHECK_FALSE(model.occupancy_bytes(200).has_value());
    Findings findings;
    model.run(burst(100, 200) + burst(100, ts::null_pid) + burst(100, 0), 0, 10, findings);
    CHECK(findings.empty());
    model.set_stream(200, {512, 1'000'000});
    CHECK(model.measures(200));
    model.run(burst(100, 200), 100'000, 10, findings);
    CHECK(findings.size() == 1);
    model.remove(200);
    CHECK_FALSE(model.measures(200));
    model.run(burst(100, 200), 200'000, 10, findings);
    CHECK(findings.size() == 1);
}

TEST_CASE("each program's TBsys takes in PAT, CAT and its own PMT") {
    BufferModel model;
    model.set_program_map(1000);
    model.set_program_map(1001);
    Findings findings;
    model.run(burst(1, 0) + burst(1, 1001), 0, 100, findings);
    CHECK(findings.empty());
    CHECK(model.occupancy_bytes(1000).value() == Approx(188).margin(1));
    CHECK(model.occupancy_bytes(1001).value() == Approx(376).margin(2));
    model.restart();
    model.run(burst(2, 0) + burst(1, 1000), second, 100, findings);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].pid == 1000);
}

TEST_CASE("a PID may turn from stream to PMT and back, and places are used again") {
    BufferModel model;
    Findings findings;
    for (int i = 0; i < 100; ++i) {
        model.set_stream(pid, {512, 2'000'000});
        model.set_program_map(pid);
        model.set_program_map(static_cast<ts::Pid>(300 + i));
        model.remove(static_cast<ts::Pid>(300 + i));
    }
    model.run(burst(10, 1), 0, 10, findings);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].pid == pid);
}

TEST_CASE("impossible times and rates do no harm") {
    BufferModel model;
    model.set_stream(pid, {UINT32_MAX, UINT64_MAX});
    model.set_stream(101, {1, 1});
    Findings findings;
    for (const double pace :
         {0.0, -5.0, 1e300, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()})
        for (const std::int64_t start : {std::int64_t{0}, INT64_MAX, INT64_MIN, std::int64_t{-1}})
            model.run(burst(50) + burst(50, 101) + burst(1, 0xFFFF), start, pace, findings);
    CHECK(model.occupancy_bytes(pid).value() >= 0);
}

}  // namespace
}  // namespace muxtap::analyzer
