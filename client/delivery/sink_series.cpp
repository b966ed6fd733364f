#include "client/delivery/sink_series.h"

namespace muxtap::delivery {

void put_sink(const SinkFigures& sink, counters::SeriesOutput& out) {
    using counters::Family;
    out.put(Family::sink_delivered, {sink.name}, static_cast<double>(sink.delivered));
    out.put(Family::sink_dropped, {sink.name}, static_cast<double>(sink.dropped));
    out.put(Family::sink_waiting, {sink.name}, static_cast<double>(sink.waiting));
    out.put(Family::sink_spool, {sink.name}, static_cast<double>(sink.spool_bytes));
    out.put(Family::sink_healthy, {sink.name}, sink.healthy ? 1 : 0);
}

}  // namespace muxtap::delivery
