#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "common/net/datagram.h"
#include "common/net/rtp_header.h"
#include "common/net/rtp_sequence.h"
#include "common/ts/packet_locator.h"
#include "common/ts/packet_run.h"

namespace muxtap::flow {

/// Takes the packets that a PacketExtractor finds.
class PacketSink {
public:
    /// `run.valid` valid packets of 188 bytes, one behind the other. Borrowed for the call.
    virtual void on_packets(const std::uint8_t* packets, ts::RunTally run) = 0;

protected:
    ~PacketSink() = default;
};

/// Finds the valid packets in the datagrams or the file of one stream: takes merged datagrams apart and RTP headers
/// off, follows packets that straddle datagrams, and counts everything that is no packet under its reason. Used by one
/// thread. Nothing is copied but the packets that straddle datagrams.
class PacketExtractor {
public:
    /// `locator` is shared by the streams of a thread and outlives the extractor. `rtp_only`: what comes without an RTP
    /// header is no transport stream.
    PacketExtractor(ts::PacketLocator& locator, bool rtp_only) noexcept : locator_(locator), rtp_only_(rtp_only) {}

    /// Calls `take(payload, missing_bytes, first)` for each of the datagrams that arrived merged into this one, once
    /// where it is a single one. Only the first one's time is its own.
    template <typename Take>
    void take_apart(const net::Datagram& datagram, Take take) const {
        const std::size_t segment = segment_size_of(datagram);
        ByteView rest = datagram.payload;
        bool first = true;
        do {
            const ByteView part = rest.first(std::min(segment, rest.size()));
            rest = rest.subspan(part.size());
            take(part, rest.empty() ? datagram.missing_bytes : 0, first);
            first = false;
        } while (!rest.empty());
    }

    /// Gives the packets of one datagram to `sink`. Its last `missing` bytes were not captured.
    void take_datagram(ByteView payload, std::size_t missing, PacketSink& sink);

    /// Gives the packets of a piece of a file to `sink`; returns how many of its bytes are done with. The others are
    /// offered again in front of the next piece. `last`: nothing follows.
    [[nodiscard]] std::size_t take_file_bytes(ByteView bytes, bool last, PacketSink& sink);

    /// The input has ended: what is still missing or incomplete is counted.
    void finish();
    /// Nothing has come for a while: RTP packets still missing are lost.
    void settle() noexcept { rtp_.settle(); }

    /// What was not taken as a packet so far.
    [[nodiscard]] const ts::RejectCounts& rejected() const noexcept { return rejected_; }
    [[nodiscard]] const net::RtpSequence& rtp() const noexcept { return rtp_; }
    /// Whether the datagram taken last, or being taken, is RTP.
    [[nodiscard]] bool is_rtp() const noexcept { return is_rtp_; }
    /// Whether the beginning of a packet waits for the next datagram.
    [[nodiscard]] bool has_open_packet() const noexcept { return carry_size_ != 0; }

private:
    struct Block;
    [[nodiscard]] std::size_t segment_size_of(const net::Datagram& datagram) const;
    std::size_t accept(const Block& block, PacketSink& sink);
    std::size_t accept_run(const Block& block, PacketSink& sink);
    std::size_t accept_located(const Block& block, PacketSink& sink);
    [[nodiscard]] std::optional<net::RtpHeader> find_rtp(ByteView bytes, bool cut_off) const;
    ByteView join_carry(ByteView bytes, bool continues, PacketSink& sink);
    [[nodiscard]] bool completes_carry(ByteView bytes) const noexcept;
    void hand_on(const std::uint8_t* packets, ts::RunTally run, PacketSink& sink);

    ts::PacketLocator& locator_;
    bool rtp_only_;
    ts::RejectCounts rejected_;
    net::RtpSequence rtp_;
    std::size_t stride_ = ts::packet_size;
    std::uint64_t found_ = 0;  ///< packets handed on
    bool seen_ts_ = false;
    bool is_rtp_ = false;
    bool in_rtp_ = false;  ///< the last packets came in RTP

    /// Beginning of a packet that goes on in the next datagram.
    std::array<std::uint8_t, ts::packet_size> carry_{};
    std::size_t carry_size_ = 0;
};

}  // namespace muxtap::flow
