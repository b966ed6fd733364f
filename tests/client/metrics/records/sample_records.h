#pragma once

#include <cstdint>
#include <vector>

#include "client/metrics/records/record.h"
#include "tests/support/ts_maker.h"

/// Records as a worker makes them: of multiplexes from memory, analysed by the real analyzer.
namespace muxtap::test {

/// Epoch of the sample probe, 2025-11-20T00:53:20Z and a bit; streams begin 100 s later, at a full second.
inline constexpr std::uint64_t sample_epoch = 1'763'600'000'123'456'789;
inline constexpr std::int64_t sample_start_ns = 1'763'600'100'000'000'000;

/// What a worker with two sinks says of itself; one of them has a problem.
[[nodiscard]] metrics::WorkerFigures sample_figures();

/// All about a record but its report: number, source, counters, host and worker.
[[nodiscard]] metrics::IntervalRecord sample_frame();

/// One record for each second that a multiplex of this rate takes, and `silent` more, in which nothing comes.
[[nodiscard]] std::vector<metrics::IntervalRecord> records_of(const Multiplex& multiplex, std::uint64_t bitrate,
                                                              unsigned silent = 0);

/// A record in which everything that can be known is.
[[nodiscard]] metrics::IntervalRecord full_record();
/// A record of a stream of which nothing is known, by a probe that tells nothing of its host.
[[nodiscard]] metrics::IntervalRecord empty_record();
/// A record whose texts are what a stream and a log file must not hold.
[[nodiscard]] metrics::IntervalRecord hostile_record();
/// The record that proto/examples shows: a program of 4 Mb/s with a packet lost, in its third second.
[[nodiscard]] metrics::IntervalRecord example_record();

/// An event with everything that an event can have.
[[nodiscard]] client::EventRecord full_event_record();
/// A kind of a worker's own.
[[nodiscard]] client::EventRecord worker_event_record(client::WorkerEvent kind);

}  // namespace muxtap::test
