#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/psi/section.h"
#include "common/ts/packet_view.h"

namespace muxtap::psi {

/// One entry of a program association section; program_number 0 names the network_PID.
struct PatEntry {
    std::uint16_t program_number = 0;
    ts::Pid pid = 0;

    [[nodiscard]] bool operator==(const PatEntry&) const noexcept = default;
};

/// One section of the program association table (ISO/IEC 13818-1, 2.4.4.3).
struct Pat {
    std::uint16_t transport_stream_id = 0;
    std::vector<PatEntry> entries;
    bool sound = true;  ///< false: its length does not fit its entries, or a PID is one that no PMT may have
};

/// Entries that cannot be are left out. The caller has checked the table_id.
[[nodiscard]] Pat parse_pat(const Section& section);

}  // namespace muxtap::psi
