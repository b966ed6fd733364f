#pragma once

#include <cstdint>
#include <string_view>

#include "analyzer/psi/descriptors.h"
#include "analyzer/report/stream_info.h"

namespace muxtap::psi {

struct StreamClass {
    analyzer::MediaKind kind = analyzer::MediaKind::unknown;
    analyzer::Codec codec = analyzer::Codec::unknown;

    [[nodiscard]] bool operator==(const StreamClass&) const noexcept = default;
};

/// What an elementary stream is, by its stream_type (ISO/IEC 13818-1, table 2-34; ATSC A/53 part 3; ANSI/SCTE 35, 8.2;
/// ANSI/SCTE 27), its descriptors and, where stream_types above 0x7F have several meanings, by the format_identifier
/// that registers the program ("GA94", "CUEI", "HDMV"; empty when there is none).
[[nodiscard]] StreamClass classify_stream(std::uint8_t stream_type, DescriptorLoop descriptors,
                                          std::string_view program_registration);

}  // namespace muxtap::psi
