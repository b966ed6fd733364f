#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace muxtap::counters {

/// The catalogue of all counters: the families of metrics that any program exposes, in their order. families.cpp says
/// what each is. A family means the same wherever it is.
enum class Family : std::uint8_t {
    worker_info,
    worker_start,
    worker_streams,
    worker_refused,
    worker_queue,
    worker_cpu,
    worker_memory,
    streams_shown,
    scrapes,
    sink_delivered,
    sink_dropped,
    sink_waiting,
    sink_spool,
    sink_healthy,
    probe_info,
    probe_start,
    host_boot,
    host_cores,
    host_cpu,
    host_load1,
    host_load5,
    host_load15,
    host_memory,
    host_memory_used,
    host_swap,
    host_swap_used,
    host_processes,
    disk_size,
    disk_available,
    interface_received,
    interface_transmitted,
    interface_received_packets,
    interface_transmitted_packets,
    interface_receive_errors,
    interface_transmit_errors,
    stream_info,
    stream_state,
    stream_heard,
    stream_last_packet,
    stream_record,
    stream_lag,
    stream_lag_max,
    stream_late,
    lost,
    rtp_reordered,
    captured_datagrams,
    captured_packets,
    captured_bytes,
    captured_tei,
    captured_null,
    captured_left_out,
    captured_rejected,
    captured_rate,
    packets,
    null_packets,
    transport_errors,
    continuity_errors,
    duplicates,
    reordered,
    sync_losses,
    capture_losses,
    analyzer_events_dropped,
    events,
    rate,
    pcr_rate,
    peak_10ms,
    peak_100ms,
    null_ratio,
    iat_mean,
    iat_p99,
    iat_max,
    mdi_df,
    mdi_mlr,
    indicator_findings,
    indicator_error,
    indicators_in_error,
    pids,
    pids_left_out,
    missing_pids,
    programs,
    programs_left_out,
    limits,
    program_info,
    program_rate,
    program_scrambled,
    program_av_offset,
    program_splices,
    pid_info,
    pid_packets,
    pid_rate,
    pid_continuity_errors,
    pid_lost,
    pid_transport_errors,
    pid_scrambled,
    pcrs,
    pcr_repetition_errors,
    pcr_discontinuity_errors,
    pcr_accuracy_errors,
    pcr_interval_mean,
    pcr_interval_max,
    pcr_jitter_min,
    pcr_jitter_max,
    pcr_accuracy_min,
    pcr_accuracy_max,
    pcr_frequency_offset,
    process_info,
    process_start,
    process_cpu,
    process_memory,
    process_threads,
    process_files,
    process_ready,
    log_lines,
    log_repeats,
    capture_frames,
    capture_kernel_dropped,
    capture_rejected_frames,
    capture_merged_frames,
    capture_ignored_datagrams,
    capture_subscribers,
    feed_batches,
    feed_packets,
    feed_probe_restarts,
    recorded_packets,
    recorded_bytes,
    recorded_files,
    record_disk_dropped,
    record_disk_alarm,
    pictures,
    pictures_skipped,
    decoding_packets_skipped,
    decoding_restarts,
    sent_packets,
    sent_datagrams,
    sent_bytes,
    sent_undelivered,
    sent_retries,
    sent_lateness_max,
    sent_faults,
    analyzed_bytes,
    analyzed_input,
};
inline constexpr std::size_t family_count = 141;

enum class FamilyType : std::uint8_t { counter, gauge };

/// What a family's series are about: their first labels.
enum class FamilyScope : std::uint8_t {
    program,  ///< none
    probe,    ///< probe
    stream,   ///< probe, stream
};

struct FamilySpec {
    Family family{};
    std::string_view name;
    FamilyType type{};
    FamilyScope scope{};
    std::string_view labels;  ///< besides those of the scope, separated by commas
    std::string_view help;
    /// Programs that serve it at their --metrics-port, without "muxtap-", separated by spaces; "all"; empty: none.
    std::string_view programs = {};
    bool own_only = false;  ///< of a program itself: `muxtap-metrics --to prometheus:…` does not serve it
};

[[nodiscard]] const FamilySpec& spec_of(Family family) noexcept;
[[nodiscard]] std::span<const FamilySpec> all_families() noexcept;

/// The table of metrics in docs/prometheus.md: what `muxtap-metrics --to prometheus:…` serves.
[[nodiscard]] std::string prometheus_families_as_markdown();
/// The table of metrics in docs/observability.md: what programs serve at --metrics-port, and which.
[[nodiscard]] std::string program_families_as_markdown();

}  // namespace muxtap::counters
