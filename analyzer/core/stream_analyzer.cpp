#include "analyzer/core/stream_analyzer.h"

#include <algorithm>

namespace muxtap::analyzer {

Analyzer::Analyzer(const AnalyzerOptions& options) : impl_(std::make_unique<Impl>(options)) {}
Analyzer::~Analyzer() = default;
Analyzer::Analyzer(Analyzer&&) noexcept = default;
Analyzer& Analyzer::operator=(Analyzer&&) noexcept = default;

void Analyzer::add(const PacketBlock& block) {
    impl_->add(block);
}
void Analyzer::advance(UnixTime now) {
    impl_->advance(now);
}
void Analyzer::set_rtp(const RtpTotals& totals) {
    impl_->set_rtp(totals);
}
Report Analyzer::report() const {
    return impl_->report();
}
std::vector<Event> Analyzer::events() {
    return impl_->events();
}

Analyzer::Impl::Impl(const AnalyzerOptions& options)
    : options_(options),
      si_(options.caps),
      log_(options.caps.pending_events, options.caps.pending_event_bytes),
      clocks_(options.caps.clocks),
      elementary_streams_(options.caps.elementary_streams),
      section_pids_(options.caps.section_pids),
      splice_pids_(options.caps.splice_pids),
      rules_(options, log_.pending()) {
    measured(IndicatorId::continuity_count_error, true);
    measured(IndicatorId::transport_error, true);
}

void Analyzer::Impl::add(const PacketBlock& block) {
    const std::size_t packets = block.packets();
    BlockTimes times(block);
    block_ = &block;
    times_ = &times;
    if (block.timed && packets > 0) start_clock(times.at(0));
    take_losses(block);
    block_position_ = position_;
    mark_ = 0;
    before_mark_ = 0;

    std::size_t at = 0;
    while (at < packets) {
        const bool timed = block.timed && first_time_.has_value();
        const std::size_t until = timed ? times.packets_before(next_tick_, at) : packets;
        take_datagrams(block, until);
        scan(block, at, until);
        if (timed && until > at) last_packet_time_ = times.at(until - 1);
        at = until;
        if (rules_.in_shadow()) count_good(position_);
        if (at < packets) tick_to(times.at(at));
    }
    finish_block(block);
    block_ = nullptr;
    times_ = nullptr;
}

void Analyzer::Impl::start_clock(UnixTime time) {
    if (first_time_) return;
    first_time_ = time;
    now_ = time;
    last_packet_time_ = time;
    next_tick_ = time + tick_length;
    rates_.start(time);
    rules_.tick(time, position_, {});
}

void Analyzer::Impl::take_losses(const PacketBlock& block) {
    const LossBefore& before = block.before;
    const UnixTime time = block.timed && block.packets() > 0 ? times_->at(0) : now_;
    if (before.capture_loss) {
        ++totals_.capture_losses;
        totals_.captured_packets_lost += before.captured_packets_lost;
        ++breaks_;
        loss_position_ = position_;
        capture_lost_ = true;
        rules_.on_capture_loss(time);
        arrivals_.capture_loss();
        Event lost;
        lost.kind = EventKind::capture_loss;
        lost.time = time;
        lost.packet = position_;
        lost.text = "the capture lost packets";
        lost.count = before.captured_packets_lost;
        log_.add(std::move(lost));
    }
    totals_.rejected.add(before.rejected);
    const std::uint64_t damaged = before.rejected.total() - before.rejected.of(ts::RejectReason::not_ts);
    if (damaged > 0) {
        damage_.add_unidentified(position_, damaged);
        rules_.on_bad_sync(before.rejected.of(ts::RejectReason::sync_byte), time, position_ + damaged);
        position_ += damaged;
        good_up_to_ = position_;
    }
    if (before.skipped_bytes > 0) {
        totals_.skipped_bytes += before.skipped_bytes;
        ++breaks_;
        rules_.on_skipped_bytes(before.skipped_bytes, time, position_);
    }
}

void Analyzer::Impl::scan(const PacketBlock& block, std::size_t from, std::size_t to) {
    const std::uint8_t* bytes = block.bytes.data() + from * block.stride;
    const std::size_t count = to - from;
    if (count == 0) return;
    ts::Pid* pids = buffers_.room(position_, count);
    scan_packets(bytes, count, block.stride, position_, pids_.slots(), pids, *this);
    position_ += count;
}

void Analyzer::Impl::finish_block(const PacketBlock& block) {
    const std::size_t packets = block.packets();
    count_good(position_);
    // A block of few packets must not cost a look at all PIDs.
    if (packets < pids_.seen().size()) {
        for (std::size_t i = 0; i < packets; ++i) {
            const ts::Pid pid = PacketHeader::load(block.bytes.data() + i * block.stride).pid();
            PidState* state = pids_.find(pid);
            if (state != nullptr && pids_.slot(pid).last_position == block_position_ + i) note_last(*state);
        }
    } else {
        for (PidState* state : pids_.seen()) note_last(*state);
    }
    if (block.timed && packets > 0) {
        now_ = std::max(now_, times_->end());
        tick_to(now_);
    }
}

void Analyzer::Impl::note_last(PidState& state) {
    const PidSlot& slot = pids_.slot(state.pid);
    if (slot.packets == 0 || slot.last_position < block_position_) return;
    note_time(state, slot);
    // The next packet of a PID may be a duplicate of its last one, whose bytes are gone by then.
    const auto number = static_cast<std::size_t>(slot.last_position - block_position_);
    std::copy_n(block_->bytes.data() + number * block_->stride, ts::packet_size, state.last_packet.begin());
}

void Analyzer::Impl::note_times() {
    for (PidState* state : pids_.seen()) note_time(*state, pids_.slot(state->pid));
}

void Analyzer::Impl::note_time(PidState& state, const PidSlot& slot) {
    if (!block_->timed || slot.packets == state.packets_timed || slot.last_position < block_position_) return;
    state.packets_timed = slot.packets;
    state.last = time_at(slot.last_position);
}

void Analyzer::Impl::count_good(std::uint64_t position) {
    if (position <= good_up_to_) return;
    const SyncRule& sync = rules_.sync();
    // Sync is regained with the packet that does it, whenever it is looked at.
    const std::uint64_t last = sync.in_shadow() ? std::min(position, good_up_to_ + sync.good_wanted()) : position;
    if (sync.wants_good()) rules_.on_good(last - good_up_to_, block_->timed ? time_at(last - 1) : now_);
    good_up_to_ = position;
}

void Analyzer::Impl::advance(UnixTime now) {
    if (!first_time_) return;
    if (now <= now_) return;
    tick_to(now);
    now_ = now;
}

void Analyzer::Impl::set_rtp(const RtpTotals& totals) {
    arrivals_.set_rtp(totals);
}

std::vector<Event> Analyzer::Impl::events() {
    tell_limits(now_);
    return log_.take();
}

}  // namespace muxtap::analyzer
