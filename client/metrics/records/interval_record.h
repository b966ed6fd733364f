#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/report/report.h"
#include "client/delivery/sink.h"
#include "client/records/record_identity.h"
#include "common/base/clock.h"
#include "proto/feed_header.h"

namespace muxtap::metrics {

/// What a stream is doing, as its records say.
enum class StreamPhase : std::uint8_t {
    waiting,       ///< the probe waits for its first packet
    live,          ///< packets arrive
    silent,        ///< the probe is well, its source sends nothing
    ended,         ///< the input ended or the probe stopped
    probe_silent,  ///< nothing is heard of the probe: what the stream does is not known
};
[[nodiscard]] const char* key_name(StreamPhase phase) noexcept;

/// Where a stream comes from: `proto::SourceAddress` with texts of its own.
struct StreamSource {
    std::string ip;
    std::uint16_t port = 0;
    std::string dst_ip;
    std::uint16_t dst_port = 0;
    std::string interface;
    std::uint16_t vlan = 0;
    proto::Encapsulation encapsulation = proto::Encapsulation::udp;

    [[nodiscard]] bool operator==(const StreamSource&) const = default;
};

/// What the probe said last of the stream. Counters are the probe's, since its epoch.
struct ProbeFigures {
    proto::Totals totals;
    std::uint64_t next_seq = 0;  ///< number that the stream's next batch will have
    std::uint64_t rate_bps = 0;  ///< accepted bits per second, by the last status
    UnixTime last_packet{};      ///< capture time of the newest datagram, 1970 when there was none
    UnixTime heard{};            ///< worker's clock, when a message of the stream came last
};

/// Losses by the place where they happened, since this worker first saw the stream: over restarts of the probe.
struct Losses {
    std::uint64_t rtp_lost = 0;             ///< network: RTP packets
    std::uint64_t rtp_reordered = 0;        ///< network: RTP packets late or twice
    std::uint64_t continuity_lost = 0;      ///< network or source: least number of packets missing by their counters
    std::uint64_t kernel_dropped = 0;       ///< capture host, frames
    std::uint64_t probe_queue_dropped = 0;  ///< probe, packets
    std::uint64_t feed_batches = 0;         ///< on the way to this worker or in its queue
    std::uint64_t feed_packets = 0;         ///< their packets, as far as known
};

/// Times between the packets of one PID, since this worker first saw the stream.
struct PidArrival {
    ts::Pid pid = 0;
    std::uint64_t count = 0;  ///< gaps; what follows is 0 while there is none
    std::chrono::nanoseconds newest{};
    std::chrono::nanoseconds smallest{};
    std::chrono::nanoseconds largest{};
    std::chrono::nanoseconds largest_of_interval{};
    std::chrono::nanoseconds sum{};

    [[nodiscard]] bool operator==(const PidArrival&) const = default;
};

using delivery::SinkFigures;

/// The worker's own figures.
struct WorkerFigures {
    std::string version;
    std::uint64_t streams = 0;           ///< streams it follows
    std::uint64_t refused_messages = 0;  ///< messages that were not of the feed
    std::uint64_t queue_bytes = 0;       ///< of messages that were received and wait to be analysed
    /// Capture of a datagram to its analysis, by the clocks of two hosts: newest and largest in the interval.
    std::chrono::nanoseconds lag{};
    std::chrono::nanoseconds lag_max{};
    std::chrono::nanoseconds late{};  ///< how long after the interval's end this record was made
    std::chrono::nanoseconds cpu_time{};
    std::uint64_t resident_bytes = 0;
    std::vector<SinkFigures> sinks;
};

/// A record `muxtap.metrics/1` (proto/schema/metrics-1.json): all about one stream at the end of an interval. Immutable
/// once made.
struct IntervalRecord {
    client::RecordIdentity identity;
    client::WorkerIdentity worker;
    UnixTime time{};  ///< end of the interval, a multiple of it since 1970
    std::chrono::nanoseconds interval{};
    StreamPhase phase = StreamPhase::waiting;
    StreamSource source;
    ProbeFigures probe;
    Losses losses;
    std::shared_ptr<const analyzer::Report> report;    ///< never null; cumulative since the worker saw the stream
    std::shared_ptr<const analyzer::Report> previous;  ///< of the interval before; null in the first record
    std::shared_ptr<const proto::HostFigures> host;    ///< null when the probe does not tell
    std::shared_ptr<const WorkerFigures> figures;      ///< never null
    std::vector<PidArrival> pid_arrivals;  ///< by PID; only for the flat record, of streams with arrival times
    std::string last_log_line;             ///< newest line of a watched file in this interval
};

}  // namespace muxtap::metrics
