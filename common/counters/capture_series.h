#pragma once

#include "common/counters/exposition.h"
#include "proto/feed_header.h"

namespace muxtap::counters {

/// A probe's counters of one stream, all but its losses.
void put_captured(const proto::Totals& totals, SeriesOutput& out);

}  // namespace muxtap::counters
