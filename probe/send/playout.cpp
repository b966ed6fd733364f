#include "probe/send/playout.h"

#include <algorithm>

namespace muxtap::send {

using std::chrono::nanoseconds;

Playout::Playout(const TsFile& file, const PcrSchedule& schedule, const Clock& clock, const Settings& settings)
    : file_(file),
      schedule_(schedule),
      cursor_(schedule),
      clock_(clock),
      settings_(settings),
      continuity_(file, clock.advance),
      rtp_(settings.faults.seed) {
    if (settings.faults.any()) faults_.emplace(settings.faults);
}

bool Playout::next(Datagram& datagram) {
    begin(datagram);
    while (datagram.packet_count() < settings_.packets_per_datagram) {
        if (!append_packet(datagram)) break;
    }
    if (datagram.packet_count() == 0) {
        rest_ = datagram.faults;
        return false;
    }
    finish(datagram);
    return true;
}

void Playout::begin(Datagram& datagram) const {
    datagram.header_size = settings_.rtp ? RtpWriter::header_size : 0;
    datagram.bytes.resize(datagram.header_size);
    datagram.faults.clear();
    datagram.number = datagrams_;
}

/// What is known only with the first packet: when it is due.
void Playout::finish(Datagram& datagram) {
    ++datagrams_;
    for (FaultRecord& record : datagram.faults) record.due = datagram.due;
    if (!settings_.rtp) return;
    const auto due = std::chrono::duration_cast<ts::PcrTicks>(datagram.due);
    const auto clock = ts::Pcr::from_ticks(clock_.first.ticks() + static_cast<std::uint64_t>(due.count()));
    rtp_.write(clock, std::span(datagram.bytes).first<RtpWriter::header_size>());
}

/// Moves on to the next packet of the play; false at its end.
bool Playout::find_next_packet() {
    if (index_ == file_.packet_count()) {
        index_ = 0;
        ++loop_;
    }
    if (settings_.loops != 0 && loop_ == settings_.loops) return false;
    packet_due_ = schedule_.duration() * static_cast<std::int64_t>(loop_) + cursor_.due(index_);
    return !settings_.longest || packet_due_ < *settings_.longest;
}

bool Playout::append_packet(Datagram& datagram) {
    if (copy_of_) {
        append_copy(datagram);
        return true;
    }
    for (;;) {
        if (!find_next_packet()) return false;
        const TsFile::Packet source = file_.packet(index_);
        if (datagram.packet_count() == 0) datagram.due = std::chrono::duration_cast<nanoseconds>(packet_due_);
        const std::size_t at = datagram.bytes.size();
        datagram.bytes.insert(datagram.bytes.end(), source.begin(), source.end());
        const std::span<std::uint8_t, ts::packet_size> packet(datagram.bytes.data() + at, ts::packet_size);
        continuity_.carry_on(loop_, index_, packet);
        const bool keep = !faults_ || inject(datagram, packet);
        ++index_;
        ++packets_;
        if (keep) return true;
        datagram.bytes.resize(at);
    }
}

/// Lets the faults at the packet that was appended last; false when it is to be left out.
bool Playout::inject(Datagram& datagram, std::span<std::uint8_t, ts::packet_size> packet) {
    SourcePacket source{packets_, loop_, index_, std::nullopt, 0};
    if (const auto view = ts::PacketView::parse(packet)) {
        source.pid = view->pid();
        source.continuity_counter = view->continuity_counter();
    }
    const std::size_t position = datagram.packet_count() - 1;
    const std::size_t known = datagram.faults.size();
    const PacketFaults::Verdict verdict = faults_->apply(source, packet, datagram.faults);
    if (verdict.drop) {
        FaultRecord record;
        record.kind = FaultKind::drop;
        record.packet = source;
        datagram.faults.push_back(record);
    }
    for (std::size_t i = known; i < datagram.faults.size(); ++i) place(datagram.faults[i], datagram, position);
    if (verdict.duplicate) {
        copy_of_ = source;
        std::copy(packet.begin(), packet.end(), copy_.begin());
    }
    return !verdict.drop;
}

void Playout::append_copy(Datagram& datagram) {
    if (datagram.packet_count() == 0) datagram.due = std::chrono::duration_cast<nanoseconds>(packet_due_);
    FaultRecord record;
    record.kind = FaultKind::duplicate;
    record.packet = copy_of_;
    place(record, datagram, datagram.packet_count());
    datagram.faults.push_back(record);
    datagram.bytes.insert(datagram.bytes.end(), copy_.begin(), copy_.end());
    copy_of_.reset();
}

void Playout::place(FaultRecord& record, const Datagram& datagram, std::size_t position) const {
    record.position = position;
    record.datagram = datagram.number;
}

}  // namespace muxtap::send
