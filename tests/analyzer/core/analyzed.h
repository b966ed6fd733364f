#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "analyzer/analyzer.h"
#include "tests/support/ts_maker.h"

namespace muxtap::test {

/// How the packets of a multiplex reach the analyzer.
enum class Delivery { file, datagrams };

/// What the analyzer says of packets that came at a constant rate.
struct Analyzed {
    analyzer::Report report;
    std::vector<analyzer::Event> events;

    /// Findings of each indicator that has any: "pat_error 1, pat_error_2 1".
    [[nodiscard]] std::string findings() const {
        std::string text;
        for (const analyzer::Indicator& entry : report.indicators) {
            if (entry.count == 0) continue;
            text += (text.empty() ? "" : ", ") + std::string(analyzer::key_name(entry.id)) + " " +
                    std::to_string(entry.count);
        }
        return text;
    }
    [[nodiscard]] const analyzer::Indicator& indicator(analyzer::IndicatorId id) const {
        return report.indicators[static_cast<std::size_t>(id)];
    }
    [[nodiscard]] const analyzer::PidReport& pid(ts::Pid pid) const {
        return *std::find_if(report.pids.begin(), report.pids.end(),
                             [&](const analyzer::PidReport& entry) { return entry.pid == pid; });
    }
    [[nodiscard]] std::size_t count(analyzer::EventKind kind) const {
        return static_cast<std::size_t>(std::count_if(
            events.begin(), events.end(), [&](const analyzer::Event& event) { return event.kind == kind; }));
    }
};

/// Feeds an analyzer packets of constant rate in blocks of `piece` packets: times as on a wire that never stops.
class Feeder {
public:
    Feeder(analyzer::Analyzer& analyzer, std::uint64_t bitrate, Delivery delivery, UnixTime start)
        : analyzer_(analyzer),
          step_(188.0 * 8 * 1e9 / static_cast<double>(bitrate)),
          delivery_(delivery),
          start_(start) {}

    void feed(ByteView bytes, std::size_t piece, analyzer::LossBefore before = {}) {
        const std::size_t packets = bytes.size() / ts::packet_size;
        for (std::size_t at = 0; at < packets; at += piece) {
            const std::size_t count = std::min(piece, packets - at);
            analyzer::PacketBlock block;
            block.bytes = bytes.subspan(at * ts::packet_size, count * ts::packet_size);
            block.before = before;
            before = {};
            block.begin = time_of(fed_);
            block.end = time_of(fed_ + count);
            if (delivery_ == Delivery::datagrams) {
                marks_.clear();
                // A datagram has the time at which its last packet is sent.
                for (std::size_t i = 0; i < count; i += 7) {
                    const std::size_t in_datagram = std::min<std::size_t>(7, count - i);
                    marks_.push_back({static_cast<std::uint32_t>(in_datagram), time_of(fed_ + i + in_datagram), false});
                }
                block.datagrams = marks_;
            }
            analyzer_.add(block);
            fed_ += count;
        }
    }
    /// Time goes on without packets.
    void skip(std::size_t packets) { fed_ += packets; }
    [[nodiscard]] UnixTime time_of(std::size_t packet) const {
        return start_ + std::chrono::nanoseconds(std::llround(step_ * static_cast<double>(packet)));
    }
    [[nodiscard]] UnixTime now() const { return time_of(fed_); }

private:
    analyzer::Analyzer& analyzer_;
    double step_;
    Delivery delivery_;
    UnixTime start_;
    std::size_t fed_ = 0;
    std::vector<analyzer::DatagramMark> marks_;
};

[[nodiscard]] inline Analyzed analyze(ByteView bytes, std::uint64_t bitrate, Delivery delivery = Delivery::file,
                                      std::size_t piece = 2800, analyzer::AnalyzerOptions options = {}) {
    options.clock = delivery == Delivery::file ? analyzer::ClockSource::pcr : analyzer::ClockSource::arrival;
    analyzer::Analyzer analyzer(options);
    const UnixTime start = delivery == Delivery::file ? UnixTime{} : from_unix_ns(1'700'000'000'000'000'000);
    Feeder feeder(analyzer, bitrate, delivery, start);
    feeder.feed(bytes, piece);
    analyzer.advance(feeder.now());
    return {analyzer.report(), analyzer.events()};
}

}  // namespace muxtap::test
