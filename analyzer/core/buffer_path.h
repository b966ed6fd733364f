#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/buffers/buffer_model.h"
#include "analyzer/buffers/main_buffers.h"
#include "analyzer/report/stream_info.h"

namespace muxtap::analyzer {

/// Runs the buffers of the system target decoder. Transport buffers need to know when each packet came by the clock of
/// the multiplex, which the next PCR tells: the PIDs of the packets are kept until then. The PCRs of one PID are taken
/// for all; when they end, another's.
class BufferPath {
public:
    BufferPath();

    /// Room for the PIDs of the next `count` packets, the first of them number `position`. The packet loop writes them.
    [[nodiscard]] ts::Pid* room(std::uint64_t position, std::size_t count);

    /// The buffers of an elementary stream, as far as its format tells them. `atsc`: the sizes of ATSC are those to go
    /// by.
    void set_stream(ts::Pid pid, const StreamInfo& info, bool atsc);
    /// Packets of this PID are a program map.
    void set_program_map(ts::Pid pid) { transport_.set_program_map(pid); }
    void remove(ts::Pid pid);

    /// A PCR, `step_ticks` (27 MHz) after the one before on its PID; not `continuous` behind a jump or a loss. What the
    /// packets since then have done to the transport buffers is in `findings`; `packet` of a finding is its position.
    void add_pcr(ts::Pid pid, std::uint64_t position, std::int64_t step_ticks, bool continuous);

    /// A PES packet with a time stamp begins: see `MainBuffers::access_unit`. `delay_ticks`: its decoding time less the
    /// program's clock.
    void add_access_unit(ts::Pid pid, std::int64_t program_clock_ticks, std::int64_t delay_ticks,
                         std::uint64_t payload_bytes_before);
    /// Time has a new base, or packets are missing: what is in the main buffers is not known.
    void restart_main() { main_.restart(); }

    /// What was found wrong with a main buffer of the PID goes on.
    [[nodiscard]] bool faulty(ts::Pid pid) const noexcept { return main_.faulty(pid); }

    /// Found by the last call; their times are on a scale of its own.
    [[nodiscard]] std::vector<BufferFinding>& findings() noexcept { return findings_; }
    /// Packets have been run through a buffer.
    [[nodiscard]] bool measured() const noexcept { return measured_; }

private:
    static constexpr std::size_t most_waiting = 1U << 16;
    /// So many PCRs of others without one of the reference, and another one is taken.
    static constexpr unsigned patience = 20;

    /// Where the program's clock of a PID is without wraps.
    struct Unwrapped {
        std::int64_t last = 0;
        std::int64_t ticks = 0;
        bool known = false;
    };

    BufferModel transport_;
    MainBuffers main_;
    std::vector<BufferFinding> findings_;
    std::vector<ts::Pid> waiting_;  ///< PIDs of the packets from `first_waiting_` on
    std::size_t waiting_count_ = 0;
    std::uint64_t first_waiting_ = 0;
    std::optional<ts::Pid> reference_;
    std::optional<std::uint64_t> anchor_;  ///< position of the newest PCR of the reference
    std::int64_t timeline_ = 0;            ///< its time, without jumps
    unsigned others_ = 0;
    bool measured_ = false;
    std::vector<Unwrapped> clocks_;  ///< by PID
};

}  // namespace muxtap::analyzer
