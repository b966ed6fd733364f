#pragma once

#include <string>
#include <vector>

#include "tests/client/metrics/sinks/prometheus_records.h"

namespace muxtap::test {

inline constexpr std::int64_t start_ns = 1'700'000'200'000'000'000;

/// Streams in all conditions, one after the other, as they are after so many seconds.
inline std::vector<metrics::RecordPtr> made_up_streams(int count, int second = 0) {
    const std::vector<std::string> services = {"News", "Das Erste HD, ZDF HD, 3sat HD, KiKA HD", "日本放送協会 総合",
                                               "Cafe\xcc\x81 TV \xf0\x9f\x93\xba", "\x1b[31mred\x1b[0m"};
    std::vector<metrics::RecordPtr> records;
    for (int i = 0; i < count; ++i) {
        RecordMaker maker("239.1.1." + std::to_string(i) + ":5000", i % 4 == 3 ? "probe2" : "probe1");
        maker.fill(3);
        maker.interval.time = from_unix_ns(start_ns + second * 1'000'000'000LL);
        maker.report.programs.front().info.service_name = services[static_cast<std::size_t>(i) % services.size()];
        maker.report.rate.arrival.window_bps = 20'000'000 + static_cast<std::uint64_t>(i * 1'234'567);
        maker.figures.lag = std::chrono::milliseconds{3 + i};
        maker.host.load_1m = 1.25;
        auto& indicators = maker.report.indicators;
        using analyzer::IndicatorState;
        switch (i % 7) {
            case 1: maker.interval.phase = metrics::StreamPhase::silent; break;
            case 2:
                indicators[4].state = IndicatorState::error;
                indicators[4].count = 12;
                indicators[6].count = 2;
                maker.report.totals.continuity_errors = 12 + static_cast<std::uint64_t>(second);
                break;
            case 3:
                maker.interval.losses.rtp_lost = 123;
                maker.interval.losses.feed_packets = 7;
                maker.interval.losses.feed_batches = 1;
                maker.report.totals.continuity_errors = 98'765;
                break;
            case 4:
                indicators[12].state = IndicatorState::error;
                indicators[12].count = 1;
                break;
            case 5: maker.interval.phase = metrics::StreamPhase::ended; break;
            case 6: indicators[20].count = 4; break;
            default: break;
        }
        metrics::IntervalRecord made = *maker.make()->interval();
        if (i % 7 == 2) {
            analyzer::Report previous = maker.report;
            previous.totals.continuity_errors -= 5;
            made.previous = std::make_shared<const analyzer::Report>(previous);
        }
        records.push_back(std::make_shared<const metrics::Record>(std::move(made), metrics::RecordFormat::muxtap));
    }
    return records;
}

inline std::vector<metrics::RecordPtr> made_up_events(int second) {
    const UnixTime time = from_unix_ns(start_ns + second * 1'000'000'000LL);
    return {
        event_of("239.1.1.2:5000", analyzer::EventKind::indicator_began, "continuity_count_error on PID 0x0100", time),
        event_of("239.1.1.1:5000", analyzer::EventKind::silence_began, "nothing for 1.00 s", time)};
}

}  // namespace muxtap::test
