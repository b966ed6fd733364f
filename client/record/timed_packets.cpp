#include "client/record/timed_packets.h"

#include <algorithm>

namespace muxtap::record {
namespace {

/// Far enough from the type's limit to add the longest segment.
constexpr std::int64_t last_ns = 7'200'000'000'000'000'000;

}  // namespace

UnixTime kept_in_range(std::int64_t time_ns) noexcept {
    return from_unix_ns(std::clamp<std::int64_t>(time_ns, 0, last_ns));
}

TimedPackets::TimedPackets(ByteView payload, std::int64_t first_ns,
                           std::span<const proto::DatagramEntry> datagrams) noexcept
    : payload_(payload), datagrams_(datagrams), first_(kept_in_range(first_ns)), last_(first_) {
    for_each_datagram([&](std::size_t, std::size_t, UnixTime time) {
        last_ = time;
        return true;
    });
}

UnixTime TimedPackets::later(UnixTime time, std::int64_t gap_ns) noexcept {
    // Of datagrams that came merged the gap is not known: they take the time of the one before.
    if (gap_ns <= 0) return time;
    return from_unix_ns(gap_ns > last_ns - to_unix_ns(time) ? last_ns : to_unix_ns(time) + gap_ns);
}

UnixTime TimedPackets::time_of(std::size_t packet) const noexcept {
    UnixTime found = last_;
    for_each_datagram([&](std::size_t, std::size_t end, UnixTime time) {
        found = time;
        return end <= packet;
    });
    return found;
}

}  // namespace muxtap::record
