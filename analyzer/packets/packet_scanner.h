#pragma once

#include <cstddef>
#include <cstdint>

#include "analyzer/packets/pid_slot.h"

namespace muxtap::analyzer {

/// Counts `count` packets that stand at `stride` bytes from each other, the first at `bytes` and number `position` of
/// its stream: the hot loop of the analyzer. What is out of the ordinary leaves it:
/// - `handler.on_rejected(bytes, position)`: a packet that `ts::check_packet` refuses;
/// - `handler.on_notable(bytes, header, slot, position)`: transport_error_indicator, payload_unit_start_indicator,
///   an adaptation field with PCR, discontinuity or random access, a continuity_counter out of order, the reserved
///   scrambling value, or a PID that asks for attention. The handler counts it.
/// `pids` receives the PID of each packet, the null PID for those refused or with an error: room for `count`.
///
/// The headers of 16 packets are read before they are looked at, so that the memory answers them together.
template <typename Handler>
void scan_packets(const std::uint8_t* bytes, std::size_t count, std::size_t stride, std::uint64_t position,
                  PidSlots& slots, ts::Pid* pids, Handler& handler) {
    constexpr std::size_t group = 16;
    constexpr std::size_t ahead = 4;
    PacketHeader headers[group];
    for (std::size_t done = 0; done < count; done += group) {
        const std::size_t in_group = count - done < group ? count - done : group;
        const std::uint8_t* first = bytes + done * stride;
        // Asks for what comes some groups later; never behind the end.
        if (count - done > (ahead + 1) * group) {
            const std::uint8_t* later = first + ahead * group * stride;
            for (std::size_t i = 0; i < group; ++i) __builtin_prefetch(later + i * stride);
        }
        for (std::size_t i = 0; i < in_group; ++i) headers[i] = PacketHeader::load(first + i * stride);
        for (std::size_t i = 0; i < in_group; ++i) {
            const PacketHeader& header = headers[i];
            const std::uint64_t number = position + done + i;
            const ts::Pid pid = header.pid();
            PidSlot& slot = slots[pid];
            if (!header.valid()) [[unlikely]] {
                pids[done + i] = ts::null_pid;
                handler.on_rejected(first + i * stride, number);
                continue;
            }
            constexpr std::uint32_t notable_bits = PacketHeader::transport_error_bit | PacketHeader::unit_start_bit;
            constexpr unsigned notable_flags =
                PacketHeader::discontinuity_flag | PacketHeader::random_access_flag | PacketHeader::pcr_flag;
            const unsigned notable = (header.word & notable_bits) | (header.adaptation_flags() & notable_flags) |
                                     slot.attention | slot.counter_difference(header) |
                                     static_cast<unsigned>(header.transport_scrambling_control() == 1);
            if (notable == 0) [[likely]] {
                pids[done + i] = pid;
                slot.count(header, number);
                continue;
            }
            pids[done + i] = header.transport_error_indicator() ? ts::null_pid : pid;
            handler.on_notable(first + i * stride, header, slot, number);
        }
    }
}

}  // namespace muxtap::analyzer
