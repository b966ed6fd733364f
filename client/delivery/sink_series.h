#pragma once

#include "client/delivery/sink.h"
#include "common/counters/exposition.h"

namespace muxtap::delivery {

/// The counters of one sink.
void put_sink(const SinkFigures& sink, counters::SeriesOutput& out);

}  // namespace muxtap::delivery
