#pragma once

#include <array>
#include <optional>

#include "probe/send/datagram.h"
#include "probe/send/fault_plan.h"
#include "probe/send/loop_continuity.h"
#include "probe/send/packet_faults.h"
#include "probe/send/pcr_schedule.h"
#include "probe/send/rtp_writer.h"
#include "probe/send/ts_file.h"

namespace muxtap::send {

/// Plays a file, once or more often, as datagrams.
class Playout final : public DatagramSource {
public:
    struct Settings {
        std::uint64_t loops = 1;  ///< 0: for ever
        std::size_t packets_per_datagram = 7;
        bool rtp = false;
        std::optional<std::chrono::nanoseconds> longest = {};  ///< ends before the first packet due then
        FaultPlan faults = {};
    };
    /// What a stream's clock says at its start, and by how much it goes on each round.
    struct Clock {
        ts::Pcr first = ts::Pcr::from_ticks(0);
        ts::PcrTicks advance{0};
    };

    /// File and schedule are borrowed for the playout's life.
    Playout(const TsFile& file, const PcrSchedule& schedule, const Clock& clock, const Settings& settings);

    [[nodiscard]] bool next(Datagram& datagram) override;
    [[nodiscard]] std::span<const FaultRecord> rest() const override { return rest_; }

private:
    using PacketBytes = std::array<std::uint8_t, ts::packet_size>;

    [[nodiscard]] bool append_packet(Datagram& datagram);
    void append_copy(Datagram& datagram);
    [[nodiscard]] bool find_next_packet();
    [[nodiscard]] bool inject(Datagram& datagram, std::span<std::uint8_t, ts::packet_size> packet);
    void place(FaultRecord& record, const Datagram& datagram, std::size_t position) const;
    void begin(Datagram& datagram) const;
    void finish(Datagram& datagram);

    const TsFile& file_;
    const PcrSchedule& schedule_;
    ScheduleCursor cursor_;
    Clock clock_;
    Settings settings_;
    LoopContinuity continuity_;
    std::optional<PacketFaults> faults_;
    RtpWriter rtp_;
    std::uint64_t loop_ = 0;
    std::size_t index_ = 0;       ///< in the file, of the packet that comes next
    ts::PcrTicks packet_due_{0};  ///< of the packet taken last
    std::uint64_t packets_ = 0;
    std::uint64_t datagrams_ = 0;
    std::optional<SourcePacket> copy_of_;  ///< sent last, still to be sent again
    PacketBytes copy_{};
    std::vector<FaultRecord> rest_;
};

}  // namespace muxtap::send
