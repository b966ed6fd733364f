#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analyzer/report/indicator.h"
#include "analyzer/report/splice.h"
#include "common/base/clock.h"
#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

enum class EventKind : std::uint8_t {
    indicator_began,  ///< an indicator went into error
    indicator_ended,  ///< and came back
    table_changed,    ///< a table appeared or has a new version
    program_added,
    program_removed,
    stream_changed,      ///< format of an elementary stream became known or changed
    scrambling_changed,  ///< a PID was or is no longer scrambled
    pid_appeared,
    pid_vanished,   ///< nothing for the pid_error time-out
    clock_jump,     ///< a PCR or time stamp jumped
    splice,         ///< a splice_info_section with a new command
    capture_loss,   ///< the capture lost packets
    silence_began,  ///< nothing arrived for a second
    silence_ended,
    limit_reached,  ///< the stream has more of something than the analyzer follows
};

/// Something that began, ended or happened.
struct Event {
    EventKind kind{};
    UnixTime time{};
    std::uint64_t packet = 0;  ///< number of packets before it
    std::optional<ts::Pid> pid;
    std::optional<std::uint16_t> program;
    std::optional<IndicatorId> indicator;
    std::uint64_t count = 0;  ///< findings, for indicators; packets, for losses
    std::string text;         ///< one line for people, without time
    std::optional<Splice> splice;

    [[nodiscard]] bool operator==(const Event&) const noexcept = default;
};

[[nodiscard]] const char* key_name(EventKind kind) noexcept;

}  // namespace muxtap::analyzer
