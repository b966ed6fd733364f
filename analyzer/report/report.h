#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/report/arrival_info.h"
#include "analyzer/report/clock_info.h"
#include "analyzer/report/event.h"
#include "analyzer/report/indicator.h"
#include "analyzer/report/program_info.h"
#include "analyzer/report/rate_info.h"
#include "analyzer/report/stream_info.h"

namespace muxtap::analyzer {

/// What a PID carries.
enum class PidUse : std::uint8_t {
    pat,
    cat,
    tsdt,
    ipmp,
    nit,
    sdt_bat,
    eit,
    rst,
    tdt_tot,
    network_synchronization,
    dit,
    sit,
    psip,
    other_si,
    pmt,
    network_information,
    elementary_stream,
    pcr_only,
    ecm,
    emm,
    null,
    unreferenced,
};
[[nodiscard]] const char* key_name(PidUse use) noexcept;

/// Counters of one PID. Cumulative. TEI packets are in `transport_errors` only.
struct PidCounters {
    std::uint64_t packets = 0;  ///< without those with transport_error_indicator
    std::uint64_t payload_packets = 0;
    std::uint64_t unit_starts = 0;  ///< payload_unit_start_indicator
    std::uint64_t adaptation_fields = 0;
    std::uint64_t pcrs = 0;
    std::uint64_t random_access = 0;  ///< random_access_indicator
    std::uint64_t discontinuity_indicators = 0;
    std::uint64_t scrambled = 0;           ///< transport_scrambling_control 2 or 3
    std::uint64_t invalid_scrambling = 0;  ///< the reserved value 1
    std::uint64_t transport_errors = 0;
    std::uint64_t continuity_errors = 0;  ///< times the counter was wrong (TR 101 290, 1.4)
    std::uint64_t lost_packets = 0;       ///< least number of packets missing by those
    std::uint64_t reordered_packets = 0;  ///< that came late, behind those after them; not in `lost_packets`
    std::uint64_t duplicates = 0;         ///< legal repeats: same packet a second time
    std::uint64_t capture_loss_gaps = 0;  ///< wrong counters in the shadow of a capture loss, not in errors

    [[nodiscard]] bool operator==(const PidCounters&) const noexcept = default;
};

struct PidReport {
    ts::Pid pid = 0;
    PidUse use = PidUse::unreferenced;
    std::vector<std::uint16_t> programs;  ///< that refer to it
    PidCounters counters;
    std::uint8_t continuity_counter = 0;  ///< of the newest packet
    UnixTime first{};
    UnixTime last{};
    RateInfo rate;
    std::optional<StreamInfo> stream;         ///< elementary streams
    std::optional<TimestampInfo> timestamps;  ///< PIDs with PES packets
    std::optional<PcrInfo> pcr;
    std::optional<SectionDamage> sections;  ///< PIDs with sections
};

struct ProgramReport {
    ProgramInfo info;
    RateInfo rate;           ///< its PMT, streams and own ECMs together
    bool scrambled = false;  ///< one of its streams is
    /// PTS of audio less that of the video next to it in the stream, over the last few PES packets, in milliseconds:
    /// how far audio is sent ahead. Negative when it is sent later than the video it goes with. Empty without both or
    /// without PCR.
    std::optional<double> audio_video_offset_ms;
    std::uint64_t splices = 0;
    std::optional<Splice> last_splice;  ///< newest that is not splice_null
};

/// Where the times in a report come from.
enum class ClockSource : std::uint8_t {
    none,     ///< no PCR and no arrival times: nothing that needs time is measured
    pcr,      ///< a file: time from its start, by its PCRs
    arrival,  ///< capture times
};
[[nodiscard]] const char* key_name(ClockSource source) noexcept;

enum class Standard : std::uint8_t { automatic, dvb, atsc, mpeg };
[[nodiscard]] const char* key_name(Standard standard) noexcept;

struct TotalCounters {
    std::uint64_t packets = 0;  ///< accepted ones, null and TEI included
    std::uint64_t null_packets = 0;
    std::uint64_t transport_errors = 0;
    std::uint64_t continuity_errors = 0;
    std::uint64_t lost_packets = 0;
    std::uint64_t reordered_packets = 0;
    std::uint64_t duplicates = 0;
    ts::RejectCounts rejected;         ///< by reason, not in `packets`
    std::uint64_t skipped_bytes = 0;   ///< bytes left over where packets shifted
    std::uint64_t capture_losses = 0;  ///< times the capture lost packets
    std::uint64_t captured_packets_lost = 0;
    std::uint64_t sync_losses = 0;
};

/// A cap that the stream has hit: what is beyond it is not in the report.
struct Limit {
    std::string what;  ///< "programs", "tables", "events"
    std::uint64_t cap = 0;
    std::uint64_t left_out = 0;  ///< how many were not taken; 0 when not counted
};

/// All that is known of one transport stream. A value of its own, not tied to the analyzer.
struct Report {
    ClockSource clock = ClockSource::none;
    Standard standard = Standard::automatic;  ///< asked for
    Standard detected = Standard::mpeg;       ///< what the tables say: dvb, atsc or mpeg
    UnixTime first{};
    UnixTime last{};
    TotalCounters totals;
    NetworkInfo network;
    MuxRateInfo rate;
    std::optional<ArrivalInfo> arrival;
    std::vector<ProgramReport> programs;  ///< by program_number
    std::vector<PidReport> pids;          ///< by PID, those seen
    std::vector<TableInfo> tables;        ///< by PID, table_id, extension
    std::vector<ts::Pid> missing_pids;    ///< referred to but not seen
    Indicators indicators;
    std::uint64_t events_dropped = 0;  ///< not handed over because nobody fetched them
    std::vector<Limit> limits;
};

}  // namespace muxtap::analyzer
