#include "analyzer/packets/continuity.h"

#include <algorithm>

namespace muxtap::analyzer {

namespace {

ts::PacketView::Bytes packet_bytes(const std::uint8_t* packet) noexcept {
    return ts::PacketView::Bytes(packet, ts::packet_size);
}

}  // namespace

bool is_same_packet(const ts::PacketView& earlier, const ts::PacketView& later) noexcept {
    const ts::ClockFields clocks = ts::ClockFields::find(earlier);
    if (clocks.pcr != ts::ClockFields::find(later).pcr || clocks.opcr != ts::ClockFields::find(later).opcr) {
        return false;
    }
    std::size_t from = 0;
    const auto same_up_to = [&](std::size_t to) {
        const bool same = std::equal(earlier.bytes().begin() + static_cast<std::ptrdiff_t>(from),
                                     earlier.bytes().begin() + static_cast<std::ptrdiff_t>(to),
                                     later.bytes().begin() + static_cast<std::ptrdiff_t>(from));
        from = to + ts::ClockFields::size;
        return same;
    };
    if (clocks.pcr && !same_up_to(*clocks.pcr)) return false;
    if (clocks.opcr && !same_up_to(*clocks.opcr)) return false;
    return same_up_to(ts::packet_size);
}

ContinuityVerdict judge_continuity(const PidSlot& slot, const PacketHeader& header, const std::uint8_t* packet,
                                   const std::uint8_t* previous) noexcept {
    if ((slot.attention & PidSlot::not_seen) != 0) return {Continuity::first, 0};
    if (slot.counter_difference(header) == 0) return {Continuity::in_order, 0};
    if ((header.adaptation_flags() & PacketHeader::discontinuity_flag) != 0) return {Continuity::announced, 0};

    const unsigned last = slot.state & PidSlot::counter_mask;
    const bool equal_counter = header.continuity_counter() == last;
    if (equal_counter && header.has_payload() != 0 && (slot.state & PidSlot::had_payload) != 0) {
        bool same = true;
        if (previous != nullptr) {
            const auto earlier = ts::PacketView::parse(packet_bytes(previous));
            const auto later = ts::PacketView::parse(packet_bytes(packet));
            same = earlier && later && is_same_packet(*earlier, *later);
        }
        if (same) {
            const bool second_time = (slot.state & PidSlot::was_duplicate) == 0;
            return {second_time ? Continuity::duplicate : Continuity::repeated, 0};
        }
    }
    const unsigned expected = last + header.has_payload();
    return {Continuity::lost, static_cast<std::uint8_t>((header.continuity_counter() - expected) & 15U)};
}

}  // namespace muxtap::analyzer
