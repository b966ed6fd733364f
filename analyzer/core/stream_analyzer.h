#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/analyzer.h"
#include "analyzer/core/block_times.h"
#include "analyzer/core/event_log.h"
#include "analyzer/core/pid_directory.h"
#include "analyzer/packets/damage_log.h"
#include "analyzer/packets/packet_scanner.h"
#include "analyzer/psi/service_information.h"
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
    [[nodiscard]] Report report() const;
    [[nodiscard]] std::vector<Event> events();

    // For the packet loop.
    void on_rejected(const std::uint8_t* packet, std::uint64_t position);
    void on_notable(const std::uint8_t* packet, const PacketHeader& header, PidSlot& slot, std::uint64_t position);

private:
    static constexpr std::chrono::nanoseconds tick_length = std::chrono::milliseconds(100);
    /// A step of the clock by more than this is not walked through tick by tick.
    static constexpr std::chrono::nanoseconds longest_walk = std::chrono::minutes(10);

    /// One packet on its way through the parts.
    struct Passing {
        const std::uint8_t* bytes;
        PacketHeader header;
        std::uint64_t position;
        std::optional<UnixTime> time;
        bool time_exact;
        PidSlot& slot;
        PidState& state;
        bool gap = false;    ///< packets of its PID are missing before it
        bool shadow = false;  ///< it comes in the shadow of a capture loss or of lost sync
    };

    void take_losses(const PacketBlock& block);
    void take_datagrams(const PacketBlock& block);
    void scan(const PacketBlock& block, std::size_t from, std::size_t to);
    void finish_block(const PacketBlock& block);
    void remember_last(PidState& state, const PidSlot& slot);

    void count_good(std::uint64_t position);
    void on_transport_error(const PacketHeader& header, std::uint64_t position);
    /// False when nothing in the packet is to be looked into: it is a repetition, or late.
    [[nodiscard]] bool judge(Passing& packet);
    [[nodiscard]] bool judge_loss(Passing& packet, unsigned lost);
    void found(IndicatorId id, const Passing& packet, std::string_view what);
    void see_first(PidState& state, const Passing& packet);
    void look_into(Passing& packet, const ts::PacketView& view);

    void add_pcr(const Passing& packet, ts::Pcr pcr);
    void add_payload(const Passing& packet, const ts::PacketView& view);
    void add_section(const Passing& packet, const psi::Section& section);
    void add_splice(const Passing& packet, const psi::Section& section);
    void add_pes(const Passing& packet, ByteView payload);
    [[nodiscard]] PesStart pes_start(const Passing& packet);
    [[nodiscard]] std::optional<std::int64_t> program_clock(const PidState& state, std::uint64_t position,
                                                            std::optional<UnixTime> time) const;
    void take_si_changes();
    void assign_roles();
    void assign_role(PidState& state);

    void tick(UnixTime now);
    void tick_to(UnixTime now);
    void tick_pids(UnixTime now);
    void note_times(UnixTime up_to);
    void event(Event event);

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
    EventLog log_;
    Rules rules_;
    TotalCounters totals_;

    // The block being looked at.
    const PacketBlock* block_ = nullptr;
    BlockTimes* times_ = nullptr;
    std::uint64_t block_position_ = 0;  ///< of its first packet

    std::uint64_t position_ = 0;  ///< packets so far, damaged ones included
    std::uint64_t good_up_to_ = 0;  ///< packets told to the sync rule
    std::optional<UnixTime> first_time_;
    UnixTime now_{};
    UnixTime next_tick_{};
    UnixTime last_packet_time_{};
    bool silent_ = false;
    std::uint64_t breaks_ = 0;          ///< times that packets are missing, for positions between PCRs
    std::uint64_t loss_position_ = 0;   ///< of the first packet behind the newest capture loss
    std::uint64_t generation_seen_ = 0;
    std::vector<ts::Pid> pid_list_;  ///< of the packets between two PCRs
};

}  // namespace muxtap::analyzer
