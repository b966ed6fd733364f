#pragma once

#include <chrono>
#include <cstddef>

#include "analyzer/report/report.h"

namespace muxtap::analyzer {

/// Limits of TR 101 290 that users may move.
struct Thresholds {
    std::chrono::nanoseconds pat{std::chrono::milliseconds(500)};                ///< 1.3
    std::chrono::nanoseconds pmt{std::chrono::milliseconds(500)};                ///< 1.5
    std::chrono::nanoseconds pid{std::chrono::seconds(5)};                       ///< 1.6, video and audio
    std::chrono::nanoseconds pcr_repetition{std::chrono::milliseconds(100)};     ///< 2.3a
    std::chrono::nanoseconds pcr_discontinuity{std::chrono::milliseconds(100)};  ///< 2.3b
    std::chrono::nanoseconds pcr_accuracy{500};                                  ///< 2.4, either way
    std::chrono::nanoseconds pts{std::chrono::milliseconds(700)};                ///< 2.5
    std::chrono::nanoseconds nit_actual{std::chrono::seconds(10)};               ///< 3.1.a
    std::chrono::nanoseconds nit_other{std::chrono::seconds(10)};                ///< 3.1.b
    std::chrono::nanoseconds sdt_actual{std::chrono::seconds(2)};                ///< 3.5.a
    std::chrono::nanoseconds sdt_other{std::chrono::seconds(10)};                ///< 3.5.b
    std::chrono::nanoseconds eit_actual{std::chrono::seconds(2)};                ///< 3.6.a
    std::chrono::nanoseconds eit_other{std::chrono::seconds(10)};                ///< 3.6.b
    std::chrono::nanoseconds tdt{std::chrono::seconds(30)};                      ///< 3.8
    std::chrono::nanoseconds section_gap{std::chrono::milliseconds(25)};    ///< least time between sections, 3.1 to 3.8
    std::chrono::nanoseconds unreferenced{std::chrono::milliseconds(500)};  ///< 3.4
};

/// Most of each thing that one stream may make the analyzer keep. A hit cap is in `Report::limits`.
struct Caps {
    std::size_t programs = 1024;
    std::size_t streams_per_program = 128;
    std::size_t tables = 4096;
    std::size_t pending_events = 4096;
    std::size_t pending_event_bytes = 4UL << 20;  ///< of texts and splice information on them
    std::size_t clocks = 1024;                    ///< PIDs whose PCRs are measured
    /// PIDs whose PES packets are looked into; those that no table names may be half of them.
    std::size_t elementary_streams = 1024;
    std::size_t section_pids = 1024;  ///< PIDs with tables, besides those with fixed numbers
    std::size_t splice_pids = 128;    ///< PIDs with splice information
};

struct AnalyzerOptions {
    ClockSource clock = ClockSource::arrival;
    Standard standard = Standard::automatic;
    Thresholds thresholds{};
    Caps caps{};
};

}  // namespace muxtap::analyzer
