#pragma once

#include "client/metrics/records/interval_record.h"
#include "common/counters/exposition.h"

/// Counters that begin anew: a probe that restarts, a stream that the worker lost from sight.
namespace muxtap::metrics {

[[nodiscard]] proto::Totals sum_of(const proto::Totals& one, const proto::Totals& other);
/// Each counter as large as in either.
[[nodiscard]] proto::Totals larger_of(const proto::Totals& one, const proto::Totals& other);

[[nodiscard]] Losses sum_of(const Losses& one, const Losses& other);
/// Whether one of the counters is less than it was.
[[nodiscard]] bool fell(const Losses& before, const Losses& after);

/// Whether the counters of a report are those of a new analysis.
[[nodiscard]] bool began_anew(const analyzer::Report& before, const analyzer::Report& after);
/// Adds all counters of a report to `carried`.
void carry(const analyzer::Report& report, counters::CarriedCounters& carried);

/// Adds to `carried` what late packets took back of the losses of a report: counters must not fall by them.
void carry_late_packets(const analyzer::Report& before, const analyzer::Report& after,
                        counters::CarriedCounters& carried);

}  // namespace muxtap::metrics
