#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "common/ts/packet_view.h"
#include "common/ts/timestamp.h"
#include "probe/send/ts_file.h"

namespace muxtap::test {

using PacketBytes = std::array<std::uint8_t, ts::packet_size>;

/// What a made-up packet shall say.
struct PacketRecipe {
    ts::Pid pid = 256;
    unsigned continuity_counter = 0;
    std::optional<std::uint64_t> pcr = {};  ///< in 27 MHz ticks
    bool discontinuity = false;
    bool payload = true;
    std::optional<std::uint64_t> pts = {};  ///< in 90 kHz ticks: begins a PES packet
    std::size_t payload_size = 184;         ///< at most; the adaptation field fills the rest
    std::uint8_t fill = 0xAA;
};

/// The packet, with an adaptation field where one is needed.
[[nodiscard]] PacketBytes make_packet(const PacketRecipe& recipe);

/// The 14 bytes of a PES header with this PTS.
[[nodiscard]] std::array<std::uint8_t, 14> make_pes_header(std::uint64_t pts);

/// A file of these packets.
[[nodiscard]] send::TsFile make_file(const std::vector<PacketBytes>& packets);

/// A programme of about `packets` packets at 1,504,000 bits a second (27,000 ticks a packet): PID 256 video with PCR
/// each 10 packets and PTS each 20, among them packets without payload and repeated ones; PID 257 audio with PTS; PAT;
/// null.
[[nodiscard]] send::TsFile make_programme(std::size_t packets);
inline constexpr std::uint64_t programme_ticks_per_packet = 27'000;
inline constexpr std::uint64_t programme_first_pcr = 900'000'000;

}  // namespace muxtap::test
