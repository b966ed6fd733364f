#pragma once

#include <array>
#include <span>
#include <string_view>

#include "common/counters/exposition.h"
#include "proto/feed_header.h"

namespace muxtap::counters {

/// A probe's counters of one stream, all but its losses.
void put_captured(const proto::Totals& totals, SeriesOutput& out);

/// States that a stream may be in. A probe does not call itself silent: to it the last is unknown.
inline constexpr std::array<std::string_view, 5> stream_states = {"waiting", "live", "silent", "ended", "probe_silent"};

/// 1 for the state that a stream is in now, 0 for the others of `states`.
void put_state(std::span<const std::string_view> states, std::string_view now, SeriesOutput& out);

}  // namespace muxtap::counters
