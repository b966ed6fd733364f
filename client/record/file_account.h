#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "proto/feed_header.h"

namespace muxtap::record {

/// Where packets were lost that a file should hold.
enum class GapCause : std::uint8_t {
    network,      ///< before the probe: missing RTP packets
    kernel,       ///< on the capture host, in the kernel or the interface (frames, of all its streams)
    probe_queue,  ///< in the probe: its own queue was full (packets)
    subscriber,   ///< on the way from the probe to this program (batches and packets)
    disk,         ///< here: the disk was full or failed for longer than memory lasted (packets)
};
inline constexpr std::size_t gap_cause_count = 5;
[[nodiscard]] std::string_view name_of(GapCause cause) noexcept;

/// Why a file was closed.
enum class EndReason : std::uint8_t {
    segment,
    duration,
    packet_count,
    signal,
    end_of_stream,
    output_closed,  ///< nobody reads standard output any more
    file_removed,   ///< somebody has deleted the file
    failure,
};
[[nodiscard]] std::string_view name_of(EndReason reason) noexcept;

/// One loss at one place of a file.
struct Gap {
    GapCause cause = GapCause::subscriber;
    std::uint64_t at_packet = 0;  ///< packets of this recording in the file before it
    UnixTime time{};              ///< capture time of what follows
    std::uint64_t seq = 0;        ///< sequence number of the batch that follows
    std::uint64_t lost = 0;       ///< in the cause's unit; 0: not known
    std::uint64_t batches = 0;    ///< of a subscriber's gap
};

/// A probe that came back with a new epoch.
struct ProbeRestart {
    std::uint64_t at_packet = 0;
    UnixTime time{};
    std::uint64_t epoch = 0;
    std::uint64_t missed_batches = 0;  ///< of the new epoch, sent before the first that arrived
    std::uint64_t missed_packets = 0;
};

/// What one recording put into one file, and what is missing from it. Pure data: what the sidecar says.
struct FileAccount {
    static constexpr std::size_t most_listed = 100;

    struct CauseTotal {
        std::uint64_t count = 0;
        std::uint64_t lost = 0;
        std::uint64_t batches = 0;
    };

    std::string file;    ///< name without folders
    std::string output;  ///< the pattern it was made from, absolute
    std::string stream;
    std::string probe;
    std::string source;  ///< address as text, for people
    std::uint64_t epoch = 0;
    std::uint64_t offset_bytes = 0;  ///< where this recording begins in the file
    UnixTime started{};              ///< capture time of the first packet
    UnixTime ended{};                ///< capture time of the last packet so far
    std::uint64_t packets = 0;       ///< written
    std::uint64_t first_seq = 0;
    std::uint64_t last_seq = 0;
    std::uint64_t first_packet = 0;  ///< number of the first packet in the stream since the epoch
    std::array<CauseTotal, gap_cause_count> gaps{};
    std::vector<Gap> gap_list;  ///< the first `most_listed`
    std::uint64_t probe_restarts = 0;
    std::vector<ProbeRestart> restart_list;  ///< the first `most_listed`
    ts::RejectCounts rejected;               ///< growth while this file was written
    std::optional<EndReason> end_reason;     ///< none while it is being written

    void add(const Gap& gap);
    void add(const ProbeRestart& restart);
    [[nodiscard]] const CauseTotal& of(GapCause cause) const noexcept { return gaps[static_cast<std::size_t>(cause)]; }
};

}  // namespace muxtap::record
