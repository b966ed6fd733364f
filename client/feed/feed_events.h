#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/app/log.h"
#include "proto/feed_header.h"

/// The log events that a feed gives rise to, each with its name and its line for people (docs/recording.md,
/// docs/metrics.md).
namespace muxtap::client {

/// A stream of a probe; borrowed.
struct StreamName {
    std::string_view probe;
    std::string_view stream;
};

/// "3.5 s".
[[nodiscard]] std::string seconds_text(std::chrono::nanoseconds time);

void log_stream_found(app::Log& log, StreamName name);
/// `count`: equal ones since the last line; `total`: of all reasons.
void log_feed_refused(app::Log& log, std::string_view reason, std::uint64_t count, std::uint64_t total);
void log_feed_stale(app::Log& log, StreamName name, std::uint64_t epoch, std::uint64_t count);
/// `gaps`: since the last line; batches and packets are of the newest.
void log_feed_gap(app::Log& log, StreamName name, std::uint64_t batches, std::uint64_t packets, std::uint64_t gaps);
void log_probe_restarted(app::Log& log, StreamName name, std::uint64_t epoch, std::uint64_t missed_batches);
void log_source_ended(app::Log& log, StreamName name, std::uint64_t epoch);
void log_source_silent(app::Log& log, StreamName name, proto::StreamState state, std::chrono::nanoseconds silent_for);
void log_source_back(app::Log& log, StreamName name, std::chrono::nanoseconds silent_for);
void log_probe_silent(app::Log& log, std::string_view probe, std::chrono::nanoseconds silent_for);
void log_probe_back(app::Log& log, std::string_view probe, std::chrono::nanoseconds silent_for);
/// Not one probe has been heard.
void log_nobody_heard(app::Log& log, const std::vector<std::string>& endpoints, std::chrono::nanoseconds silent_for);

}  // namespace muxtap::client
