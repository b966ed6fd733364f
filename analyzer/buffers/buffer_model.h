#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyzer/buffers/buffer_finding.h"
#include "analyzer/buffers/buffer_sizes.h"
#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

/// The transport buffers of the system target decoder (ISO/IEC 13818-1, 2.4.2.3), run after the fact: when the next
/// PCR has told how fast the packets before it came.
///
/// Each byte of a packet enters the buffer of its PID at its own time; while the buffer holds anything, it empties at
/// its rate. TBsys belongs to a program: the packets of its PMT enter it and, with them, those of PAT, CAT and TSDT
/// (PIDs 0 to 2), so each PMT PID has a TBsys of its own that also gets these. A PID without a known rate is not
/// measured. A buffer that has overflowed goes on as if it were larger, up to 64 KiB, so that one burst is one
/// finding. Used by one thread; allocates only when a buffer is added.
class BufferModel {
public:
    BufferModel();

    /// Packets of this elementary stream enter such a buffer from now on. A buffer that is there keeps its content.
    /// The null PID and a rate of 0 are ignored; rates go up to 10 Gb/s, sizes up to 32 KiB.
    void set_stream(ts::Pid pid, const TransportBuffer& buffer);
    /// Packets of this PID, a PMT's, enter a TBsys.
    void set_program_map(ts::Pid pid);
    /// Packets of this PID are not measured any more.
    void remove(ts::Pid pid) noexcept;
    /// Whether packets of this PID enter a buffer of their own.
    [[nodiscard]] bool measures(ts::Pid pid) const noexcept { return slots_[pid & 0x1FFFU] >= first_buffer; }

    /// Empties all buffers: behind a jump of the clock or a loss, what they held is not known.
    void restart() noexcept;

    /// Runs packets through the buffers: every packet from one PCR of the reference clock to the next, in order; those
    /// with transport_error_indicator as null packets. The first byte of the first one arrived at `start_ticks`
    /// (27 MHz, from 0 to 21 years, never before earlier packets), the first byte of each next one `ticks_per_packet`
    /// later. Findings are added to `findings`.
    void run(std::span<const ts::Pid> pids, std::int64_t start_ticks, double ticks_per_packet,
             std::vector<BufferFinding>& findings);

    /// Bytes in the buffer of a PID when its newest packet had come; empty when it is not measured.
    [[nodiscard]] std::optional<double> occupancy_bytes(ts::Pid pid) const noexcept;

    /// Whether the buffer of a PID was over its size when its newest packet came: its overflow goes on.
    [[nodiscard]] bool overflowing(ts::Pid pid) const noexcept;

private:
    /// Content is counted in units of 1/(27,000,000 x 256 x 8) byte, time in 1/256 of a tick: time by rate is content,
    /// without rounding.
    struct Buffer {
        std::int64_t content = 0;
        std::int64_t time = 0;        ///< when the newest byte came
        std::int64_t empty_time = 0;  ///< when it was empty last
        std::int64_t rate = 0;        ///< bits per second
        std::int64_t size = 0;
        std::int64_t drained_after = 0;  ///< time that empties even the fullest
        ts::Pid pid = 0;
        bool is_system = false;
        bool overflowing = false;
    };
    /// Times of one run, in 1/256 of a tick.
    struct Pace {
        std::int64_t start = 0;
        double packet = 0;
        std::int64_t behind_first_byte = 0;  ///< from a packet's first byte to its last
    };

    static constexpr std::uint16_t no_buffer = 0;
    static constexpr std::uint16_t every_system = 1;  ///< PIDs 0 to 2
    static constexpr std::uint16_t first_buffer = 2;

    void set(ts::Pid pid, const TransportBuffer& buffer, bool is_system);
    static void feed(Buffer& buffer, const Pace& pace, std::size_t packet, std::vector<BufferFinding>& findings);
    static void report(Buffer& buffer, bool over, std::int64_t first, std::size_t packet,
                       std::vector<BufferFinding>& findings);

    std::array<std::uint16_t, ts::pid_count> slots_{};
    std::vector<Buffer> buffers_;
    std::vector<std::uint16_t> systems_;  ///< places in `buffers_`
    std::vector<std::uint16_t> free_;
};

}  // namespace muxtap::analyzer
