#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "analyzer/psi/crc32.h"
#include "common/ts/packet_view.h"

namespace muxtap::fuzz {

/// Makes packets that a fuzzer has changed whole again, so that what it did to a section gets past the checks in front
/// of the parsers: sync bytes, continuity_counters, and CRC_32 of the sections on every PID.
class Repair {
public:
    void packet(std::span<std::uint8_t, ts::packet_size> bytes) {
        bytes[0] = ts::sync_byte;
        const auto view = ts::PacketView::parse(bytes);
        if (!view) return;
        Pid& pid = pids_[view->pid()];
        if (view->has_payload()) ++pid.counter;
        bytes[3] = static_cast<std::uint8_t>((bytes[3] & 0xF0U) | (pid.counter & 15U));
        const std::size_t size = view->payload().size();
        std::span<std::uint8_t> payload = std::span<std::uint8_t>(bytes).last(size);
        if (size == 0) return;
        if (!view->payload_unit_start_indicator()) return go_on(pid, payload);
        const std::size_t start = std::size_t{1} + payload[0];
        if (start >= size) return;
        go_on(pid, payload.subspan(1, start - 1));
        pid.section.clear();
        payload = payload.subspan(start);
        while (payload.size() >= 3 && payload[0] != 0xFF) {
            const std::size_t length = section_size(payload[1], payload[2]);
            const std::size_t here = std::min(length, payload.size());
            go_on(pid, payload.first(here));
            if (here < length) return;
            payload = payload.subspan(here);
        }
    }

private:
    /// The running section of a PID: where its bytes are.
    struct Pid {
        unsigned counter = 0;
        std::vector<std::uint8_t*> section;
    };

    static std::size_t section_size(unsigned high, unsigned low) noexcept { return 3 + ((high & 15U) << 8 | low); }

    static void go_on(Pid& pid, std::span<std::uint8_t> bytes) {
        for (std::uint8_t& byte : bytes) {
            pid.section.push_back(&byte);
            if (pid.section.size() < 8) continue;
            const std::size_t size = section_size(*pid.section[1], *pid.section[2]);
            if (pid.section.size() < size) continue;
            if (pid.section.size() == size) finish(pid.section);
            return;
        }
    }

    static void finish(const std::vector<std::uint8_t*>& section) {
        const bool has_crc = (*section[1] & 0x80U) != 0 || *section[0] == 0xFC || *section[0] == 0x73;
        if (!has_crc) return;
        const std::size_t covered = section.size() - 4;
        std::vector<std::uint8_t> bytes;
        for (std::size_t i = 0; i < covered; ++i) bytes.push_back(*section[i]);
        const std::uint32_t crc = psi::crc32(bytes);
        for (std::size_t i = 0; i < 4; ++i)
            *section[covered + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * static_cast<unsigned>(i)));
    }

    std::map<ts::Pid, Pid> pids_;
};

}  // namespace muxtap::fuzz
