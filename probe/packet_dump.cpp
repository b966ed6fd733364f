#include "probe/packet_dump.h"

#include <array>
#include <string>

namespace muxtap::probe {
namespace {

void append_hex(std::string& text, ByteView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    constexpr std::size_t bytes_per_line = 32;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text.append(i % bytes_per_line == 0 ? "\n  " : " ");
        text.push_back(digits[bytes[i] >> 4]);
        text.push_back(digits[bytes[i] & 0x0F]);
    }
    text.push_back('\n');
}

}  // namespace

bool PacketDump::push(feed::BatchPtr& batch) {
    std::string text;
    const ByteView payload = batch->payload();
    for (std::size_t i = 0; i < batch->packets(); ++i) {
        const ByteView packet = payload.subspan(i * ts::packet_size, ts::packet_size);
        const auto view = ts::PacketView::parse(packet.first<ts::packet_size>());
        text.append(batch->stream->name).append(" packet ").append(std::to_string(batch->first_packet + i));
        if (view) {
            text.append(" pid ").append(std::to_string(view->pid()));
            text.append(" continuity_counter ").append(std::to_string(view->continuity_counter()));
        }
        append_hex(text, packet);
    }
    std::fwrite(text.data(), 1, text.size(), output_);
    return next_->push(batch);
}

}  // namespace muxtap::probe
