#include "client/record/record_config.h"

#include <algorithm>

namespace muxtap::record {
namespace {

using std::chrono::nanoseconds;

/// The duration of an option that may be missing; 0 means none as well.
std::optional<nanoseconds> optional_duration(const app::Options& options, std::string_view name) {
    if (!options.is_set(name) || options.duration(name) == nanoseconds{0}) return std::nullopt;
    return options.duration(name);
}

std::optional<std::uint64_t> optional_bytes(const app::Options& options, std::string_view name) {
    if (!options.is_set(name) || options.bytes(name) == 0) return std::nullopt;
    return options.bytes(name);
}

ExistingPolicy existing_policy(std::string_view name) {
    if (name == "overwrite") return ExistingPolicy::overwrite;
    if (name == "next") return ExistingPolicy::next;
    return name == "fail" ? ExistingPolicy::fail : ExistingPolicy::append;
}

SyncPolicy sync_policy(std::string_view name) {
    if (name == "never") return SyncPolicy::never;
    return name == "flush" ? SyncPolicy::flush : SyncPolicy::close;
}

/// Combinations that cannot work.
Result<void> check(const RecordConfig& config) {
    constexpr nanoseconds shortest = std::chrono::milliseconds{100};
    constexpr nanoseconds longest = std::chrono::days{366};
    if (config.segment && (*config.segment < shortest || *config.segment > longest)) {
        return fail("--segment: expected a time from 100ms to 366d");
    }
    if (config.segment_wait > longest) return fail("--segment-wait: expected at most 366d");
    if (config.to_stdout && config.segment) return fail("--segment: standard output cannot be cut into files");
    if (config.to_stdout && config.retention.any()) {
        return fail("--max-bytes, --max-age and --min-free need files, not standard output");
    }
    if (config.retention.any() && !config.file.sidecar) {
        return fail(
            "--max-bytes, --max-age and --min-free need --sidecar=true: only files with a sidecar of this recorder "
            "are ever deleted");
    }
    return {};
}

void read_limits(const app::Options& options, RecordConfig& config) {
    config.retention.max_bytes = optional_bytes(options, "max-bytes");
    config.retention.max_age = optional_duration(options, "max-age");
    config.retention.min_free = optional_bytes(options, "min-free");
    config.duration = optional_duration(options, "duration");
    if (const auto count = options.integer("packet-count"); count > 0) {
        config.packet_count = static_cast<std::uint64_t>(count);
    }
    config.exit_on_end = options.boolean("exit-on-end");
}

void read_file_settings(const app::Options& options, RecordConfig& config) {
    config.segment = optional_duration(options, "segment");
    config.segment_wait = options.duration("segment-wait");
    config.existing = existing_policy(options.text("existing"));
    config.file.flush = options.duration("flush");
    config.file.disk_retry = std::max<nanoseconds>(options.duration("disk-retry"), std::chrono::milliseconds{10});
    config.file.sync = sync_policy(options.text("fsync"));
    config.file.sidecar = options.boolean("sidecar") && !config.to_stdout;
}

}  // namespace

Result<RecordConfig> read_config(const app::Options& options) {
    RecordConfig config;
    auto feed = client::read_feed_selection(options);
    if (!feed) return tl::unexpected<Error>(feed.error());
    config.feed = std::move(*feed);

    const std::string& output = options.text("output");
    config.to_stdout = output == "-";
    auto pattern = client::PathPattern::parse(output);
    if (!pattern) return fail("--output \"" + output + "\": " + pattern.error().message);
    config.output = std::move(*pattern);
    read_file_settings(options, config);
    read_limits(options, config);
    config.progress = !options.boolean("silent") && !options.boolean("no-progress");
    config.log_interval = std::max<nanoseconds>(options.duration("log-interval"), std::chrono::milliseconds{10});

    if (auto checked = check(config); !checked) return tl::unexpected<Error>(checked.error());
    return config;
}

}  // namespace muxtap::record
