#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "common/ts/reject_reason.h"
#include "proto/host_figures.h"

/// The feed's wire format, version 1, as plain structs. The specification is proto/README.md.
namespace muxtap::proto {

inline constexpr unsigned feed_version = 1;

/// How the transport packets travelled before they were captured.
enum class Encapsulation : std::uint8_t {
    udp,   ///< packets directly in UDP datagrams
    rtp,   ///< RTP over UDP (RFC 2250, RFC 3550)
    file,  ///< a transport stream file or a pipe: there were no datagrams on a network
};

/// Where a stream comes from. The texts are borrowed.
struct SourceAddress {
    std::string_view ip;      ///< sender's address, empty when unknown
    std::uint16_t port = 0;   ///< sender's port
    std::string_view dst_ip;  ///< destination address, empty for files
    std::uint16_t dst_port = 0;
    std::string_view interface;  ///< interface or file name on the probe
    std::uint16_t vlan = 0;      ///< outermost VLAN identifier, 0 when untagged
    Encapsulation encapsulation = Encapsulation::udp;

    [[nodiscard]] bool operator==(const SourceAddress&) const noexcept = default;
};

/// Cumulative counters of one stream since the probe's epoch.
struct Totals {
    std::uint64_t datagrams = 0;       ///< datagrams that carried at least one accepted packet
    std::uint64_t packets = 0;         ///< accepted packets
    std::uint64_t bytes = 0;           ///< accepted bytes, packets x 188
    std::uint64_t tei = 0;             ///< packets with transport_error_indicator, dropped ones included
    std::uint64_t null = 0;            ///< packets with PID 0x1FFF, dropped ones included
    std::uint64_t dropped = 0;         ///< valid packets left out on the operator's wish (--drop)
    ts::RejectCounts rejected;         ///< what arrived and may not enter the feed, by reason
    std::uint64_t rtp_lost = 0;        ///< RTP packets missing in the sequence: the network's loss
    std::uint64_t rtp_reordered = 0;   ///< RTP packets that came late or twice
    std::uint64_t kernel_dropped = 0;  ///< frames the kernel or the interface dropped: the capture host's loss
    std::uint64_t queue_dropped = 0;   ///< accepted packets dropped because the probe's own queue was full

    [[nodiscard]] bool operator==(const Totals&) const noexcept = default;
};

/// Gap of a datagram that arrived merged with the one before it, under one time stamp.
inline constexpr std::int64_t gap_not_measurable = -1;

/// One datagram of a batch.
struct DatagramEntry {
    std::uint32_t packets = 0;  ///< packets of this batch that came in it, at least 1
    /// Nanoseconds after the previous datagram of the stream; 0 for a batch's first, whose time is the header's
    /// `time_ns`; `gap_not_measurable` when several datagrams arrived merged under one time stamp.
    std::int64_t gap_ns = 0;

    [[nodiscard]] bool operator==(const DatagramEntry&) const noexcept = default;
};

/// Header of a `ts/` message. Texts and the datagram list are borrowed.
struct BatchHeader {
    std::string_view probe;
    std::string_view stream;
    std::uint64_t epoch = 0;         ///< start of the probe, nanoseconds since 1970: changes when it restarts
    std::uint64_t seq = 0;           ///< number of the batch in its stream since the epoch, from 0
    std::uint64_t first_packet = 0;  ///< number of the first packet in its stream since the epoch, from 0
    std::uint32_t packets = 0;       ///< packets in the payload, at least 1
    std::int64_t time_ns = 0;        ///< capture time of the first datagram, nanoseconds since 1970
    std::span<const DatagramEntry> datagrams{};
    SourceAddress source{};
    Totals totals{};  ///< as they stood before the first packet of this batch
};

/// What a stream is doing, in `info/` messages.
enum class StreamState : std::uint8_t {
    waiting,  ///< asked for, nothing has arrived yet
    live,     ///< packets arrived within the last second
    silent,   ///< packets came before, none within the last second
    ended,    ///< the probe stops or the input ended; nothing will follow in this epoch
};

/// Header of an `info/` message. Texts are borrowed.
struct InfoHeader {
    std::string_view probe;
    std::string_view stream;
    std::uint64_t epoch = 0;
    std::uint64_t next_seq = 0;  ///< sequence number that the next batch will have: a larger one than expected is loss
    std::int64_t time_ns = 0;    ///< when this status was taken
    StreamState state = StreamState::waiting;
    std::int64_t last_packet_ns = 0;  ///< capture time of the newest datagram, 0 when there was none
    std::uint64_t rate_bps = 0;       ///< accepted bits per second over the last status interval
    SourceAddress source{};
    Totals totals{};
    const HostFigures* host = nullptr;  ///< borrowed; null when the probe does not tell
};

[[nodiscard]] std::string_view name_of(Encapsulation encapsulation) noexcept;
[[nodiscard]] std::string_view name_of(StreamState state) noexcept;

}  // namespace muxtap::proto
