#include "probe/send/datagram_faults.h"

#include <algorithm>

namespace muxtap::send {
namespace {

FaultRecord record_of(FaultKind kind, const Datagram& datagram, std::int64_t detail = 0) {
    FaultRecord record;
    record.kind = kind;
    record.datagram = datagram.number;
    record.datagram_packets = datagram.packet_count();
    record.due = datagram.due;
    record.detail = detail;
    return record;
}

}  // namespace

DatagramFaults::DatagramFaults(DatagramSource& inner, const FaultPlan& plan)
    : inner_(inner),
      drop_(plan.selector(FaultKind::drop_datagram)),
      reorder_(plan.selector(FaultKind::reorder)),
      jitter_(plan.jitter),
      delays_(plan.seed_of(FaultKind::jitter)) {}

bool DatagramFaults::next(Datagram& datagram) {
    if (holding_) {
        std::swap(datagram, held_);
        holding_ = false;
    } else {
        if (!pull(datagram)) return false;
        if (wants_reorder_) {
            std::swap(datagram, held_);
            holding_ = pull(datagram);
            if (holding_) {
                held_.due = datagram.due;
                held_.faults.push_back(
                    record_of(FaultKind::reorder, held_, static_cast<std::int64_t>(datagram.number)));
            } else {
                std::swap(datagram, held_);  // it was the last: there is nothing to swap it with
            }
        }
    }
    if (jitter_) delay(datagram);
    return true;
}

/// The next datagram that is not left out, with the records of those before it that were.
bool DatagramFaults::pull(Datagram& datagram) {
    while (!ended_ && inner_.next(datagram)) {
        const bool drop = drop_.next();
        wants_reorder_ = reorder_.next();
        if (!drop) {
            datagram.faults.insert(datagram.faults.begin(), orphans_.begin(), orphans_.end());
            orphans_.clear();
            return true;
        }
        leave_out(datagram);
    }
    const auto rest = ended_ ? std::span<const FaultRecord>{} : inner_.rest();
    orphans_.insert(orphans_.end(), rest.begin(), rest.end());
    ended_ = true;
    return false;
}

void DatagramFaults::leave_out(Datagram& datagram) {
    for (FaultRecord& record : datagram.faults) {
        record.lost = true;
        orphans_.push_back(record);
    }
    orphans_.push_back(record_of(FaultKind::drop_datagram, datagram));
}

void DatagramFaults::delay(Datagram& datagram) {
    const auto choices = static_cast<std::uint64_t>(jitter_->count()) + 1;
    const std::chrono::nanoseconds wanted = datagram.due + std::chrono::nanoseconds(delays_() % choices);
    const std::chrono::nanoseconds planned = datagram.due;
    datagram.due = std::max(wanted, last_due_);  // a late datagram holds up those behind it
    last_due_ = datagram.due;
    const std::chrono::nanoseconds late = datagram.due - planned;
    if (late.count() > 0) datagram.faults.push_back(record_of(FaultKind::jitter, datagram, late.count()));
}

}  // namespace muxtap::send
