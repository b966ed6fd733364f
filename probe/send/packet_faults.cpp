#include "probe/send/packet_faults.h"

#include <algorithm>

#include "common/ts/clock_fields.h"

namespace muxtap::send {
namespace {

FaultRecord record_of(FaultKind kind, const SourcePacket& source, std::int64_t detail = 0) {
    FaultRecord record;
    record.kind = kind;
    record.packet = source;
    record.detail = detail;
    return record;
}

}  // namespace

PacketFaults::PacketFaults(const FaultPlan& plan)
    : drop_(plan.selector(FaultKind::drop)),
      duplicate_(plan.selector(FaultKind::duplicate)),
      corrupt_sync_(plan.selector(FaultKind::corrupt_sync)),
      tei_(plan.selector(FaultKind::tei)),
      sync_values_(~plan.seed_of(FaultKind::corrupt_sync)),
      pcr_jump_(plan.pcr_jump) {}

PacketFaults::Verdict PacketFaults::apply(const SourcePacket& source, std::span<std::uint8_t, ts::packet_size> packet,
                                          std::vector<FaultRecord>& records) {
    // Each is asked about every packet, so that its numbers count them all.
    const bool drop = drop_.next(source.pid);
    const bool duplicate = duplicate_.next(source.pid);
    const bool corrupt = corrupt_sync_.next(source.pid);
    const bool tei = tei_.next(source.pid);
    if (drop) return {.drop = true};
    if (pcr_jump_) jump(source, packet, records);
    // An indicator that is already set cannot be injected.
    if (tei && (packet[1] & 0x80U) == 0) {
        packet[1] |= 0x80U;
        records.push_back(record_of(FaultKind::tei, source));
    }
    if (corrupt && packet[0] == ts::sync_byte) {
        const auto flipped_bits = static_cast<std::uint8_t>(sync_values_() % 255 + 1);
        packet[0] ^= flipped_bits;
        records.push_back(record_of(FaultKind::corrupt_sync, source, packet[0]));
    }
    return {.duplicate = duplicate};
}

void PacketFaults::jump(const SourcePacket& source, std::span<std::uint8_t, ts::packet_size> packet,
                        std::vector<FaultRecord>& records) {
    if (source.number < pcr_jump_->packet || !source.pid) return;
    if (pcr_jump_->pid && pcr_jump_->pid != source.pid) return;
    const auto view = ts::PacketView::parse(packet);
    if (!view) return;
    const auto pcr = ts::ClockFields::find(*view).pcr;
    if (!pcr) return;
    ts::shift_clock(packet, *pcr, pcr_jump_->by);
    // The list names where the jump is: the first PCR of each PID that is elsewhere.
    if (std::find(jumped_.begin(), jumped_.end(), *source.pid) != jumped_.end()) return;
    jumped_.push_back(*source.pid);
    records.push_back(record_of(FaultKind::pcr_jump, source, pcr_jump_->by.count()));
}

}  // namespace muxtap::send
