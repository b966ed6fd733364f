#pragma once

#include <cstdint>
#include <optional>

#include "common/net/frame_decoder.h"
#include "probe/source/source.h"

namespace muxtap::probe {

/// The way of a frame from a capture ring or capture file to the sink: decoding, and telling merged frames apart.
class FrameFeeder {
public:
    /// `mtu`: largest IP packet of the interface; a longer one was merged by an offload. 0: not known.
    explicit FrameFeeder(std::size_t mtu) noexcept : mtu_(mtu) {}

    /// `segment_size`: payload bytes of each merged datagram when the kernel told it, else 0.
    void feed(const net::Frame& frame, DatagramSink& sink, std::size_t segment_size = 0) {
        ++frames_;
        const net::FrameVerdict verdict = decoder_.decode(frame, datagram_);
        if (verdict != net::FrameVerdict::datagram) return;
        datagram_.segment_size = segment_size;
        constexpr std::size_t longest_link_header = 40;
        datagram_.merged = segment_size != 0 || (mtu_ != 0 && frame.wire_length > mtu_ + longest_link_header);
        merged_ += datagram_.merged ? 1 : 0;
        sink.on_datagram(datagram_);
    }

    [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
    [[nodiscard]] std::uint64_t merged() const noexcept { return merged_; }
    [[nodiscard]] std::uint64_t rejected() const noexcept {
        const net::FrameCounts& counts = decoder_.counts();
        return frames_ - counts.of(net::FrameVerdict::datagram) - counts.of(net::FrameVerdict::fragment_kept);
    }
    [[nodiscard]] const net::FrameDecoder& decoder() const noexcept { return decoder_; }

private:
    std::size_t mtu_;
    net::FrameDecoder decoder_;
    net::Datagram datagram_;
    std::uint64_t frames_ = 0;
    std::uint64_t merged_ = 0;
};

}  // namespace muxtap::probe
