#pragma once

#include "client/delivery/sink.h"
#include "client/metrics/records/record.h"

namespace muxtap::metrics {

/// Where records of the metrics worker go.
using Sink = delivery::Sink<RecordPtr>;

}  // namespace muxtap::metrics
