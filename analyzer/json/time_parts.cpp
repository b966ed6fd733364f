#include "analyzer/json/fields.h"

namespace muxtap::analyzer::json {

void value(Writer& writer, const Spread& spread) {
    const Object object(writer);
    field(writer, "count", spread.count);
    if (spread.count == 0) return;
    field(writer, "min", spread.min);
    field(writer, "mean", spread.mean);
    field(writer, "max", spread.max);
}

void value(Writer& writer, const Histogram& histogram) {
    const Array array(writer);
    for (const HistogramBar& bar : histogram) {
        const Object object(writer);
        field(writer, "from", bar.from);
        field(writer, "count", bar.count);
    }
}

namespace {

/// The keys of a rate, into the object that is open.
void rate_fields(Writer& writer, const RateInfo& rate) {
    field(writer, "window_bps", rate.window_bps);
    field(writer, "average_bps", rate.average_bps);
    field(writer, "min_bps", rate.min_bps);
    field(writer, "max_bps", rate.max_bps);
}

void gaps(Writer& writer, const InterArrival& gaps) {
    const Object object(writer);
    field(writer, "count", gaps.count);
    if (gaps.count == 0) return;
    field(writer, "min_us", gaps.min_us);
    field(writer, "mean_us", gaps.mean_us);
    field(writer, "p50_us", gaps.p50_us);
    field(writer, "p99_us", gaps.p99_us);
    field(writer, "max_us", gaps.max_us);
}

}  // namespace

void value(Writer& writer, const RateInfo& rate) {
    const Object object(writer);
    rate_fields(writer, rate);
}

void value(Writer& writer, const MuxRateInfo& rate) {
    const Object object(writer);
    field(writer, "arrival", rate.arrival);
    field_if_known(writer, "pcr_bps", rate.pcr_bps);
    field_if_known(writer, "pcr_window_bps", rate.pcr_window_bps);
    field(writer, "constant_rate", rate.constant_rate);
    field_if_known(writer, "peak_10ms_bps", rate.peak_10ms_bps);
    field_if_known(writer, "peak_100ms_bps", rate.peak_100ms_bps);
    field(writer, "null_share", rate.null_share);
    field(writer, "null_share_window", rate.null_share_window);
}

void value(Writer& writer, const PcrInfo& pcr) {
    const Object object(writer);
    field(writer, "pid", pcr.pid);
    field(writer, "count", pcr.count);
    field(writer, "first_27mhz", pcr.first_ticks);
    field(writer, "last_27mhz", pcr.last_ticks);
    field(writer, "interval_ms", pcr.interval_ms);
    field(writer, "interval_histogram_ms", pcr.interval_histogram_ms);
    field(writer, "repetition_errors", pcr.repetition_errors);
    field(writer, "repetition_over_40ms", pcr.repetition_over_40ms);
    field(writer, "discontinuity_errors", pcr.discontinuity_errors);
    field(writer, "announced_discontinuities", pcr.announced_discontinuities);
    field(writer, "accuracy_ns", pcr.accuracy_ns);
    field(writer, "accuracy_errors", pcr.accuracy_errors);
    field(writer, "overall_jitter_us", pcr.overall_jitter_us);
    field(writer, "frequency_offset_ppm", pcr.frequency_offset_ppm);
    field(writer, "drift_ppm_per_hour", pcr.drift_ppm_per_hour);
}

void value(Writer& writer, const TimestampInfo& timestamps) {
    const Object object(writer);
    field(writer, "pes_packets", timestamps.pes_packets);
    field(writer, "invalid_pes", timestamps.invalid_pes);
    field(writer, "pes_stream_id", timestamps.pes_stream_id);
    field(writer, "pts_count", timestamps.pts_count);
    field(writer, "dts_count", timestamps.dts_count);
    field(writer, "first_pts_90khz", timestamps.first_pts);
    field(writer, "last_pts_90khz", timestamps.last_pts);
    field(writer, "first_dts_90khz", timestamps.first_dts);
    field(writer, "last_dts_90khz", timestamps.last_dts);
    field(writer, "pts_jumps", timestamps.pts_jumps);
    field(writer, "dts_jumps", timestamps.dts_jumps);
    field(writer, "pts_interval_max_ns", timestamps.pts_interval_max_ns);
    field(writer, "decode_margin_ms", timestamps.decode_margin_ms);
    field(writer, "presentation_margin_ms", timestamps.presentation_margin_ms);
}

void value(Writer& writer, const ArrivalInfo& arrival) {
    const Object object(writer);
    field(writer, "datagrams", arrival.datagrams);
    field(writer, "merged_datagrams", arrival.merged_datagrams);
    key(writer, "inter_arrival");
    gaps(writer, arrival.run);
    key(writer, "inter_arrival_window");
    gaps(writer, arrival.window);
    field(writer, "histogram_us", arrival.histogram_us);
    field(writer, "packets_per_datagram_min", arrival.packets_per_datagram_min);
    field(writer, "packets_per_datagram_mean", arrival.packets_per_datagram_mean);
    field(writer, "packets_per_datagram_max", arrival.packets_per_datagram_max);
    if (arrival.rtp) {
        key(writer, "rtp");
        const Object rtp(writer);
        field(writer, "lost", arrival.rtp->lost);
        field(writer, "reordered", arrival.rtp->reordered);
        field(writer, "duplicated", arrival.rtp->duplicated);
    }
    field(writer, "delay_factor_ms", arrival.delay_factor_ms);
    field(writer, "delay_factor_max_ms", arrival.delay_factor_max_ms);
    field(writer, "media_loss_rate_pps", arrival.media_loss_rate);
    field(writer, "media_loss_rate_max_pps", arrival.media_loss_rate_max);
}

}  // namespace muxtap::analyzer::json
