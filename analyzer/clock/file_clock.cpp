#include "analyzer/clock/file_clock.h"

#include <algorithm>

namespace muxtap::analyzer {

namespace {

constexpr std::int64_t ticks_per_second = ts::Pcr::ticks_per_second;
/// Some 200 years: keeps nanoseconds in range, whatever PCRs say.
constexpr std::int64_t most_ticks = ticks_per_second * 200 * 365 * 86'400;
constexpr unsigned steps_to_trust = 2;

UnixTime to_time(std::int64_t ticks) noexcept {
    return from_unix_ns(ticks / 27 * 1000 + ticks % 27 * 1000 / 27);
}

bool regular(std::int64_t step) noexcept {
    return step > 0 && step <= ticks_per_second;
}

}  // namespace

FileClock::FileClock(const FileClockSettings& settings) noexcept
    : settings_(settings),
      start_packets_(settings.start_bytes / ts::packet_size),
      hold_packets_(std::max<std::uint64_t>(1, settings.hold_bytes / ts::packet_size)) {}

std::size_t FileClock::time(ByteView piece, std::size_t stride, bool last, std::vector<FileSegment>& out) {
    if (piece.size() < ts::packet_size) return 0;
    const Piece packets{
        .bytes = piece, .stride = stride, .packets = (piece.size() - ts::packet_size) / stride + 1, .out = out};
    if (settings_.bitrate.value_or(0) > 0) {
        emit_fixed(packets);
    } else {
        if (!untimed_ && !reference_ && !choose(packets, last)) return 0;
        if (!untimed_) {
            follow(packets);
            if (last && rate_known() && emitted_ < base_ + packets.packets)
                emit_until(packets, base_ + packets.packets, at_rate(base_ + packets.packets));
        }
        if (untimed_ || (last && !rate_known())) {
            out.push_back({.first = 0, .packets = packets.packets, .timed = false});
            emitted_ = base_ + packets.packets;
        }
    }
    const auto taken = static_cast<std::size_t>(emitted_ - base_);
    base_ = emitted_;
    return taken;
}

bool FileClock::choose(const Piece& piece, bool last) {
    const std::uint64_t limit = std::min<std::uint64_t>(base_ + piece.packets, start_packets_);
    while (scanned_ < limit && !reference_) {
        const auto found = find_pcr(piece.bytes, piece.stride, static_cast<std::size_t>(scanned_ - base_),
                                    static_cast<std::size_t>(limit - base_));
        scanned_ = found ? base_ + found->packet + 1 : limit;
        Candidate* const known = found ? candidate(found->pid) : nullptr;
        if (known == nullptr) continue;
        const std::int64_t step = found->pcr.ticks_since(known->last);
        const bool good = known->seen && !found->discontinuity_indicator && regular(step);
        if (!known->seen || step != 0) known->good_steps = good ? known->good_steps + 1 : 0;
        known->seen = true;
        known->last = found->pcr;
        if (known->good_steps >= steps_to_trust) reference_ = known->pid;
    }
    const bool decide = last || scanned_ >= start_packets_;
    if (!reference_ && !decide) return false;
    for (std::size_t i = 0; i < candidate_count_ && !reference_; ++i)
        if (candidates_[i].good_steps > 0) reference_ = candidates_[i].pid;
    untimed_ = !reference_;
    scanned_ = base_;  // once more, now that it is known whose PCRs count
    candidate_count_ = 0;
    return true;
}

FileClock::Candidate* FileClock::candidate(ts::Pid pid) noexcept {
    for (std::size_t i = 0; i < candidate_count_; ++i)
        if (candidates_[i].pid == pid) return &candidates_[i];
    if (candidate_count_ == most_candidates) return nullptr;
    candidates_[candidate_count_] = Candidate{.pid = pid};
    return &candidates_[candidate_count_++];
}

void FileClock::follow(const Piece& piece) {
    const std::uint64_t end = base_ + piece.packets;
    while (scanned_ < end) {
        const auto found =
            find_pcr(piece.bytes, piece.stride, static_cast<std::size_t>(scanned_ - base_), piece.packets);
        if (!found) {
            scanned_ = end;
            break;
        }
        const std::uint64_t packet = base_ + found->packet;
        scanned_ = packet + 1;
        release_until(piece, packet);
        if (found->pid == *reference_) {
            on_reference(piece, *found, packet);
        } else {
            on_other(piece, *found, packet);
        }
    }
    release_until(piece, end);
}

void FileClock::on_reference(const Piece& piece, const FoundPcr& found, std::uint64_t packet) {
    ++generation_;
    if (!anchor_) {
        anchor_ = Anchor{.packet = packet, .ticks = 0, .pcr = found.pcr};
        return;
    }
    const std::int64_t step = found.pcr.ticks_since(anchor_->pcr);
    if (step == 0 && !found.discontinuity_indicator) return;  // said again
    if (regular(step) && !found.discontinuity_indicator) {
        const std::uint64_t packets = packet - anchor_->packet;
        if (!rate_known()) first_interval(piece, step, packets);
        note_rate(step, packets);
        move_anchor(piece, {.packet = packet, .ticks = anchor_->ticks + step, .pcr = found.pcr});
    } else if (!rate_known()) {
        anchor_ = Anchor{.packet = packet, .ticks = 0, .pcr = found.pcr};
    } else {
        move_anchor(piece, {.packet = packet, .ticks = at_rate(packet), .pcr = found.pcr});
    }
}

void FileClock::note_rate(std::int64_t ticks, std::uint64_t packets) noexcept {
    if (second_.ticks >= ticks_per_second) {
        before_ = second_;
        second_ = {};
    }
    second_.ticks += ticks;
    second_.packets += static_cast<std::int64_t>(packets);
}

void FileClock::first_interval(const Piece& piece, std::int64_t step, std::uint64_t packets) {
    anchor_->ticks = static_cast<std::int64_t>(anchor_->packet) * step / static_cast<std::int64_t>(packets);
    emit_until(piece, anchor_->packet, anchor_->ticks);
}

void FileClock::on_other(const Piece& piece, const FoundPcr& found, std::uint64_t packet) {
    Candidate* const other = candidate(found.pid);
    if (other == nullptr || !rate_known()) return;
    const std::int64_t step = found.pcr.ticks_since(other->since);
    const bool goes_on = other->generation == generation_ && !found.discontinuity_indicator &&
                         regular(found.pcr.ticks_since(other->last));
    other->last = found.pcr;
    if (!goes_on) {
        other->generation = generation_;
        other->since = found.pcr;
        other->since_packet = packet;
        return;
    }
    if (step <= ticks_per_second) return;
    // The reference has ended. Since then this one knows how much time passed.
    const std::int64_t ticks = at_rate(other->since_packet) + step;
    reference_ = other->pid;
    ++generation_;
    note_rate(step, packet - other->since_packet);
    move_anchor(piece, {.packet = packet, .ticks = ticks, .pcr = found.pcr});
}

std::int64_t FileClock::at_rate(std::uint64_t packet) const noexcept {
    const auto packets = static_cast<std::int64_t>(packet - anchor_->packet);
    // In parts, so that no file is too long.
    const Rate rate{.ticks = second_.ticks + before_.ticks, .packets = second_.packets + before_.packets};
    return anchor_->ticks + packets / rate.packets * rate.ticks + packets % rate.packets * rate.ticks / rate.packets;
}

void FileClock::move_anchor(const Piece& piece, const Anchor& to) {
    emit_until(piece, to.packet, to.ticks);
    anchor_ = to;
    anchor_->ticks = std::min(to.ticks, most_ticks);
}

void FileClock::release_until(const Piece& piece, std::uint64_t packet) {
    if (!rate_known()) return;
    while (packet - emitted_ > hold_packets_) {
        const std::uint64_t until = emitted_ + hold_packets_;
        emit_until(piece, until, at_rate(until));
    }
}

void FileClock::emit_until(const Piece& piece, std::uint64_t packet, std::int64_t ticks) {
    // Packets that went out early may have been given more time than their clock then shows.
    const std::int64_t until = std::clamp(ticks, floor_, std::max(floor_, most_ticks));
    if (packet > emitted_) {
        piece.out.push_back({.first = static_cast<std::size_t>(emitted_ - base_),
                             .packets = static_cast<std::size_t>(packet - emitted_),
                             .timed = true,
                             .begin = to_time(floor_),
                             .end = to_time(until)});
        emitted_ = packet;
    }
    floor_ = until;
}

void FileClock::emit_fixed(const Piece& piece) {
    // Whole seconds apart, so that nothing overflows: bits that have passed, by the rate.
    const auto at = [rate = *settings_.bitrate](std::uint64_t packet) {
        const std::uint64_t bits = packet * ts::packet_size * 8;
        const std::uint64_t part = bits % rate;
        const double nanoseconds = static_cast<double>(part) * 1e9 / static_cast<double>(rate);
        return from_unix_ns(static_cast<std::int64_t>(std::min<std::uint64_t>(bits / rate, 9'000'000'000)) *
                                1'000'000'000 +
                            static_cast<std::int64_t>(nanoseconds));
    };
    piece.out.push_back(
        {.first = 0, .packets = piece.packets, .timed = true, .begin = at(base_), .end = at(base_ + piece.packets)});
    emitted_ = base_ + piece.packets;
}

}  // namespace muxtap::analyzer
