#pragma once

#include <cstdint>
#include <vector>

#include "analyzer/psi/descriptors.h"
#include "analyzer/psi/section.h"

namespace muxtap::psi {

/// One service; texts are as sent, borrowed from the section.
struct SdtService {
    std::uint16_t service_id = 0;
    std::uint8_t running_status = 0;
    bool free_ca_mode = false;
    bool eit_present_following = false;
    ServiceNames names;
};

/// One section of a service description table (EN 300 468, 5.2.3).
struct Sdt {
    std::uint16_t transport_stream_id = 0;
    std::uint16_t original_network_id = 0;
    std::vector<SdtService> services;
    bool sound = true;  ///< false: a length reaches beyond the section
};

/// The caller has checked the table_id.
[[nodiscard]] Sdt parse_sdt(const Section& section);

}  // namespace muxtap::psi
