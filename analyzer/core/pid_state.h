#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "analyzer/clock/pcr_tracker.h"
#include "analyzer/clock/program_clock.h"
#include "analyzer/core/elementary_path.h"
#include "analyzer/core/late_packets.h"
#include "analyzer/psi/section_assembler.h"
#include "analyzer/report/report.h"
#include "analyzer/scte35/splice_watch.h"

namespace muxtap::analyzer {

/// What becomes of the payload of a PID.
enum class PayloadRole : std::uint8_t {
    ignored,  ///< looked into at unit starts only: it may turn out to be PES
    sections,
    pes,
};

/// The clock that a PID carries.
struct PidClock {
    PidClock(ts::Pid pid, const Thresholds& thresholds) noexcept : tracker(pid, thresholds) {}

    PcrTracker tracker;
    ProgramClock clock;
    bool constant_rate = false;     ///< by the newest PCRs
    std::uint64_t breaks_seen = 0;  ///< `StreamAnalyzer`'s count of breaks at the last PCR
    std::uint64_t losses_seen = 0;  ///< and of capture losses
    std::uint64_t jumps = 0;        ///< new time bases and jumps so far
};

/// Splice information on a PID.
struct SplicePath {
    scte35::SpliceWatch watch;
    std::optional<Splice> last;  ///< newest that is not splice_null
};

/// Whether something that must come is absent for too long.
enum class Absent : std::uint8_t {
    no,
    yes,        ///< a condition of the indicator board lasts
    in_shadow,  ///< not held against the stream
};

/// Things that a PID went without because others have them: bits of `PidState::went_without`.
enum PidThing : std::uint8_t { thing_clock = 1, thing_elementary = 2, thing_sections = 4, thing_splices = 8 };

/// What is kept of a PID besides its slot in the packet loop: touched by the few packets that leave the loop.
struct PidState {
    PidState(ts::Pid number, std::size_t seen_before) noexcept : pid(number), place(seen_before) {}

    ts::Pid pid;
    std::size_t place;  ///< in the order in which PIDs were first seen
    PidUse use = PidUse::unreferenced;
    PayloadRole role = PayloadRole::ignored;
    PidCounters counters;  ///< those that the slot does not have
    UnixTime first{};
    UnixTime last{};
    std::uint64_t packets_timed = 0;  ///< packets of the slot when `last` was set
    std::uint64_t scrambled_at_tick = 0;
    std::uint64_t packets_at_tick = 0;
    bool scrambled = false;              ///< as of the last tick
    bool fresh = false;                  ///< first seen since the last tick
    bool present = false;                ///< its packets come as often as is usual for it
    bool buffer_faulty = false;          ///< a condition of 3.3 lasts
    bool announced = false;              ///< discontinuity_indicator since the last PCR
    Absent pcr_absent = Absent::no;      ///< a finding of 2.3a that lasts
    Absent pts_absent = Absent::no;      ///< and of 2.5
    bool jump_expected = false;          ///< since the last PES packet
    std::optional<ts::Pid> clock_pid;    ///< PCR_PID of its program
    std::uint64_t clock_jumps_seen = 0;  ///< of that clock at the last PES packet
    std::uint8_t went_without = 0;       ///< `PidThing`
    LatePackets late;

    std::unique_ptr<psi::SectionAssembler> sections;
    std::unique_ptr<ElementaryPath> elementary;
    std::unique_ptr<PidClock> clock;
    std::unique_ptr<SplicePath> splices;

    /// Its last packet, copied at the end of each block: the next one may be a duplicate of it.
    std::array<std::uint8_t, ts::packet_size> last_packet{};
};

}  // namespace muxtap::analyzer
