#include "common/ts/packet_locator.h"

#include <algorithm>
#include <array>
#include <utility>

#include "common/ts/packet_view.h"

namespace muxtap::ts {
namespace {

/// The packet stands behind 4 bytes of arrival time in 192-byte strides, and first in the others.
constexpr std::size_t lead_of(std::size_t stride) {
    return stride == 192 ? 4 : 0;
}

/// Two strides of the longest kind: packets that begin in so many bytes at the end of a block cannot be told yet.
constexpr std::size_t undecided = std::size_t{2} * 204;

/// Whether a packet at `at` is followed by another one at the stride, or ends with a block that nothing follows.
bool is_confirmed(ByteView block, std::size_t at, std::size_t stride, bool continuous) {
    if (block[at] != sync_byte) return false;
    const std::size_t next = at + stride;
    return next < block.size() ? block[next] == sync_byte : !continuous && at + packet_size <= block.size();
}

/// The first place from `from` on, and before `until`, where packets go on; the block's size when there is none.
std::size_t resynchronise(ByteView block, std::size_t from, std::size_t until, LocatorHint hint) {
    for (std::size_t at = from; at < until && at + packet_size <= block.size(); ++at) {
        if (is_confirmed(block, at, hint.stride, hint.continuous)) return at;
    }
    return block.size();
}

/// How many of the next places at the stride hold a sync byte, `at` being the first of them.
std::size_t sync_bytes_ahead(ByteView block, std::size_t at, std::size_t stride) {
    constexpr int most_places = 8;
    std::size_t count = 0;
    for (int i = 0; i < most_places && at < block.size(); ++i, at += stride) count += block[at] == sync_byte ? 1 : 0;
    return count;
}

/// Where packets go on behind the bad sync byte at `at`: at the stride, or elsewhere when bytes are missing or too
/// many. A payload holds 0x47 by chance, so the place that more sync bytes speak for is right.
std::size_t resume(ByteView block, std::size_t at, LocatorHint hint, bool synchronised_before) {
    const std::size_t stride = hint.stride;
    std::size_t on = at + stride;
    if (on >= block.size() ? synchronised_before : block[on] == sync_byte) return on;
    // In a datagram a few packets stand together or none; in a file anything may stand between.
    const auto goes_on = [&](std::size_t place) {
        if (hint.continuous) return is_confirmed(block, place, stride, true);
        return block[place] == sync_byte && (synchronised_before || sync_bytes_ahead(block, place, stride) > 1);
    };
    while (on < block.size() && !goes_on(on)) on += stride;
    const std::size_t off = resynchronise(block, at + 1, on, hint);
    const std::size_t for_on = sync_bytes_ahead(block, on, stride) + (synchronised_before ? 1 : 0);
    return off < on && sync_bytes_ahead(block, off, stride) > for_on ? off : on;
}

}  // namespace

std::size_t PacketLocator::walk(ByteView block, LocatorHint hint, Located& located) {
    const std::size_t stride = hint.stride;
    const std::size_t lead = lead_of(stride);
    // What a packet takes up from its sync byte on: in a continuous block its Reed-Solomon tail, too, must be there.
    const std::size_t extent = hint.continuous ? stride - lead : packet_size;
    located.offsets.clear();
    located.rejected = {};
    located.stride = stride;
    located.tail = block.size();
    std::size_t synchronised = 0;
    std::size_t first = block.size();
    std::size_t at = lead;
    while (at < block.size()) {
        const bool whole = at + extent <= block.size();
        if (!whole && (hint.continuous || block[at] == sync_byte)) {
            located.tail = at - lead;
            break;
        }
        if (!whole) {
            // Bytes behind the last packet that are no packet's beginning.
            located.rejected.add(RejectReason::truncated);
            break;
        }
        if (block[at] == sync_byte) {
            const RejectReason verdict = check_packet(&block[at]);
            if (verdict == RejectReason::accepted) {
                located.offsets.push_back(static_cast<std::uint32_t>(at));
            } else {
                located.rejected.add(verdict);
            }
            if (synchronised++ == 0) first = at;
            at += stride;
            continue;
        }
        std::size_t resumed = resume(block, at, hint, synchronised > 0);
        const bool undecided_rest = resumed >= block.size() && hint.continuous && at + stride < block.size();
        // What follows will confirm the sync byte that the last stride holds, or not.
        if (undecided_rest) resumed = std::max(at + 1, block.size() - stride);
        const std::size_t skipped = std::min(resumed, block.size()) - at;
        located.rejected.add(RejectReason::sync_byte, (skipped + stride - 1) / stride);
        at = resumed;
        if (undecided_rest) break;
    }
    // The next stride's first bytes are not done with, even where they are too few to hold its sync byte.
    if (hint.continuous) located.tail = std::min(located.tail, at - lead);
    const std::size_t room = block.size() / stride;
    const bool fills_block = block.size() == stride && !hint.continuous;
    const bool only_a_beginning = located.tail == 0 && !block.empty();
    const bool enough = synchronised >= 2 || (synchronised == 1 && first == lead && (fills_block || hint.proven)) ||
                        (hint.proven && only_a_beginning);
    located.is_ts = enough && (hint.continuous || synchronised * 2 >= room);
    return synchronised;
}

const Located& PacketLocator::locate(ByteView block, LocatorHint hint) {
    std::size_t most = walk(block, hint, best_);
    if (best_.is_ts && best_.rejected.total() == 0) return best_;
    for (const std::size_t stride : std::array<std::size_t, 3>{188, 204, 192}) {
        if (stride == hint.stride) continue;
        const std::size_t synchronised =
            walk(block, {.stride = stride, .proven = false, .continuous = hint.continuous}, candidate_);
        if (candidate_.is_ts && (!best_.is_ts || synchronised > most)) {
            std::swap(best_, candidate_);
            most = synchronised;
        }
    }
    if (!best_.is_ts) {
        best_.offsets.clear();
        best_.rejected = {};
        // The end of a continuous block may hold the first packets of what follows, and a short one nothing else.
        const bool too_little = hint.continuous && block.size() < 2 * undecided;
        best_.tail = too_little ? 0 : hint.continuous ? block.size() - undecided : block.size();
        if (!too_little) best_.rejected.add(RejectReason::not_ts);
    }
    return best_;
}

}  // namespace muxtap::ts
