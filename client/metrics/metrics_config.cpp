#include "client/metrics/metrics_config.h"

#include "analyzer/settings/analyzer_settings.h"
#include "common/app/host_name.h"

namespace muxtap::metrics {

Result<MetricsConfig> read_config(const app::Options& options, bool stdout_is_terminal) {
    MetricsConfig config;
    auto feed = client::read_feed_selection(options);
    if (!feed) return tl::unexpected<Error>(feed.error());
    config.feed = std::move(*feed);
    config.analyzer = analyzer::read_analyzer_options(options);
    config.interval = options.duration("interval");
    if (config.interval < std::chrono::milliseconds{10} || config.interval > std::chrono::days{1}) {
        return fail("--interval: expected a time from 10ms to 1d");
    }
    config.format = options.text("format") == "rsprobe" ? RecordFormat::rsprobe : RecordFormat::muxtap;
    config.worker = options.is_set("worker-id") ? options.text("worker-id") : app::host_name();
    config.watch_files = options.list("watch-file");
    auto sinks = read_sink_choices(options, stdout_is_terminal);
    if (!sinks) return tl::unexpected<Error>(sinks.error());
    config.sinks = std::move(*sinks);
    auto settings = read_sink_settings(options);
    if (!settings) return tl::unexpected<Error>(settings.error());
    config.sink_settings = std::move(*settings);
    if (options.is_set("duration") && options.duration("duration") > std::chrono::nanoseconds{0}) {
        config.duration = options.duration("duration");
    }
    config.exit_on_end = options.boolean("exit-on-end");
    return config;
}

}  // namespace muxtap::metrics
