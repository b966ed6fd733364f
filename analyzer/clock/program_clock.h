#pragma once

#include <cstdint>
#include <optional>

#include "common/base/clock.h"
#include "common/ts/pcr.h"

namespace muxtap::analyzer {

/// What a program's clock shows at any packet: its last PCR, carried on. Where the multiplex has a constant rate it is
/// carried on by byte position (ISO/IEC 13818-1, 2.4.2.2); else by the time that passed; where there is
/// no time, at the rate between the last two PCRs.
class ProgramClock {
public:
    /// A PCR. `byte_position`: as in `PcrSample`. `time`: empty where there is none. `continuous`: neither a new time
    /// base nor lost packets lie between it and the one before.
    void add(ts::Pcr pcr, std::uint64_t byte_position, std::optional<UnixTime> time, bool continuous) noexcept;

    /// Ticks of 27 MHz per byte while the multiplex has a constant rate (`PcrTracker::ticks_per_byte`), else empty.
    void set_constant_rate(std::optional<double> ticks_per_byte) noexcept { constant_rate_ = ticks_per_byte; }

    /// The clock at a byte position behind the last PCR, in ticks of 27 MHz modulo `ts::Pcr::modulus`; empty before the
    /// first PCR, and where nothing says how fast to carry on.
    [[nodiscard]] std::optional<std::int64_t> at(std::uint64_t byte_position,
                                                 std::optional<UnixTime> time) const noexcept;

private:
    struct Mark {
        ts::Pcr pcr;
        std::uint64_t position = 0;
        std::optional<UnixTime> time;
    };
    std::optional<Mark> last_;
    std::optional<double> last_rate_;  ///< ticks per byte between the last two PCRs
    std::optional<double> constant_rate_;
};

}  // namespace muxtap::analyzer
