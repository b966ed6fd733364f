#include "common/counters/families.h"

#include <algorithm>
#include <array>

namespace muxtap::counters {
namespace {

using enum FamilyType;
using enum FamilyScope;

constexpr std::array families = {
    FamilySpec{Family::worker_info, "muxtap_worker_info", gauge, program, "worker,version", "This worker: always 1"},
    FamilySpec{Family::worker_start, "muxtap_worker_start_time_seconds", gauge, program, "",
               "Start of the worker since 1970; counters of the analysis began at or after it"},
    FamilySpec{Family::worker_streams, "muxtap_worker_streams", gauge, program, "", "Streams that the worker follows",
               "record frames metrics"},
    FamilySpec{Family::worker_refused, "muxtap_worker_refused_messages_total", counter, program, "",
               "Messages that were not of the feed", "record frames metrics"},
    FamilySpec{Family::worker_queue, "muxtap_worker_queue_bytes", gauge, program, "",
               "Messages of the feed that were received and wait to be analysed", "record frames metrics"},
    FamilySpec{Family::worker_cpu, "muxtap_worker_cpu_seconds_total", counter, program, "",
               "CPU time that the worker has used"},
    FamilySpec{Family::worker_memory, "muxtap_worker_resident_memory_bytes", gauge, program, "",
               "Memory of the worker"},
    FamilySpec{Family::streams_shown, "muxtap_worker_streams_shown", gauge, program, "",
               "Streams in this exposition; one that has ended or sends no records leaves it after 5 minutes"},
    FamilySpec{Family::scrapes, "muxtap_worker_scrapes_total", counter, program, "",
               "Expositions made, this one included"},
    FamilySpec{Family::sink_delivered, "muxtap_sink_delivered_records_total", counter, program, "sink",
               "Records that the sink has stored or sent", "frames metrics"},
    FamilySpec{Family::sink_dropped, "muxtap_sink_dropped_records_total", counter, program, "sink",
               "Records lost at the sink: its queue, disk or spool was full", "frames metrics"},
    FamilySpec{Family::sink_waiting, "muxtap_sink_waiting_records", gauge, program, "sink",
               "Records that the sink has yet to deliver", "frames metrics"},
    FamilySpec{Family::sink_spool, "muxtap_sink_spool_bytes", gauge, program, "sink", "Size of the sink's spool",
               "frames metrics"},
    FamilySpec{Family::sink_healthy, "muxtap_sink_healthy", gauge, program, "sink",
               "1 while the sink takes records, 0 while it has a problem", "frames metrics"},
    FamilySpec{Family::probe_info, "muxtap_probe_info", gauge, probe, "host,system,os_version,kernel,architecture",
               "The probe's host: always 1"},
    FamilySpec{Family::probe_start, "muxtap_probe_start_time_seconds", gauge, probe, "",
               "Start of the probe since 1970"},
    FamilySpec{Family::host_boot, "muxtap_host_boot_time_seconds", gauge, probe, "",
               "Start of the probe's host since 1970"},
    FamilySpec{Family::host_cores, "muxtap_host_cpus", gauge, probe, "", "Logical processors of the probe's host"},
    FamilySpec{Family::host_cpu, "muxtap_host_cpu_usage_ratio", gauge, probe, "",
               "Busy share of all its processors, 0 to 1"},
    FamilySpec{Family::host_load1, "muxtap_host_load1", gauge, probe, "", "Load over 1 minute"},
    FamilySpec{Family::host_load5, "muxtap_host_load5", gauge, probe, "", "Load over 5 minutes"},
    FamilySpec{Family::host_load15, "muxtap_host_load15", gauge, probe, "", "Load over 15 minutes"},
    FamilySpec{Family::host_memory, "muxtap_host_memory_bytes", gauge, probe, "", "Memory of the probe's host"},
    FamilySpec{Family::host_memory_used, "muxtap_host_memory_used_bytes", gauge, probe, "",
               "Memory in use, without what the kernel gives back on demand"},
    FamilySpec{Family::host_swap, "muxtap_host_swap_bytes", gauge, probe, "", "Swap space"},
    FamilySpec{Family::host_swap_used, "muxtap_host_swap_used_bytes", gauge, probe, "", "Swap space in use"},
    FamilySpec{Family::host_processes, "muxtap_host_processes", gauge, probe, "", "Processes"},
    FamilySpec{Family::disk_size, "muxtap_host_disk_size_bytes", gauge, probe, "device,mount_point",
               "Size of a file system; at most 32"},
    FamilySpec{Family::disk_available, "muxtap_host_disk_available_bytes", gauge, probe, "device,mount_point",
               "What users without privileges may still write; at most 32 file systems"},
    FamilySpec{Family::interface_received, "muxtap_host_interface_received_bytes_total", counter, probe, "interface",
               "Bytes received; at most 32 interfaces"},
    FamilySpec{Family::interface_transmitted, "muxtap_host_interface_transmitted_bytes_total", counter, probe,
               "interface", "Bytes sent"},
    FamilySpec{Family::interface_received_packets, "muxtap_host_interface_received_packets_total", counter, probe,
               "interface", "Packets received"},
    FamilySpec{Family::interface_transmitted_packets, "muxtap_host_interface_transmitted_packets_total", counter, probe,
               "interface", "Packets sent"},
    FamilySpec{Family::interface_receive_errors, "muxtap_host_interface_receive_errors_total", counter, probe,
               "interface", "Errors while receiving"},
    FamilySpec{Family::interface_transmit_errors, "muxtap_host_interface_transmit_errors_total", counter, probe,
               "interface", "Errors while sending"},
    FamilySpec{Family::stream_info, "muxtap_stream_info", gauge, stream,
               "source,source_port,destination,destination_port,interface,vlan,encapsulation,standard",
               "Where the stream comes from and what its tables say it is: always 1"},
    FamilySpec{Family::stream_state, "muxtap_stream_state", gauge, stream, "state",
               "1 for the state that the stream is in, 0 for the others: waiting, live, silent, ended, probe_silent",
               "probe record frames metrics"},
    FamilySpec{Family::stream_heard, "muxtap_stream_heard_timestamp_seconds", gauge, stream, "",
               "When the worker last heard of the stream"},
    FamilySpec{Family::stream_last_packet, "muxtap_stream_last_packet_timestamp_seconds", gauge, stream, "",
               "Capture time of the newest datagram; absent when there was none", "probe"},
    FamilySpec{Family::stream_record, "muxtap_stream_record_timestamp_seconds", gauge, stream, "",
               "End of the interval that the other figures are of"},
    FamilySpec{Family::stream_lag, "muxtap_stream_lag_seconds", gauge, stream, "",
               "Capture to analysis of the newest datagram, by the clocks of two hosts"},
    FamilySpec{Family::stream_lag_max, "muxtap_stream_lag_max_seconds", gauge, stream, "", "Longest in the interval"},
    FamilySpec{Family::stream_late, "muxtap_stream_record_delay_seconds", gauge, stream, "",
               "How long after the end of its interval the record was made"},
    FamilySpec{
        Family::lost, "muxtap_stream_lost_total", counter, stream, "place,unit",
        "Losses by place: network (rtp_packets), network_or_source (ts_packets, by continuity counters), host (frames "
        "the capture host dropped), probe (ts_packets), feed (batches and ts_packets that did not reach this worker)",
        "probe record frames metrics"},
    FamilySpec{Family::rtp_reordered, "muxtap_stream_rtp_reordered_packets_total", counter, stream, "",
               "RTP packets that came late or twice", "probe"},
    FamilySpec{Family::captured_datagrams, "muxtap_capture_datagrams_total", counter, stream, "",
               "Datagrams with packets that the probe accepted", "probe"},
    FamilySpec{Family::captured_packets, "muxtap_capture_packets_total", counter, stream, "",
               "Packets that the probe accepted", "probe"},
    FamilySpec{Family::captured_bytes, "muxtap_capture_bytes_total", counter, stream, "", "Their bytes", "probe"},
    FamilySpec{Family::captured_tei, "muxtap_capture_transport_error_packets_total", counter, stream, "",
               "Packets with transport_error_indicator at the probe", "probe"},
    FamilySpec{Family::captured_null, "muxtap_capture_null_packets_total", counter, stream, "",
               "Null packets at the probe", "probe"},
    FamilySpec{Family::captured_left_out, "muxtap_capture_left_out_packets_total", counter, stream, "",
               "Valid packets that the probe left out as it was told to (--drop)", "probe"},
    FamilySpec{Family::captured_rejected, "muxtap_capture_rejected_packets_total", counter, stream, "reason",
               "What arrived at the probe and is no transport packet", "probe"},
    FamilySpec{Family::captured_rate, "muxtap_capture_rate_bits_per_second", gauge, stream, "",
               "Accepted bits per second at the probe"},
    FamilySpec{Family::packets, "muxtap_stream_packets_total", counter, stream, "", "Packets analysed"},
    FamilySpec{Family::null_packets, "muxtap_stream_null_packets_total", counter, stream, "",
               "Null packets among them"},
    FamilySpec{Family::transport_errors, "muxtap_stream_transport_errors_total", counter, stream, "",
               "Packets with transport_error_indicator among them"},
    FamilySpec{Family::continuity_errors, "muxtap_stream_continuity_errors_total", counter, stream, "",
               "Times a continuity counter was wrong"},
    FamilySpec{Family::duplicates, "muxtap_stream_duplicate_packets_total", counter, stream, "",
               "Packets sent twice, as is allowed"},
    FamilySpec{Family::reordered, "muxtap_stream_reordered_packets_total", counter, stream, "",
               "Packets that came behind those after them"},
    FamilySpec{Family::sync_losses, "muxtap_stream_sync_losses_total", counter, stream, "",
               "Times synchronisation was lost"},
    FamilySpec{Family::capture_losses, "muxtap_stream_capture_losses_total", counter, stream, "",
               "Times that packets were lost between network and analysis"},
    FamilySpec{Family::analyzer_events_dropped, "muxtap_stream_events_dropped_total", counter, stream, "",
               "Events of the analysis that nobody fetched in time"},
    FamilySpec{Family::events, "muxtap_stream_events_total", counter, stream, "kind",
               "Events that were reported, by kind"},
    FamilySpec{Family::rate, "muxtap_stream_rate_bits_per_second", gauge, stream, "",
               "Rate of the last second by arrival"},
    FamilySpec{Family::pcr_rate, "muxtap_stream_pcr_rate_bits_per_second", gauge, stream, "",
               "Rate of the last second by its PCRs; absent while not known"},
    FamilySpec{Family::peak_10ms, "muxtap_stream_peak_10ms_bits_per_second", gauge, stream, "",
               "Highest rate in any 10 ms so far"},
    FamilySpec{Family::peak_100ms, "muxtap_stream_peak_100ms_bits_per_second", gauge, stream, "",
               "Highest rate in any 100 ms so far"},
    FamilySpec{Family::null_ratio, "muxtap_stream_null_ratio", gauge, stream, "",
               "Share of null packets in the last second, 0 to 1"},
    FamilySpec{Family::iat_mean, "muxtap_stream_inter_arrival_mean_seconds", gauge, stream, "",
               "Time between datagrams in the last second, mean"},
    FamilySpec{Family::iat_p99, "muxtap_stream_inter_arrival_p99_seconds", gauge, stream, "",
               "99 % of the times between datagrams in the last second were at most this"},
    FamilySpec{Family::iat_max, "muxtap_stream_inter_arrival_max_seconds", gauge, stream, "",
               "Longest time between datagrams in the last second"},
    FamilySpec{Family::mdi_df, "muxtap_stream_mdi_delay_factor_seconds", gauge, stream, "",
               "Delay factor of the last second (RFC 4445)"},
    FamilySpec{Family::mdi_mlr, "muxtap_stream_mdi_media_loss_packets_per_second", gauge, stream, "",
               "Media loss rate of the last second (RFC 4445)"},
    FamilySpec{Family::indicator_findings, "muxtap_indicator_findings_total", counter, stream,
               "indicator,number,priority", "Findings of an indicator of TR 101 290"},
    FamilySpec{Family::indicator_error, "muxtap_indicator_error", gauge, stream, "indicator,number,priority",
               "1 while the indicator is in error, or was within the last second, else 0; absent when it is not "
               "applicable or not measured"},
    FamilySpec{Family::indicators_in_error, "muxtap_stream_indicators_in_error", gauge, stream, "priority",
               "Indicators of a priority that are in error"},
    FamilySpec{Family::pids, "muxtap_stream_pids", gauge, stream, "", "PIDs seen"},
    FamilySpec{
        Family::pids_left_out, "muxtap_stream_pids_left_out", gauge, stream, "",
        "PIDs without series of their own (--prometheus-pids): those of no programme and with few packets first"},
    FamilySpec{Family::missing_pids, "muxtap_stream_missing_pids", gauge, stream, "",
               "PIDs that are referred to but not seen"},
    FamilySpec{Family::programs, "muxtap_stream_programs", gauge, stream, "", "Programmes"},
    FamilySpec{Family::programs_left_out, "muxtap_stream_programs_left_out", gauge, stream, "",
               "Programmes without series of their own: those beyond 64"},
    FamilySpec{Family::limits, "muxtap_stream_limits_reached", gauge, stream, "",
               "Limits of the analysis that the stream has hit: what is beyond is not in the figures"},
    FamilySpec{Family::program_info, "muxtap_program_info", gauge, stream,
               "program,service,provider,channel,pmt_pid,pcr_pid", "A programme: always 1"},
    FamilySpec{Family::program_rate, "muxtap_program_rate_bits_per_second", gauge, stream, "program",
               "Rate of the last second of its PMT, streams and ECMs"},
    FamilySpec{Family::program_scrambled, "muxtap_program_scrambled", gauge, stream, "program",
               "1 while one of its streams is scrambled"},
    FamilySpec{Family::program_av_offset, "muxtap_program_audio_video_offset_seconds", gauge, stream, "program",
               "How far audio is sent ahead of the video it goes with; absent while not known"},
    FamilySpec{Family::program_splices, "muxtap_program_splices_total", counter, stream, "program",
               "splice_info_sections"},
    FamilySpec{Family::pid_info, "muxtap_pid_info", gauge, stream, "pid,program,use,codec,language",
               "A PID: always 1; several programmes are joined by commas"},
    FamilySpec{Family::pid_packets, "muxtap_pid_packets_total", counter, stream, "pid",
               "Packets, without those with transport_error_indicator"},
    FamilySpec{Family::pid_rate, "muxtap_pid_rate_bits_per_second", gauge, stream, "pid", "Rate of the last second"},
    FamilySpec{Family::pid_continuity_errors, "muxtap_pid_continuity_errors_total", counter, stream, "pid",
               "Times the continuity counter was wrong"},
    FamilySpec{Family::pid_lost, "muxtap_pid_lost_packets_total", counter, stream, "pid",
               "Least number of packets missing by the continuity counter"},
    FamilySpec{Family::pid_transport_errors, "muxtap_pid_transport_errors_total", counter, stream, "pid",
               "Packets with transport_error_indicator"},
    FamilySpec{Family::pid_scrambled, "muxtap_pid_scrambled_packets_total", counter, stream, "pid",
               "Scrambled packets"},
    FamilySpec{Family::pcrs, "muxtap_pcr_values_total", counter, stream, "pid", "PCRs"},
    FamilySpec{Family::pcr_repetition_errors, "muxtap_pcr_repetition_errors_total", counter, stream, "pid",
               "Intervals between PCRs of more than 100 ms"},
    FamilySpec{Family::pcr_discontinuity_errors, "muxtap_pcr_discontinuity_errors_total", counter, stream, "pid",
               "Jumps of the PCR that were not announced"},
    FamilySpec{Family::pcr_accuracy_errors, "muxtap_pcr_accuracy_errors_total", counter, stream, "pid",
               "PCRs more than 500 ns off their place"},
    FamilySpec{Family::pcr_interval_mean, "muxtap_pcr_interval_mean_seconds", gauge, stream, "pid",
               "Time between PCRs so far, mean"},
    FamilySpec{Family::pcr_interval_max, "muxtap_pcr_interval_max_seconds", gauge, stream, "pid",
               "Longest time between PCRs so far"},
    FamilySpec{Family::pcr_jitter_min, "muxtap_pcr_jitter_min_seconds", gauge, stream, "pid",
               "PCR_OJ so far: earliest against arrival, drift taken out"},
    FamilySpec{Family::pcr_jitter_max, "muxtap_pcr_jitter_max_seconds", gauge, stream, "pid",
               "PCR_OJ so far: latest against arrival, drift taken out"},
    FamilySpec{Family::pcr_accuracy_min, "muxtap_pcr_accuracy_min_seconds", gauge, stream, "pid",
               "PCR_AC so far: least offset from what the byte position says; absent at variable rates"},
    FamilySpec{Family::pcr_accuracy_max, "muxtap_pcr_accuracy_max_seconds", gauge, stream, "pid",
               "PCR_AC so far: largest offset from what the byte position says; absent at variable rates"},
    FamilySpec{Family::pcr_frequency_offset, "muxtap_pcr_frequency_offset_ratio", gauge, stream, "pid",
               "How much faster the sender's clock runs than the capture host's: 0.000001 is 1 ppm"},
    FamilySpec{Family::process_info, "muxtap_process_info", gauge, program, "program,version", "The program: always 1",
               "all", true},
    FamilySpec{Family::process_start, "muxtap_process_start_time_seconds", gauge, program, "", "Its start since 1970",
               "all", true},
    FamilySpec{Family::process_cpu, "muxtap_process_cpu_seconds_total", counter, program, "",
               "CPU time that it has used", "all", true},
    FamilySpec{Family::process_memory, "muxtap_process_resident_memory_bytes", gauge, program, "", "Its memory", "all",
               true},
    FamilySpec{Family::process_threads, "muxtap_process_threads", gauge, program, "", "Its threads", "all", true},
    FamilySpec{Family::process_files, "muxtap_process_open_files", gauge, program, "",
               "Its open files, sockets included", "all", true},
    FamilySpec{Family::process_ready, "muxtap_process_ready", gauge, program, "",
               "1 while it does its work, as /readyz says", "all", true},
    FamilySpec{Family::log_lines, "muxtap_log_lines_total", counter, program, "level", "Lines written to the log",
               "probe record frames metrics send", true},
    FamilySpec{Family::log_repeats, "muxtap_log_repeats_total", counter, program, "",
               "Warnings and errors that are in the log as a count only, because they repeated one before",
               "probe record frames metrics send", true},
    FamilySpec{Family::capture_frames, "muxtap_capture_frames_total", counter, program, "",
               "Frames or datagrams that the probe was handed by its source", "probe", true},
    FamilySpec{Family::capture_kernel_dropped, "muxtap_capture_kernel_dropped_frames_total", counter, program, "",
               "Frames that the kernel or the interface dropped before the probe had them", "probe", true},
    FamilySpec{Family::capture_rejected_frames, "muxtap_capture_rejected_frames_total", counter, program, "",
               "Frames that hold no whole UDP datagram", "probe", true},
    FamilySpec{Family::capture_merged_frames, "muxtap_capture_merged_frames_total", counter, program, "",
               "Frames that the interface had merged from several datagrams", "probe", true},
    FamilySpec{Family::capture_ignored_datagrams, "muxtap_capture_ignored_datagrams_total", counter, program, "reason",
               "Datagrams that belong to no stream: unselected, not_ts, refused (more streams than the probe follows)",
               "probe", true},
    FamilySpec{Family::capture_subscribers, "muxtap_capture_subscribers", gauge, program, "",
               "Subscribers that are connected to the probe", "probe", true},
    FamilySpec{Family::feed_batches, "muxtap_feed_batches_total", counter, stream, "", "Batches of the feed received",
               "record frames metrics", true},
    FamilySpec{Family::feed_packets, "muxtap_feed_packets_total", counter, stream, "", "Packets in them",
               "record frames metrics", true},
    FamilySpec{Family::feed_probe_restarts, "muxtap_feed_probe_restarts_total", counter, stream, "",
               "Times that the probe began anew", "record frames metrics", true},
    FamilySpec{Family::recorded_packets, "muxtap_record_packets_total", counter, stream, "",
               "Packets that the recorder took", "record", true},
    FamilySpec{Family::recorded_bytes, "muxtap_record_bytes_total", counter, stream, "", "Their bytes", "record", true},
    FamilySpec{Family::recorded_files, "muxtap_record_files_total", counter, stream, "", "Files begun", "record", true},
    FamilySpec{Family::record_disk_dropped, "muxtap_record_disk_dropped_packets_total", counter, stream, "",
               "Packets given up because the disk did not take them", "record", true},
    FamilySpec{Family::record_disk_alarm, "muxtap_record_disk_alarm", gauge, program, "",
               "1 while the disk does not take what is recorded", "record", true},
    FamilySpec{Family::pictures, "muxtap_frames_pictures_total", counter, stream, "", "Pictures given out", "frames",
               true},
    FamilySpec{Family::pictures_skipped, "muxtap_frames_skipped_pictures_total", counter, stream, "",
               "Pictures left out because decoding does not keep up", "frames", true},
    FamilySpec{Family::decoding_packets_skipped, "muxtap_frames_skipped_packets_total", counter, stream, "",
               "Packets left out because decoding does not keep up", "frames", true},
    FamilySpec{Family::decoding_restarts, "muxtap_frames_decoding_restarts_total", counter, stream, "",
               "Times that the decoding of a programme was begun anew after a failure", "frames", true},
    FamilySpec{Family::sent_packets, "muxtap_send_packets_total", counter, program, "", "Packets sent", "send", true},
    FamilySpec{Family::sent_datagrams, "muxtap_send_datagrams_total", counter, program, "",
               "Datagrams sent, to all destinations together", "send", true},
    FamilySpec{Family::sent_bytes, "muxtap_send_bytes_total", counter, program, "", "Bytes of transport packets sent",
               "send", true},
    FamilySpec{Family::sent_undelivered, "muxtap_send_undelivered_datagrams_total", counter, program, "",
               "Datagrams that nobody was there to take", "send", true},
    FamilySpec{Family::sent_retries, "muxtap_send_retries_total", counter, program, "",
               "Times that the kernel had no room", "send", true},
    FamilySpec{Family::sent_lateness_max, "muxtap_send_lateness_max_seconds", gauge, program, "",
               "Most that a datagram left behind its time so far", "send", true},
    FamilySpec{Family::sent_faults, "muxtap_send_faults_total", counter, program, "kind",
               "Faults injected as asked for", "send", true},
    FamilySpec{Family::analyzed_bytes, "muxtap_analyze_read_bytes_total", counter, program, "",
               "Bytes read of all inputs", "analyze", true},
    FamilySpec{Family::analyzed_input, "muxtap_analyze_input_bytes", gauge, program, "",
               "Size of the input that is being read; absent where not known", "analyze", true},
};
static_assert(families.size() == family_count);

constexpr bool in_order() {
    for (std::size_t i = 0; i < families.size(); ++i)
        if (families[i].family != static_cast<Family>(i)) return false;
    return true;
}
static_assert(in_order());

/// "| `name` | type | labels | ".
std::string first_cells(const FamilySpec& spec) {
    std::string labels{spec.scope == stream ? "probe, stream" : spec.scope == probe ? "probe" : ""};
    for (std::string_view rest = spec.labels; !rest.empty();) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        if (!labels.empty()) labels += ", ";
        labels += rest.substr(0, comma);
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return "| `" + std::string{spec.name} + "` | " + (spec.type == counter ? "counter" : "gauge") + " | " + labels +
           " | ";
}

}  // namespace

const FamilySpec& spec_of(Family family) noexcept {
    return families[static_cast<std::size_t>(family)];
}

std::span<const FamilySpec> all_families() noexcept {
    return families;
}

std::string prometheus_families_as_markdown() {
    std::string out = "| metric | type | labels | meaning |\n|---|---|---|---|\n";
    for (const FamilySpec& spec : families) {
        if (!spec.own_only) out.append(first_cells(spec)).append(spec.help).append(" |\n");
    }
    return out;
}

std::string program_families_as_markdown() {
    std::string out = "| metric | type | labels | served by | meaning |\n|---|---|---|---|---|\n";
    for (const FamilySpec& spec : families) {
        if (spec.programs.empty()) continue;
        out.append(first_cells(spec)).append(spec.programs).append(" | ").append(spec.help).append(" |\n");
    }
    return out;
}

}  // namespace muxtap::counters
