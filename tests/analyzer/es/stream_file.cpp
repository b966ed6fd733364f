#include "tests/analyzer/es/stream_file.h"

namespace muxtap::test {
namespace {

/// Offset and distance of packets: the first distance at which ten of them stand.
std::pair<std::size_t, std::size_t> framing(const ByteVector& file) {
    for (const std::size_t stride : {188U, 192U, 204U}) {
        for (std::size_t offset = 0; offset < stride; ++offset) {
            std::size_t found = 0;
            while (found < 10 && offset + found * stride < file.size() && file[offset + found * stride] == 0x47)
                ++found;
            if (found == 10 || offset + found * stride >= file.size()) return {offset, stride};
        }
    }
    return {0, 188};
}

}  // namespace

void VideoFeeder::packet(const ts::PacketView& packet) {
    if (packet.transport_error_indicator() || packet.transport_scrambling_control() != 0) return;
    const ByteView payload = packet.payload();
    if (payload.empty()) return;
    if (packet.payload_unit_start_indicator()) {
        end_picture();
        head_.start(payload);
        open_ = true;
        enough_ = false;
        random_access_ = packet.random_access_indicator();
    } else if (enough_) {
        return;
    } else {
        head_.append(payload);
    }
    look(head_.full() || head_.complete());
}

void VideoFeeder::look(bool last) {
    if (!open_ || enough_) return;
    enough_ = stream.look(head_.elementary(), last) == es::Wants::enough;
}

void VideoFeeder::end_picture() {
    if (!open_) return;
    look(true);
    open_ = false;
    const auto header = head_.parse();
    if (!header) {
        stream.interrupted();
        return;
    }
    stream.finish_picture(header->pts, header->dts, random_access_);
}

es::VideoStream watch_video(const ByteVector& file, ts::Pid pid, analyzer::Codec codec) {
    const auto [offset, stride] = framing(file);
    VideoFeeder feeder(codec);
    for (std::size_t at = offset; at + ts::packet_size <= file.size(); at += stride) {
        const auto packet = ts::PacketView::parse(ByteView(file).subspan(at).first<ts::packet_size>());
        if (packet && packet->pid() == pid) feeder.packet(*packet);
    }
    feeder.finish();
    return std::move(feeder.stream);
}

}  // namespace muxtap::test
