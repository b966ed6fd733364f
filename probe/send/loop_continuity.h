#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "common/ts/packet_view.h"
#include "probe/send/ts_file.h"

namespace muxtap::send {

/// Makes the packets of a file that is played again and again go on where the last round ended: continuity_counter of
/// every PID (ISO/IEC 13818-1, 2.4.3.3), PCR and OPCR (2.4.3.5), PTS and DTS (2.4.3.7). The first round stays as it is.
///
/// Packets that are no transport packets and null packets are left alone. Scrambled PES headers cannot be read, so
/// their time stamps stay. Times inside sections (SCTE-35, TDT) stay too.
class LoopContinuity {
public:
    /// `clock_advance`: by how much the clock goes on in one round. The file is only read here.
    LoopContinuity(const TsFile& file, ts::PcrTicks clock_advance);

    /// Changes packet `index` of the file into what it is in round `loop`, counted from 0. Indexes of one round must
    /// not fall.
    void carry_on(std::uint64_t loop, std::size_t index, std::span<std::uint8_t, ts::packet_size> packet) noexcept;

private:
    enum class Field : std::uint8_t { clock, timestamp };
    /// A clock or time stamp, or the part of it that lies in one packet.
    struct Patch {
        std::size_t packet;
        std::uint64_t value;  ///< in the file, in ticks of its kind
        Field field;
        std::uint8_t prefix;      ///< of a time stamp: its first byte, for the bits in front
        std::uint8_t offset;      ///< in the packet
        std::uint8_t first_byte;  ///< of the field's bytes
        std::uint8_t byte_count;
    };
    class Scanner;

    void apply(const Patch& patch, std::uint64_t loop, std::span<std::uint8_t, ts::packet_size> packet) const noexcept;

    std::array<std::uint8_t, ts::pid_count> counter_step_{};  ///< added to a PID's counters each round
    std::vector<Patch> patches_;                              ///< by packet
    std::uint64_t clock_step_;                                ///< modulo the PCR's wrap
    std::size_t next_patch_ = 0;
};

}  // namespace muxtap::send
