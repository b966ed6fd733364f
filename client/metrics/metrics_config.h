#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/options.h"
#include "client/feed/feed_selection.h"
#include "client/metrics/sink_choice.h"
#include "common/app/options.h"

namespace muxtap::metrics {

/// The options of muxtap-metrics, checked.
struct MetricsConfig {
    client::FeedSelection feed;
    analyzer::AnalyzerOptions analyzer;
    std::chrono::nanoseconds interval{std::chrono::seconds{1}};
    RecordFormat format = RecordFormat::muxtap;
    std::string worker;  ///< name of this worker
    std::vector<std::string> watch_files;
    std::vector<SinkChoice> sinks;  ///< never empty
    SinkSettings sink_settings;
    std::optional<std::chrono::nanoseconds> duration;
    bool exit_on_end = false;
};

/// The error names the option and what it expects. `stdout_is_terminal` decides what is done without any sink.
[[nodiscard]] Result<MetricsConfig> read_config(const app::Options& options, bool stdout_is_terminal);

}  // namespace muxtap::metrics
