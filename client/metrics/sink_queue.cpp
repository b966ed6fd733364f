#include "client/metrics/sink_queue.h"

namespace muxtap::metrics {

std::size_t SinkQueue::weight(const Record& record) {
    constexpr std::size_t base = 4096;
    constexpr std::size_t per_pid = 1024;
    constexpr std::size_t per_program = 1024;
    const IntervalRecord* const interval = record.interval();
    if (interval == nullptr) return 1024 + record.event()->event.text.size();
    const analyzer::Report& report = *interval->report;
    // The JSON that is made of it takes about as much again.
    return 2 * (base + report.pids.size() * per_pid + report.programs.size() * per_program +
                report.tables.size() * sizeof(analyzer::TableInfo));
}

}  // namespace muxtap::metrics
