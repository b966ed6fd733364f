#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyzer/psi/section.h"
#include "common/base/clock.h"
#include "common/ts/packet_view.h"

namespace muxtap::psi {

/// A table that a master guide table names (ATSC A/65, table 6.3).
struct MgtTable {
    std::uint16_t table_type = 0;
    ts::Pid pid = 0;

    /// Event information tables EIT-0 to EIT-127.
    [[nodiscard]] bool is_event_information() const noexcept { return table_type >= 0x0100 && table_type <= 0x017F; }
};

/// Master guide table (ATSC A/65, 6.2).
struct Mgt {
    std::vector<MgtTable> tables;
    bool sound = true;  ///< false: a length reaches beyond the section
};
[[nodiscard]] Mgt parse_mgt(const Section& section);

/// A virtual channel that is a program (ATSC A/65, 6.3.1 and 6.3.2); inactive and analogue ones are left out.
struct VirtualChannel {
    std::string short_name;      ///< UTF-8
    std::string channel_number;  ///< "7.1", or "1234" for one-part numbers of cable
    std::uint16_t channel_tsid = 0;
    std::uint16_t program_number = 0;
    std::uint8_t service_type = 0;
    bool access_controlled = false;
};

/// Terrestrial or cable virtual channel table.
struct Vct {
    std::uint16_t transport_stream_id = 0;
    std::vector<VirtualChannel> channels;
    bool sound = true;  ///< false: a length reaches beyond the section
};
[[nodiscard]] Vct parse_vct(const Section& section);

/// UTC of a system time section (ATSC A/65, 6.1): GPS seconds less GPS_UTC_offset; empty when it is too short.
[[nodiscard]] std::optional<UnixTime> parse_stt(const Section& section) noexcept;

}  // namespace muxtap::psi
