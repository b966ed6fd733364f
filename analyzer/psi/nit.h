#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyzer/psi/section.h"
#include "common/base/bytes.h"

namespace muxtap::psi {

/// A logical channel number that a NIT gives to a service.
struct LogicalChannel {
    std::uint16_t service_id = 0;
    std::uint16_t number = 0;
};

/// One transport stream of a network.
struct NitTransportStream {
    std::uint16_t transport_stream_id = 0;
    std::uint16_t original_network_id = 0;
    std::vector<LogicalChannel> channels;  ///< number 0 left out
};

/// One section of a network information table (EN 300 468, 5.2.1).
struct Nit {
    std::uint16_t network_id = 0;
    std::optional<ByteView> network_name;  ///< as sent, borrowed from the section
    std::vector<NitTransportStream> transport_streams;
    bool sound = true;  ///< false: a length reaches beyond the section
};

/// The caller has checked the table_id.
[[nodiscard]] Nit parse_nit(const Section& section);

}  // namespace muxtap::psi
