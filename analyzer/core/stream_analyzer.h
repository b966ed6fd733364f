#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "analyzer/analyzer.h"
#include "analyzer/core/block_times.h"
#include "analyzer/core/buffer_path.h"
#include "analyzer/core/event_log.h"
#include "analyzer/core/pid_directory.h"
#include "analyzer/core/quota.h"
#include "analyzer/network/arrival_meter.h"
#include "analyzer/packets/damage_log.h"
#include "analyzer/packets/packet_scanner.h"
#include "analyzer/psi/service_information.h"
#include "analyzer/rates/peak_meter.h"
#include "analyzer/rates/rate_window.h"
#include "analyzer/tr101290/rules.h"

namespace muxtap::analyzer {

/// What `Analyzer` is made of: leads each packet from the packet loop to the parts that want to know of it.
///
/// The way of a packet: `add` cuts a block at the ticks of the clock; `scan_packets` counts what is ordinary and calls
/// `on_notable` for the rest, which judges its continuity and hands on its PCR (clock_path.cpp) and its payload
/// (section_path.cpp, elementary_path.cpp). Each tick of 100 ms asks the rules that run on time (ticks.cpp).
class Analyzer::Impl {
public:
    explicit Impl(const AnalyzerOptions& options);

    void add(const PacketBlock& block);
    void advance(UnixTime now);
    void set_rtp(const RtpTotals& totals);
    [[nodiscard]] Report report();
    [[nodiscard]] std::vector<Event> events();

    // For the packet loop.
    void on_rejected(const std::uint8_t* packet, std::uint64_t position);
    void on_notable(const std::uint8_t* packet, const PacketHeader& header, PidSlot& slot, std::uint64_t position);

private:
    static constexpr std::chrono::nanoseconds tick_length = std::chrono::milliseconds(100);
    /// So much silence is walked through tick by tick: behind it nothing is left that goes by its own time.
    static constexpr std::chrono::nanoseconds fine_walk = std::chrono::seconds(70);

    /// One packet on its way through the parts.
    struct Passing {
        const std::uint8_t* bytes;
        PacketHeader header;
        std::uint64_t position;
        std::optional<UnixTime> time;
        bool time_exact;
        PidSlot& slot;
        PidState& state;
        bool gap = false;     ///< packets of its PID are missing before it
        bool shadow = false;  ///< it comes in the shadow of a capture loss or of lost sync
    };

    // stream_analyzer.cpp: blocks
    void start_clock(UnixTime time);
    void take_losses(const PacketBlock& block);
    void scan(const PacketBlock& block, std::size_t from, std::size_t to);
    void finish_block(const PacketBlock& block);
    void note_times();
    void note_time(PidState& state, const PidSlot& slot);
    /// Keeps what the next block wants to know of a PID's last packet, if that is in this block.
    void note_last(PidState& state);
    void count_good(std::uint64_t position);

    // rate_path.cpp: rates
    /// Those whose first packet is before `until`.
    void take_datagrams(const PacketBlock& block, std::size_t until);
    void tick_rates(UnixTime now);
    /// Counts what came before `position`.
    void take_rates(std::uint64_t position, UnixTime now);
    void group_programs();
    /// The group of `rates_` of a program; a new one where it has none.
    [[nodiscard]] std::size_t rate_group(std::uint16_t program_number);
    /// Where `rates_` counts a PID, by its place in the order first seen; slot 0 is the multiplex.
    [[nodiscard]] static std::size_t rate_slot(std::size_t seen) noexcept { return seen + 1; }
    [[nodiscard]] MuxRateInfo mux_rate() const;
    /// The PCRs that tell the rate of the multiplex; null when none do.
    [[nodiscard]] const PcrTracker* rate_reference() const noexcept;
    [[nodiscard]] std::uint64_t damaged_packets() const noexcept;
    [[nodiscard]] std::uint64_t accepted_packets() const noexcept;

    // packet_path.cpp: one packet
    void on_transport_error(const PacketHeader& header, std::uint64_t position);
    void see_first(Passing& packet);
    /// False when nothing in the packet is to be looked into: it is a repetition, or late.
    [[nodiscard]] bool judge(Passing& packet);
    [[nodiscard]] bool judge_loss(Passing& packet, unsigned lost);
    /// Counts a packet that comes behind those after it.
    void count_late(Passing& packet);
    void count_continuity_error(const Passing& packet, unsigned lost, std::string_view what);
    void add_lost(PidState& state, unsigned lost);
    void look_into(Passing& packet, const ts::PacketView& view);
    void want_payload(const PidState& state) noexcept;
    [[nodiscard]] Finding finding_of(const Passing& packet, std::string_view what) const noexcept;
    void found(IndicatorId id, const Passing& packet, std::string_view what);
    /// What it takes to judge is known, or not.
    void measured(IndicatorId id, bool yes) noexcept;
    [[nodiscard]] Event event_of(EventKind kind, const Passing& packet, std::string text) const;

    // clock_path.cpp: PCRs and time stamps
    void add_pcr(const Passing& packet, ts::Pcr pcr);
    /// The PCR of a packet that comes late.
    void add_late_pcr(Passing& packet);
    void report_pcr(const Passing& packet, const PcrOutcome& outcome);
    void add_pes(const Passing& packet, ByteView payload);
    void report_pes(const Passing& packet, const PesNews& news);
    [[nodiscard]] PesStart pes_start(const Passing& packet);
    [[nodiscard]] std::optional<std::int64_t> program_clock(const PidState& state, std::uint64_t position,
                                                            std::optional<UnixTime> time) const;

    // delay_path.cpp: the buffers of the system target decoder
    void feed_buffers(const Passing& packet, const PcrOutcome& outcome, bool continuous);
    void report_buffers(const Passing& packet);
    void judge_delay(const Passing& packet, const PesNews& news);
    void set_buffers(const PidState& state);

    // section_path.cpp: tables, and what they make of the PIDs
    void add_payload(const Passing& packet, const ts::PacketView& view);
    void add_section(const Passing& packet, const psi::Section& section);
    void add_splice(const Passing& packet, const psi::Section& section);
    void take_si_changes(const Passing& packet);
    /// Makes of the PIDs what the tables say, if they have changed.
    void assign_roles(std::uint64_t position, UnixTime now);
    void assign_role(PidState& state);
    /// Gives how many programs and references that were.
    std::size_t tell_rules(UnixTime now);

    // limits.cpp: what there is more of than is followed
    /// Whether the PID may have something, of which there may be as many as the quota says, or only `most`.
    [[nodiscard]] static bool may_have(PidState& state, PidThing thing, Quota& quota, std::size_t most = SIZE_MAX);
    [[nodiscard]] bool make_elementary(PidState& state);
    [[nodiscard]] bool make_sections(PidState& state);
    [[nodiscard]] std::vector<Limit> limits() const;
    void tell_limits(UnixTime now);

    // ticks.cpp: time
    void tick_to(UnixTime now);
    void tick(UnixTime now);
    void tick_pid(PidState& state, const PidSlot& slot, UnixTime now, bool present);
    void judge_silence(UnixTime now);
    /// PCR and PTS that do not come any more: 2.3a and 2.5.
    void judge_absences(PidState& state, UnixTime now);
    void end_absence(Absent& absent, IndicatorId id, UnixTime now);
    /// Whether 2.5 is about it: video and audio.
    [[nodiscard]] static bool has_regular_pts(const PidState& state) noexcept;
    [[nodiscard]] Finding absence(const PidState& state, UnixTime now, bool shadow,
                                  std::string_view what) const noexcept;
    void tell(EventKind kind, const PidState& state, UnixTime time, std::string text);
    /// About a PID, with the first program that refers to it.
    [[nodiscard]] Event event_of(EventKind kind, ts::Pid pid, UnixTime time, std::uint64_t packet,
                                 std::string text) const;

    // stream_report.cpp
    [[nodiscard]] PidReport report_pid(const PidState& state) const;
    [[nodiscard]] ProgramReport report_program(const ProgramInfo& info) const;
    [[nodiscard]] std::vector<ts::Pid> missing_pids() const;

    [[nodiscard]] UnixTime time_at(std::uint64_t position) noexcept {
        return times_->at(static_cast<std::size_t>(position - block_position_));
    }
    [[nodiscard]] static std::uint64_t clock_byte(std::uint64_t position) noexcept {
        return position * ts::packet_size + 10;
    }

    AnalyzerOptions options_;
    PidDirectory pids_;
    DamageLog damage_;
    psi::ServiceInformation si_;
    BufferPath buffers_;
    EventLog log_;
    Quota clocks_;
    Quota elementary_streams_;
    Quota section_pids_;
    Quota splice_pids_;
    std::vector<std::string> limits_told_;
    Rules rules_;
    RateBoard rates_;
    PeakMeter peaks_;
    ArrivalMeter arrivals_;
    bool by_datagram_ = false;                ///< datagrams with arrival times have come
    std::vector<std::uint64_t> rate_counts_;  ///< slot 0: the multiplex; then the PIDs in the order first seen
    std::map<std::uint16_t, std::size_t> rate_groups_;  ///< group of `rates_` by program_number
    TotalCounters totals_;

    // The block being looked at.
    const PacketBlock* block_ = nullptr;
    BlockTimes* times_ = nullptr;
    std::uint64_t block_position_ = 0;  ///< of its first packet
    std::size_t mark_ = 0;              ///< datagrams of it that were measured
    std::size_t before_mark_ = 0;       ///< packets in them

    std::uint64_t position_ = 0;    ///< packets so far, damaged ones included
    std::uint64_t good_up_to_ = 0;  ///< packets told to the sync rule
    std::optional<UnixTime> first_time_;
    UnixTime now_{};
    UnixTime next_tick_{};
    UnixTime last_packet_time_{};
    std::uint64_t walk_position_ = 0;  ///< up to here packets have paid for ticks
    std::uint64_t walk_debt_ = 0;      ///< PIDs looked at by ticks, not paid for
    bool silent_ = false;
    bool capture_lost_ = false;
    std::int32_t constant_clocks_ = 0;  ///< PIDs whose PCRs agree with one rate
    std::uint64_t breaks_ = 0;          ///< times that packets are missing, for positions between PCRs
    std::uint64_t loss_position_ = 0;   ///< of the first packet behind the newest capture loss
    std::uint64_t generation_seen_ = 0;
    std::uint64_t roles_position_ = 0;  ///< up to here packets have paid for assigning roles
    std::uint64_t roles_debt_ = 0;      ///< PIDs and references looked at, not paid for
    std::vector<PidActivity> activity_;
};

}  // namespace muxtap::analyzer
