#include "client/frames/text/dtvcc_packets.h"

#include <utility>

namespace muxtap::frames {

DtvccPackets::DtvccPackets(BlockHandler block, std::function<void()> gap)
    : block_(std::move(block)), gap_(std::move(gap)) {}

void DtvccPackets::pair(bool start, std::uint8_t first, std::uint8_t second) {
    if (start) {
        close();
        // packet_size_code counts pairs of bytes, the header included; 0 stands for 128 bytes.
        const std::size_t code = first & 0x3FU;
        wanted_ = code == 0 ? packet_.size() : code * 2;
    }
    if (wanted_ == 0) return;
    packet_[size_++] = first;
    packet_[size_++] = second;
    if (size_ == wanted_) close();
}

void DtvccPackets::stuffing() {
    close();
}

void DtvccPackets::clear() noexcept {
    size_ = 0;
    wanted_ = 0;
    next_sequence_.reset();
}

void DtvccPackets::close() {
    const std::size_t size = std::exchange(size_, 0);
    wanted_ = 0;
    if (size == 0) return;
    const unsigned sequence = packet_[0] >> 6;
    if (next_sequence_ && *next_sequence_ != sequence) gap_();
    next_sequence_ = (sequence + 1) & 3U;
    for (std::size_t at = 1; at < size;) {
        unsigned service = packet_[at] >> 5;
        const std::size_t block = packet_[at] & 0x1FU;
        ++at;
        if (service == 0) return;  // null service block: the rest is filling
        if (service == 7 && block != 0) {
            if (at == size) return;
            service = packet_[at++] & 0x3FU;
        }
        if (block > size - at) return;  // cut off
        if (block != 0 && service != 0) block_(service, ByteView(packet_.data() + at, block));
        at += block;
    }
}

}  // namespace muxtap::frames
