#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "client/metrics/records/interval_record.h"
#include "common/counters/exposition.h"

namespace muxtap::metrics {

using counters::Exposition;
using counters::Family;
using counters::SeriesOutput;

/// The value of the label `pid`.
[[nodiscard]] std::string pid_label(ts::Pid pid);

/// PIDs that have series of their own, sorted.
using PidChoice = std::vector<ts::Pid>;

/// At most `most` PIDs of a report: those chosen before stay, those of programmes come first, then those with most
/// packets. A PID of a programme takes the place of one of none.
[[nodiscard]] PidChoice choose_pids(const analyzer::Report& report, const PidChoice& before, std::size_t most);

void put_stream_state(const IntervalRecord& record, SeriesOutput& out);
void put_losses(const Losses& losses, SeriesOutput& out);
void put_report(const analyzer::Report& report, SeriesOutput& out);
void put_indicators(const analyzer::Indicators& indicators, SeriesOutput& out);
void put_programs(const analyzer::Report& report, SeriesOutput& out);
/// Those PIDs of the report that are chosen.
void put_pids(const analyzer::Report& report, const PidChoice& chosen, SeriesOutput& out);
/// All but the counters of its interfaces.
void put_host(const proto::HostFigures& host, SeriesOutput& out);
void put_worker(const IntervalRecord& record, SeriesOutput& out);

}  // namespace muxtap::metrics
