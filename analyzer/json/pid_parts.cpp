#include "analyzer/json/fields.h"

namespace muxtap::analyzer::json {
namespace {

void value(Writer& writer, const PidCounters& counters) {
    const Object object(writer);
    field(writer, "packets", counters.packets);
    field(writer, "payload_packets", counters.payload_packets);
    field(writer, "unit_starts", counters.unit_starts);
    field(writer, "adaptation_fields", counters.adaptation_fields);
    field(writer, "pcrs", counters.pcrs);
    field(writer, "random_access", counters.random_access);
    field(writer, "discontinuity_indicators", counters.discontinuity_indicators);
    field(writer, "scrambled", counters.scrambled);
    field(writer, "invalid_scrambling", counters.invalid_scrambling);
    field(writer, "transport_errors", counters.transport_errors);
    field(writer, "continuity_errors", counters.continuity_errors);
    field(writer, "lost_packets", counters.lost_packets);
    field(writer, "reordered_packets", counters.reordered_packets);
    field(writer, "duplicates", counters.duplicates);
    field(writer, "capture_loss_gaps", counters.capture_loss_gaps);
}

}  // namespace

void value(Writer& writer, const PidReport& pid) {
    const Object object(writer);
    field(writer, "pid", pid.pid);
    field(writer, "use", key_name(pid.use));
    field(writer, "programs", pid.programs);
    key(writer, "counters");
    value(writer, pid.counters);
    field(writer, "first_ns", pid.first);
    field(writer, "last_ns", pid.last);
    field(writer, "rate", pid.rate);
    field(writer, "stream", pid.stream);
    field(writer, "timestamps", pid.timestamps);
    field(writer, "pcr", pid.pcr);
    field(writer, "sections", pid.sections);
}

void value(Writer& writer, const ts::RejectCounts& rejected) {
    const Object object(writer);
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        field(writer, ts::name_of(reason), rejected.of(reason));
    }
}

void value(Writer& writer, const TotalCounters& totals) {
    const Object object(writer);
    field(writer, "packets", totals.packets);
    field(writer, "null_packets", totals.null_packets);
    field(writer, "transport_errors", totals.transport_errors);
    field(writer, "continuity_errors", totals.continuity_errors);
    field(writer, "lost_packets", totals.lost_packets);
    field(writer, "reordered_packets", totals.reordered_packets);
    field(writer, "duplicates", totals.duplicates);
    field(writer, "rejected", totals.rejected);
    field(writer, "skipped_bytes", totals.skipped_bytes);
    field(writer, "capture_losses", totals.capture_losses);
    field(writer, "captured_packets_lost", totals.captured_packets_lost);
    field(writer, "sync_losses", totals.sync_losses);
}

}  // namespace muxtap::analyzer::json
