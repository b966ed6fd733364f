#include "tests/probe/send/stream_maker.h"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace muxtap::test {

std::array<std::uint8_t, 14> make_pes_header(std::uint64_t pts) {
    std::array<std::uint8_t, 14> header = {0, 0, 1, 0xE0, 0, 0, 0x80, 0x80, 5, 0x20, 0, 0, 0, 0};
    ts::Timestamp::from_ticks(pts).encode(std::span(header).subspan<9, 5>());
    return header;
}

PacketBytes make_packet(const PacketRecipe& recipe) {
    PacketBytes packet{};
    packet.fill(recipe.fill);
    packet[0] = ts::sync_byte;
    packet[1] = static_cast<std::uint8_t>((recipe.pts ? 0x40 : 0) | recipe.pid >> 8);
    packet[2] = static_cast<std::uint8_t>(recipe.pid);
    std::size_t payload_size = recipe.payload ? std::min<std::size_t>(recipe.payload_size, 184) : 0;
    if (recipe.pcr) payload_size = std::min<std::size_t>(payload_size, 176);
    const bool adaptation = payload_size < 184;
    packet[3] = static_cast<std::uint8_t>((adaptation ? 0x20 : 0) | (recipe.payload ? 0x10 : 0) |
                                          (recipe.continuity_counter & 15U));
    if (adaptation) {
        packet[4] = static_cast<std::uint8_t>(183 - payload_size);
        if (packet[4] > 0) {
            packet[5] = static_cast<std::uint8_t>((recipe.discontinuity ? 0x80 : 0) | (recipe.pcr ? 0x10 : 0));
            std::fill(packet.begin() + 6, packet.end() - static_cast<std::ptrdiff_t>(payload_size), 0xFF);
        }
        if (recipe.pcr) ts::Pcr::from_ticks(*recipe.pcr).encode(std::span(packet).subspan<6, 6>());
    }
    if (recipe.pts && recipe.payload) {
        const auto header = make_pes_header(*recipe.pts);
        std::copy_n(header.begin(), std::min(payload_size, header.size()),
                    packet.end() - static_cast<std::ptrdiff_t>(payload_size));
    }
    return packet;
}

send::TsFile make_file(const std::vector<PacketBytes>& packets) {
    std::vector<std::uint8_t> bytes;
    for (const PacketBytes& packet : packets) bytes.insert(bytes.end(), packet.begin(), packet.end());
    auto file = send::TsFile::from_bytes(std::move(bytes), "made up");
    if (!file) throw std::runtime_error(file.error().message);
    return std::move(*file);
}

send::TsFile make_programme(std::size_t count) {
    std::vector<PacketBytes> packets;
    std::map<ts::Pid, unsigned> counters = {{0, 3}, {256, 7}, {257, 15}};
    for (std::size_t i = 0; i < count; ++i) {
        PacketRecipe recipe;
        recipe.fill = static_cast<std::uint8_t>(i * 7 + 1);
        const std::uint64_t ticks = programme_first_pcr + i * programme_ticks_per_packet;
        if (i % 100 == 0) recipe.pid = 0;
        if (i % 10 == 3) recipe.pid = 257;
        if (i % 10 == 6) recipe.pid = ts::null_pid;
        if (i % 10 == 1) recipe.pcr = ticks;
        if (i % 20 == 1 || i % 50 == 3) recipe.pts = ticks / 300 + 9000;
        if (i % 30 == 5) recipe.payload = false;
        if (i % 40 == 8) {  // repeats the packet before it
            packets.push_back(packets.back());
            continue;
        }
        if (recipe.payload && recipe.pid != ts::null_pid) ++counters[recipe.pid];
        recipe.continuity_counter = counters[recipe.pid];
        packets.push_back(make_packet(recipe));
    }
    return make_file(packets);
}

}  // namespace muxtap::test
