// Input: a byte for the link type, then frames, each behind its length in two bytes, high byte first, and a byte that
// says how much of it the snap length cut off, in units of 64.
// Property: a payload stands inside its frame, or in the decoder when fragments made it; what was not captured is told;
// an RTP header found in it ends inside it.
#include <algorithm>
#include <vector>

#include "common/net/frame_decoder.h"
#include "common/net/rtp_header.h"
#include "tests/fuzz/require.h"

namespace {

using namespace muxtap;
using fuzz::require;

void check_rtp(const net::Datagram& datagram) {
    const auto rtp = net::RtpHeader::parse(datagram.payload, datagram.missing_bytes > 0);
    if (!rtp) return;
    require(rtp->header_size + rtp->payload.size() <= datagram.payload.size(), "RTP ends inside its datagram");
    if (rtp->payload.empty()) return;
    require(rtp->payload.data() == datagram.payload.data() + rtp->header_size, "RTP's payload is behind its header");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteView input(data, size);
    if (input.empty()) return 0;
    const auto link_type = static_cast<net::LinkType>(input[0] % 5);
    input = input.subspan(1);
    net::FrameDecoder decoder;
    std::uint64_t frames = 0;
    bool fragments = false;
    while (input.size() >= 3) {
        const std::size_t length = std::min<std::size_t>(read_u16(input, 0), input.size() - 3);
        const std::size_t cut = std::size_t{input[2]} * 64;
        // Memory of its own and of exactly the size: a step too far is seen.
        const std::vector<std::uint8_t> frame(input.begin() + 3,
                                              input.begin() + 3 + static_cast<std::ptrdiff_t>(length));
        input = input.subspan(3 + length);
        net::Datagram datagram;
        const auto verdict =
            decoder.decode({.link_type = link_type, .bytes = frame, .wire_length = length + cut}, datagram);
        ++frames;
        require(!net::name_of(verdict).empty(), "a verdict has a name");
        fragments |= verdict == net::FrameVerdict::fragment_kept;
        if (verdict != net::FrameVerdict::datagram) continue;
        const ByteView payload = datagram.payload;
        const std::uint8_t* const begin = frame.data();
        const bool inside =
            payload.empty() || (payload.data() > begin && payload.data() + payload.size() <= begin + length);
        require(inside || fragments, "a payload stands inside its frame");
        require(payload.size() <= std::max<std::size_t>(length, net::FragmentAssembler::largest_datagram),
                "a payload is no longer than what it came in");
        require(datagram.vlan < 4096 && datagram.inner_vlan < 4096, "a VLAN identifier has 12 bits");
        check_rtp(datagram);
    }
    std::uint64_t counted = 0;
    for (std::size_t i = 0; i < net::frame_verdict_count; ++i) {
        counted += decoder.counts().of(static_cast<net::FrameVerdict>(i));
    }
    require(counted == frames, "every frame has one verdict");
    return 0;
}
