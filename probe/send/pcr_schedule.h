#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/result.h"
#include "common/ts/packet_view.h"
#include "probe/send/ts_file.h"

namespace muxtap::send {

/// A stretch of packets sent at one constant rate: packet `first_packet + n` is due n * `ticks` / `packets` after
/// `start`.
struct Span {
    std::size_t first_packet = 0;
    ts::PcrTicks start{0};
    std::int64_t ticks = 0;
    std::int64_t packets = 1;
    [[nodiscard]] bool operator==(const Span&) const noexcept = default;
};

/// When each packet of a file is due, in 27 MHz ticks after its first one.
///
/// Between two PCRs of one PID packets follow each other at a constant rate by byte position (ISO/IEC 13818-1,
/// 2.4.2.2); before the first and behind the last PCR the neighbouring rate holds on. Where the clock breaks
/// (discontinuity_indicator, a step back, or one of more than `longest_interval`) time goes on at the last known rate.
class PcrSchedule {
public:
    static constexpr ts::PcrTicks longest_interval{ts::Pcr::ticks_per_second};

    /// By the PCRs of `pid`; without one, of the first PID whose PCRs give a rate.
    [[nodiscard]] static Result<PcrSchedule> from_pcrs(const TsFile& file, std::optional<ts::Pid> pid);

    /// At a constant number of bits of transport stream per second (at least 1).
    [[nodiscard]] static PcrSchedule constant(std::size_t packet_count, std::uint64_t bits_per_second);

    /// When packet `index` is due; the one behind the last is due at `duration`.
    [[nodiscard]] ts::PcrTicks due(std::size_t index) const noexcept;

    /// The time the file takes: the last packet's own time included.
    [[nodiscard]] ts::PcrTicks duration() const noexcept { return duration_; }
    /// By how much the stream's clock goes on during the file. Differs from `duration` when the clock breaks.
    [[nodiscard]] ts::PcrTicks clock_advance() const noexcept { return clock_advance_; }
    /// The clock at the first packet.
    [[nodiscard]] ts::Pcr first_clock() const noexcept { return first_clock_; }
    /// The PID whose PCRs were used.
    [[nodiscard]] std::optional<ts::Pid> pid() const noexcept { return pid_; }
    [[nodiscard]] const std::vector<Span>& spans() const noexcept { return spans_; }

private:
    friend class PcrScheduleBuilder;
    std::vector<Span> spans_;  ///< never empty, the first begins at packet 0
    ts::PcrTicks duration_{0};
    ts::PcrTicks clock_advance_{0};
    ts::Pcr first_clock_ = ts::Pcr::from_ticks(0);
    std::optional<ts::Pid> pid_;
};

/// Walks a schedule forward: as `PcrSchedule::due`, in constant time for indexes that do not fall.
class ScheduleCursor {
public:
    /// The schedule is borrowed for the cursor's life.
    explicit ScheduleCursor(const PcrSchedule& schedule) noexcept : schedule_(schedule) {}
    [[nodiscard]] ts::PcrTicks due(std::size_t index) noexcept;

private:
    const PcrSchedule& schedule_;
    std::size_t span_ = 0;
};

}  // namespace muxtap::send
