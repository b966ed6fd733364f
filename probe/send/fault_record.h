#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/ts/packet_view.h"

namespace muxtap::send {

/// What can be done to a stream on purpose.
enum class FaultKind : std::uint8_t {
    drop,           ///< a packet is left out
    duplicate,      ///< a packet is sent twice, the copy right behind it
    corrupt_sync,   ///< the sync byte gets another value
    tei,            ///< transport_error_indicator is set
    pcr_jump,       ///< the PCRs of a PID go on elsewhere
    drop_datagram,  ///< a datagram is left out
    reorder,        ///< a datagram is sent behind the one after it
    jitter,         ///< a datagram is late
};
inline constexpr std::size_t fault_kind_count = 8;

/// As the option and in the list.
[[nodiscard]] constexpr std::string_view name_of(FaultKind kind) noexcept {
    constexpr std::array<std::string_view, fault_kind_count> names = {
        "drop", "duplicate", "corrupt-sync", "tei", "pcr-jump", "drop-datagram", "reorder", "jitter"};
    return names[static_cast<std::size_t>(kind)];
}

/// A packet of the play, before faults: which one it is.
struct SourcePacket {
    std::uint64_t number = 0;    ///< in the whole play, from 0
    std::uint64_t loop = 0;      ///< round, from 0
    std::size_t index = 0;       ///< in the file
    std::optional<ts::Pid> pid;  ///< none when it is no transport packet
    unsigned continuity_counter = 0;
};

/// One fault that was injected.
struct FaultRecord {
    FaultKind kind{};
    /// Place among the packets of its datagram: of the packet changed, of the copy, or of the packet behind a gap.
    /// For faults of datagrams 0.
    std::size_t position = 0;
    std::uint64_t datagram = 0;          ///< number of the datagram, those left out counted too
    std::optional<SourcePacket> packet;  ///< none for faults of datagrams
    std::size_t datagram_packets = 0;    ///< for faults of datagrams: the packets in it
    /// By the kind: sync byte written, ticks jumped, nanoseconds of delay, number of the datagram swapped with.
    std::int64_t detail = 0;
    std::chrono::nanoseconds due{0};  ///< of its datagram, after the start
    bool lost = false;                ///< a later fault left the whole datagram out
};

}  // namespace muxtap::send
