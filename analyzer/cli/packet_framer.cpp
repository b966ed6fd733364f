#include "analyzer/cli/packet_framer.h"

#include <algorithm>
#include <array>
#include <optional>

namespace muxtap::analyze {
namespace {

/// Good sync bytes in a row that regain sync, bad ones that lose it (TR 101 290, 5.2.1, indicator 1.1).
constexpr std::size_t syncs_to_regain = 5;
constexpr std::size_t longest_stride = 204;
/// Of undamaged packets so many share one look at a sync byte: a shift of fewer packets and back again is not noticed
/// here, but as bad sync bytes by the analyzer.
constexpr std::size_t packets_per_look = 16;

/// How many of `most` places from `at` on hold a sync byte one after the other.
std::size_t syncs_in_a_row(ByteView bytes, std::size_t at, std::size_t stride, std::size_t most) {
    std::size_t count = 0;
    for (; count < most && at < bytes.size() && bytes[at] == ts::sync_byte; at += stride) ++count;
    return count;
}

/// How many of the next 16 places hold one.
std::size_t syncs_ahead(ByteView bytes, std::size_t at, std::size_t stride) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < 16 && at < bytes.size(); ++i, at += stride) count += bytes[at] == ts::sync_byte ? 1 : 0;
    return count;
}

/// Whether packets stand at `at`: five sync bytes, at the end of a file all that there is room for, and at least
/// `fewest`.
bool packets_at(ByteView bytes, std::size_t at, std::size_t stride, bool last, std::size_t fewest) {
    if (at + ts::packet_size > bytes.size()) return false;
    const std::size_t room = (bytes.size() - at - ts::packet_size) / stride + 1;
    const std::size_t wanted = last ? std::min(room, syncs_to_regain) : syncs_to_regain;
    return wanted >= fewest && syncs_in_a_row(bytes, at, stride, wanted) == wanted;
}

/// A first place and the distance to the next one to look at.
struct Places {
    std::size_t first = 0;
    std::size_t step = 1;
    std::size_t end = 0;
    std::size_t fewest = 1;
};

std::optional<std::size_t> first_packets(ByteView bytes, const Places& places, std::size_t stride, bool last) {
    for (std::size_t at = places.first; at < places.end; at += places.step)
        if (bytes[at] == ts::sync_byte && packets_at(bytes, at, stride, last, places.fewest)) return at;
    return std::nullopt;
}

}  // namespace

PacketFramer::Step PacketFramer::next(ByteView bytes, bool last) {
    if (bytes.empty()) return {};
    if (stride_ == 0) return find_start(bytes, last);
    if (bytes.size() < stride_) return last ? end_of_file(bytes) : Step{};
    // A packet is known to be whole when the sync byte behind it is in sight: before that it may have been cut off.
    const std::size_t packets = last ? bytes.size() / stride_ : (bytes.size() - 1) / stride_;
    const std::size_t places = last ? packets : packets + 1;
    if (packets == 0) return {};
    const auto good = [&](std::size_t place) { return bytes[place * stride_] == ts::sync_byte; };

    bool all_good = good(places - 1);
    for (std::size_t place = 0; place < places && all_good; place += packets_per_look) all_good = good(place);
    if (all_good) return {.verdict = Verdict::packets, .bytes = packets * stride_};

    std::size_t place = 0;
    while (place + 1 < places && (good(place) || good(place + 1))) ++place;
    const bool lost_sync = place + 1 < places;
    if (!lost_sync && last) return {.verdict = Verdict::packets, .bytes = packets * stride_};
    // The packet before the first bad one is part of the question.
    const std::size_t before = place > 0 ? place - 1 : 0;
    if (before > 0) return {.verdict = Verdict::packets, .bytes = before * stride_};
    return lost_sync ? regain(bytes, last) : Step{};
}

PacketFramer::Step PacketFramer::find_start(ByteView bytes, bool last) {
    constexpr std::array<std::size_t, 3> strides = {ts::packet_size, 192, 204};
    constexpr std::size_t needed = syncs_to_regain * longest_stride;
    if (!last && bytes.size() <= needed) return {};
    const std::size_t end = last ? bytes.size() : bytes.size() - needed;
    for (std::size_t at = 0; at < end; ++at) {
        if (bytes[at] != ts::sync_byte) continue;
        for (const std::size_t stride : strides) {
            // A file of few packets is nothing but packets; behind other bytes it takes more to believe in them.
            const bool whole_file = last && at == (stride == 192 ? 4U : 0U);
            const bool one_packet = bytes.size() - at == ts::packet_size || bytes.size() - at == stride;
            if (!packets_at(bytes, at, stride, whole_file, whole_file && one_packet ? 1 : 2)) continue;
            stride_ = stride;
            return at == 0 ? next(bytes, last) : Step{.verdict = Verdict::skip, .bytes = at};
        }
    }
    return {.verdict = Verdict::skip, .bytes = end};
}

/// Sync is lost at the first packet or behind it: do the packets go on at their places, or elsewhere?
PacketFramer::Step PacketFramer::regain(ByteView bytes, bool last) const {
    const bool first_is_good = bytes[0] == ts::sync_byte;
    const std::size_t end = bytes.size();
    const auto in_place =
        first_packets(bytes, {.first = stride_, .step = stride_, .end = end, .fewest = 1}, stride_, last);
    auto elsewhere =
        first_packets(bytes, {.first = 1, .step = 1, .end = in_place.value_or(end), .fewest = 3}, stride_, last);
    if (elsewhere && *elsewhere % stride_ == 0) elsewhere.reset();
    if (in_place && elsewhere) {
        // A payload may look like sync bytes: behind the damage the places that more of them speak for are right.
        const std::size_t beyond = *elsewhere + (*in_place - *elsewhere + stride_ - 1) / stride_ * stride_;
        if (syncs_ahead(bytes, *in_place, stride_) >= syncs_ahead(bytes, beyond, stride_)) elsewhere.reset();
    }
    if (elsewhere) {
        if (first_is_good && *elsewhere < ts::packet_size)
            return {.verdict = Verdict::skip, .bytes = *elsewhere, .truncated = true};
        const std::size_t whole = *elsewhere / stride_ * stride_;
        if (whole > 0) return {.verdict = Verdict::packets, .bytes = whole};
        return {.verdict = Verdict::skip, .bytes = *elsewhere};
    }
    if (in_place) return {.verdict = Verdict::packets, .bytes = *in_place};
    if (last) return {.verdict = Verdict::packets, .bytes = bytes.size() / stride_ * stride_};
    // Nothing in sight: bytes that cannot be part of what follows are damaged packets at their places.
    const std::size_t kept = (syncs_to_regain + 1) * stride_;
    if (bytes.size() < 8 * kept) return {};
    return {.verdict = Verdict::packets, .bytes = (bytes.size() - kept) / stride_ * stride_};
}

/// Less than a stride is left.
PacketFramer::Step PacketFramer::end_of_file(ByteView bytes) const noexcept {
    if (bytes.size() >= ts::packet_size) return {.verdict = Verdict::packets, .bytes = bytes.size()};
    return {.verdict = Verdict::skip, .bytes = bytes.size(), .truncated = true};
}

}  // namespace muxtap::analyze
