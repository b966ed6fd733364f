#pragma once

#include <cstdint>

#include "common/base/clock.h"
#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

/// What the rules want to know of a section that came whole (ISO/IEC 13818-1, 2.4.4; EN 300 468, 5.1).
struct SectionSeen {
    ts::Pid pid = 0;
    std::uint8_t table_id = 0;
    /// program_number of a PMT, service_id of an EIT; 0 where the table has none.
    std::uint16_t table_id_extension = 0;
    /// What else tells tables with the same extension apart: transport_stream_id << 16 | original_network_id of an
    /// EIT, original_network_id of an SDT; 0 for others.
    std::uint32_t table_owner = 0;
    std::uint8_t version = 0;
    std::uint8_t section_number = 0;
    std::uint8_t last_section_number = 0;
    bool crc_ok = true;     ///< also where the table has no CRC_32
    bool timed = true;      ///< the times below are known
    UnixTime first_byte{};  ///< time of the packet with its first byte
    UnixTime last_byte{};   ///< time of the packet with its last byte
    std::uint64_t packet = 0;
    bool shadow = false;  ///< packets were lost by the capture inside it, or sync is lost
};

/// Program and PID of its map, from the PAT.
struct PmtPid {
    ts::Pid pid = 0;
    std::uint16_t program = 0;

    [[nodiscard]] bool operator==(const PmtPid&) const noexcept = default;
};

/// PIDs of DVB tables (EN 300 468, table 1).
inline constexpr ts::Pid pat_pid = 0x0000;
inline constexpr ts::Pid cat_pid = 0x0001;
inline constexpr ts::Pid nit_pid = 0x0010;
inline constexpr ts::Pid sdt_pid = 0x0011;
inline constexpr ts::Pid eit_pid = 0x0012;
inline constexpr ts::Pid rst_pid = 0x0013;
inline constexpr ts::Pid tdt_pid = 0x0014;
inline constexpr ts::Pid psip_base_pid = 0x1FFB;  // ATSC A/65

}  // namespace muxtap::analyzer
