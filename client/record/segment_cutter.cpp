#include "client/record/segment_cutter.h"

#include <algorithm>

namespace muxtap::record {
namespace {

/// Packets of a file that are searched for video: more than one picture has, whatever the rate.
constexpr std::size_t most_searched = 20'000;

/// Whether the packet begins a PES packet of a video stream (ISO/IEC 13818-1, 2.4.3.7: stream_id 1110 xxxx), and
/// whether it is marked as a random access point (2.4.3.5).
struct PacketRole {
    bool video_start = false;
    bool random_access = false;
};

PacketRole role_of(const std::uint8_t* bytes) noexcept {
    const auto packet = ts::PacketView::parse(ts::PacketView::Bytes{bytes, ts::packet_size});
    if (!packet || packet->transport_error_indicator()) return {};
    PacketRole role;
    role.random_access = packet->random_access_indicator();
    if (packet->payload_unit_start_indicator() && packet->transport_scrambling_control() == 0) {
        const ByteView payload = packet->payload();
        role.video_start = payload.size() >= 4 && payload[0] == 0 && payload[1] == 0 && payload[2] == 1 &&
                           (payload[3] & 0xF0U) == 0xE0U;
    }
    return role;
}

}  // namespace

void SegmentCutter::begin(UnixTime first) noexcept {
    const auto since_1970 = first.time_since_epoch();
    boundary_ = UnixTime{since_1970 - since_1970 % length_ + length_};
    searched_ = 0;
}

void SegmentCutter::look_for_video(const TimedPackets& packets, std::size_t from, std::size_t to) noexcept {
    const std::size_t end = std::min(to, from + (most_searched - std::min(searched_, most_searched)));
    for (std::size_t i = from; i < end && !has_video_; ++i) has_video_ = role_of(packets.bytes_of(i)).video_start;
    if (end > from) searched_ += end - from;
}

bool SegmentCutter::is_random_access_point(const std::uint8_t* packet) noexcept {
    // Muxers mark every audio frame as a random access point: where there is video, only its marks count.
    const PacketRole role = role_of(packet);
    has_video_ |= role.video_start;
    return role.random_access && (role.video_start || !has_video_);
}

std::size_t SegmentCutter::find_cut(const TimedPackets& packets, std::size_t from) noexcept {
    // A clock that was set back by more than a segment begins a new file as well.
    const UnixTime earliest = boundary_ - 2 * length_;
    if (packets.last_time() < boundary_ && packets.first_time() >= earliest) {
        if (!has_video_) look_for_video(packets, from, packets.count());
        return packets.count();
    }
    std::size_t cut = packets.count();
    packets.for_each_datagram([&](std::size_t first, std::size_t end, UnixTime time) {
        first = std::max(first, from);
        if (time >= earliest && time < boundary_) {
            if (!has_video_) look_for_video(packets, first, end);
            return true;
        }
        const bool anywhere = time < earliest || time >= boundary_ + longest_wait_;
        for (std::size_t i = first; i < end; ++i) {
            if (!is_random_access_point(packets.bytes_of(i)) && !anywhere) continue;
            cut = i;
            return false;
        }
        return true;
    });
    return cut;
}

}  // namespace muxtap::record
