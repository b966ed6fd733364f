#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analyzer/buffers/buffer_finding.h"
#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

/// The main buffers of the system target decoder: B of audio, MB and EB together of video (ISO/IEC 13818-1, 2.4.2.3),
/// judged where PES packets begin; nothing is done per packet.
///
/// A PES packet stays from its arrival until the decoding time of its first access unit. The buffers are taken with the
/// transport buffer in front of them as one room; that, and PES packets that leave as a whole, make the content at
/// these instants a lower bound: an overflow found is certain, a short one between two PES packets may go unseen. Used
/// by one thread; allocates only when a PID is added.
class MainBuffers {
public:
    /// Content of this PID is compared with so many bytes (`video_main_buffer_bytes`, `audio_main_buffer_bytes`) and
    /// the transport buffer's. What is in it stays when only the size changes.
    void set_stream(ts::Pid pid, std::uint64_t main_bytes, std::uint32_t transport_bytes = 512);
    void remove(ts::Pid pid) noexcept;
    [[nodiscard]] bool measures(ts::Pid pid) const noexcept { return find(pid) != nullptr; }

    /// A PES packet with a time stamp begins. Times are 27 MHz ticks on one scale that does not wrap: arrival of its
    /// first byte, and decoding time (DTS, else PTS). `payload_bytes_before` counts all transport packet payload of the
    /// PID before this PES packet, from any start on. PES packets without time stamps are not reported: they count with
    /// the one before. A decoding time that goes back, or payload that does, starts anew.
    void access_unit(ts::Pid pid, std::int64_t arrival_ticks, std::int64_t decoding_ticks,
                     std::uint64_t payload_bytes_before, std::vector<BufferFinding>& findings);

    /// Forgets what is in the buffers: behind a jump of the clock or a loss.
    void restart() noexcept;

    /// Bytes in the buffers of a PID when its newest PES packet began; empty when it is not measured.
    [[nodiscard]] std::optional<std::uint64_t> occupancy_bytes(ts::Pid pid) const noexcept;

    /// Whether the overflow or underflow of a PID found last goes on.
    [[nodiscard]] bool faulty(ts::Pid pid) const noexcept;

private:
    struct Unit {
        std::int64_t decoding_ticks = 0;
        std::uint64_t first_byte = 0;
    };
    /// The PES packets not yet decoded, in order. When there are more than fit, the oldest count as decoded.
    struct Stream {
        static constexpr std::size_t most_units = 512;
        ts::Pid pid = 0;
        std::uint64_t room = 0;
        std::uint64_t content = 0;
        std::uint64_t newest_byte = 0;
        std::int64_t newest_decoding = 0;
        bool overflowing = false;
        bool underflowing = false;
        std::size_t oldest = 0;
        std::size_t count = 0;
        std::array<Unit, most_units> units{};
    };

    [[nodiscard]] Stream* find(ts::Pid pid) const noexcept;
    static void clear(Stream& stream) noexcept;

    std::vector<std::unique_ptr<Stream>> streams_;
    std::vector<Stream*> by_pid_ = std::vector<Stream*>(ts::pid_count);
};

}  // namespace muxtap::analyzer
