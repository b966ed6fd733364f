#include "tests/client/frames/media/stream_cut.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <span>

#include "common/ts/pes_header.h"
#include "tests/support/ts_maker.h"

namespace muxtap::test {
namespace {

/// Between the last time stamp of a cut and the first of the next: a picture at 25 a second.
constexpr std::int64_t picture_ticks = 3600;

std::optional<ts::PacketView> view_of(const std::uint8_t* packet) {
    const auto view = ts::PacketView::parse(ts::PacketView::Bytes(packet, ts::packet_size));
    if (!view) return std::nullopt;
    return *view;
}

}  // namespace

StreamCut cut_stream(const std::string& path, const std::string& codec, std::size_t pictures) {
    StreamCut cut{.packets = path.empty() ? ByteVector{} : read_bytes(path), .pictures = 0, .codec = codec};
    for (std::size_t at = 0; at + ts::packet_size <= cut.packets.size(); at += ts::packet_size) {
        const auto packet = view_of(cut.packets.data() + at);
        if (!packet || packet->pid() != media_video_pid || !packet->payload_unit_start_indicator()) continue;
        if (cut.pictures == pictures) {
            cut.packets.resize(at);
            break;
        }
        ++cut.pictures;
    }
    return cut;
}

std::string find_shared_media(const std::string& name) {
    const char* const set = std::getenv("MUXTAP_SHARED");
    const std::string path = std::string{set != nullptr ? set : MUXTAP_SHARED_DEFAULT} + "/media/" + name;
    return std::filesystem::exists(path) ? path : std::string{};
}

void Splicer::set_version(std::uint8_t* packet) const {
    const auto view = view_of(packet);
    const ByteView payload = view->payload();
    if (!view->payload_unit_start_indicator() || payload.size() < 12 || payload[0] != 0) return;
    std::uint8_t* const section = packet + (ts::packet_size - payload.size()) + 1;
    const std::size_t size = 3 + ((section[1] & 0x0FU) << 8 | section[2]);
    if (size < 12 || size + 1 > payload.size()) return;
    section[5] = static_cast<std::uint8_t>((section[5] & 0xC1U) | (version_ & 31U) << 1);
    const std::uint32_t crc = slow_crc32({section, size - 4});
    for (std::size_t i = 0; i < 4; ++i) section[size - 4 + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
}

void Splicer::shift_times(std::uint8_t* packet) {
    const auto view = view_of(packet);
    const ByteView payload = view->payload();
    const auto header = ts::PesHeader::parse(payload);
    if (!header || !header->pts) return;
    std::uint8_t* const bytes = packet + (ts::packet_size - payload.size());
    const auto move = [&](ts::Timestamp stamp, std::size_t offset) {
        const auto ticks = static_cast<std::int64_t>(stamp.ticks());
        if (!shift_) shift_ = next_ - ticks;
        next_ = std::max(next_, ticks + *shift_ + picture_ticks);
        ts::Timestamp::from_ticks(static_cast<std::uint64_t>(ticks + *shift_) + ts::Timestamp::modulus)
            .encode(std::span<std::uint8_t, ts::Timestamp::encoded_size>(bytes + offset, ts::Timestamp::encoded_size));
    };
    move(*header->pts, ts::PesHeader::pts_offset);
    if (header->dts) move(*header->dts, ts::PesHeader::dts_offset);
}

ByteVector Splicer::splice(const StreamCut& cut, std::int64_t later) {
    next_ += later;
    shift_.reset();
    ++version_;
    ByteVector packets = cut.packets;
    for (std::size_t at = 0; at + ts::packet_size <= packets.size(); at += ts::packet_size) {
        std::uint8_t* const packet = packets.data() + at;
        const auto view = view_of(packet);
        if (!view) continue;
        unsigned& counter = counters_[view->pid()];
        if (view->has_payload()) counter = (counter + 1) & 15U;
        packet[3] = static_cast<std::uint8_t>((packet[3] & 0xF0U) | counter);
        if (view->pid() == media_pmt_pid) set_version(packet);
        const bool elementary = view->pid() == media_video_pid || view->pid() == media_sound_pid;
        if (elementary && view->payload_unit_start_indicator()) shift_times(packet);
    }
    return packets;
}

}  // namespace muxtap::test
