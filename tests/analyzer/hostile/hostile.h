#pragma once

#include <malloc.h>

#include <algorithm>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "common/ts/pcr.h"
#include "common/ts/timestamp.h"
#include "tests/support/ts_maker.h"

namespace muxtap::test {

/// Most memory that one stream may make an analyzer keep, whatever it holds.
inline constexpr std::size_t most_bytes = 64UL << 20;

/// Bytes in use of the heap; where a sanitizer keeps it, nothing is known and this does not change.
[[nodiscard]] inline std::size_t heap_bytes() {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/// A packet byte by byte: a header, `rest` behind it, then 0xFF.
struct RawPacket {
    ts::Pid pid = 0x100;
    unsigned counter = 0;
    bool starts_unit = false;
    bool error = false;
    unsigned scrambling = 0;
    unsigned adaptation_field_control = 1;
    ByteVector rest{};
};
[[nodiscard]] inline ByteVector raw_packet(const RawPacket& shape) {
    ByteVector packet = {
        ts::sync_byte,
        static_cast<std::uint8_t>((shape.error ? 0x80U : 0U) | (shape.starts_unit ? 0x40U : 0U) |
                                  unsigned{shape.pid} >> 8),
        static_cast<std::uint8_t>(shape.pid),
        static_cast<std::uint8_t>(shape.scrambling << 6 | shape.adaptation_field_control << 4 | (shape.counter & 15U))};
    append(packet, shape.rest);
    packet.resize(ts::packet_size, 0xFF);
    return packet;
}

/// Nothing but an adaptation field with a PCR; `counter` is that of the packet before.
[[nodiscard]] inline ByteVector pcr_packet(ts::Pid pid, std::uint64_t ticks, unsigned counter = 0) {
    ByteVector field = {183, 0x10, 0, 0, 0, 0, 0, 0};
    ts::Pcr::from_ticks(ticks % ts::Pcr::modulus).encode(std::span<std::uint8_t, 6>(field.data() + 2, 6));
    return raw_packet({.pid = pid, .counter = counter, .adaptation_field_control = 2, .rest = field});
}

/// The start of a PES packet with a PTS.
[[nodiscard]] inline ByteVector pes_start(ts::Pid pid, unsigned counter, std::uint64_t pts) {
    ByteVector pes = {0, 0, 1, 0xE0, 0, 0, 0x84, 0x80, 5, 0x21, 0, 0, 0, 0};
    ts::Timestamp::from_ticks(pts).encode(std::span<std::uint8_t, 5>(pes.data() + 9, 5));
    return raw_packet({.pid = pid, .counter = counter, .starts_unit = true, .rest = pes});
}

[[nodiscard]] inline ByteVector u16(unsigned value) {
    return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

/// A program map: PCR_PID, then stream_type and PID of each stream.
struct MapStream {
    std::uint8_t stream_type = 2;
    ts::Pid pid = 0;
};
[[nodiscard]] inline ByteVector map_section(std::uint16_t program, ts::Pid pcr_pid,
                                            const std::vector<MapStream>& streams, std::uint8_t version = 0) {
    ByteVector body = joined({u16(0xE000U | pcr_pid), u16(0xF000)});
    for (const MapStream& stream : streams) {
        body.push_back(stream.stream_type);
        append(body, joined({u16(0xE000U | stream.pid), u16(0xF000)}));
    }
    return make_section({.table_id = 2, .extension = program, .version = version}, body);
}

/// Sections of a PAT that names programs by PID.
struct PatProgram {
    std::uint16_t number = 0;
    ts::Pid pid = 0;
};
[[nodiscard]] inline std::vector<ByteVector> pat_sections(const std::vector<PatProgram>& programs,
                                                          std::uint8_t version = 0) {
    constexpr std::size_t most = 250;  // of one section
    std::vector<ByteVector> sections;
    const std::size_t count = std::max<std::size_t>(1, (programs.size() + most - 1) / most);
    for (std::size_t i = 0; i < count; ++i) {
        ByteVector body;
        for (std::size_t n = i * most; n < std::min(programs.size(), (i + 1) * most); ++n)
            append(body, joined({u16(programs[n].number), u16(0xE000U | programs[n].pid)}));
        sections.push_back(make_section({.table_id = 0,
                                         .extension = 1,
                                         .version = version,
                                         .number = static_cast<std::uint8_t>(i),
                                         .last_number = static_cast<std::uint8_t>(count - 1)},
                                        body));
    }
    return sections;
}

/// An analyzer that gets packets one call after the other, a millisecond for each packet, and what that cost.
class Victim {
public:
    explicit Victim(analyzer::AnalyzerOptions options = {}) : before_(heap_bytes()), analyzer_(options) {}

    void feed(ByteView packets, std::chrono::nanoseconds step = std::chrono::milliseconds(1)) {
        analyzer::PacketBlock block;
        block.bytes = packets;
        marks_.clear();
        for (std::size_t i = 0; i < block.packets(); ++i) {
            marks_.push_back({1, now_, false});
            now_ += step;
        }
        block.datagrams = marks_;
        analyzer_.add(block);
        packets_ += block.packets();
    }
    /// Sections on a PID, in packets with the counters that follow.
    void feed_section(ts::Pid pid, const ByteVector& section) {
        if (counters_.empty()) counters_.resize(ts::pid_count);
        feed(section_packets(pid, section, counters_[pid]));
    }
    void feed_pat(const std::vector<PatProgram>& programs, std::uint8_t version = 0) {
        for (const ByteVector& section : pat_sections(programs, version)) feed_section(0, section);
    }
    [[nodiscard]] std::size_t kept_bytes() const {
        const std::size_t now = heap_bytes();
        return now - std::min(now, before_);
    }
    [[nodiscard]] analyzer::Analyzer& analyzer() noexcept { return analyzer_; }
    [[nodiscard]] UnixTime now() const noexcept { return now_; }
    void set_now(UnixTime now) noexcept { now_ = now; }
    [[nodiscard]] std::size_t packets() const noexcept { return packets_; }

private:
    std::size_t before_;
    analyzer::Analyzer analyzer_;
    std::vector<unsigned> counters_;
    std::vector<analyzer::DatagramMark> marks_;
    UnixTime now_ = from_unix_ns(1'700'000'000'000'000'000);
    std::size_t packets_ = 0;
};

[[nodiscard]] inline const analyzer::Limit* limit_of(const analyzer::Report& report, const std::string& what) {
    const auto found = std::find_if(report.limits.begin(), report.limits.end(),
                                    [&](const analyzer::Limit& limit) { return limit.what == what; });
    return found == report.limits.end() ? nullptr : &*found;
}

[[nodiscard]] inline const analyzer::PidReport* pid_of(const analyzer::Report& report, ts::Pid pid) {
    const auto found = std::find_if(report.pids.begin(), report.pids.end(),
                                    [&](const analyzer::PidReport& entry) { return entry.pid == pid; });
    return found == report.pids.end() ? nullptr : &*found;
}

[[nodiscard]] inline std::uint64_t count_of(const analyzer::Report& report, analyzer::IndicatorId id) {
    return report.indicators[static_cast<std::size_t>(id)].count;
}

[[nodiscard]] inline std::size_t events_of(const std::vector<analyzer::Event>& events, analyzer::EventKind kind) {
    return static_cast<std::size_t>(
        std::count_if(events.begin(), events.end(), [&](const analyzer::Event& event) { return event.kind == kind; }));
}

}  // namespace muxtap::test
