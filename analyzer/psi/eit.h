#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/psi/section.h"
#include "analyzer/report/program_info.h"

namespace muxtap::psi {

/// Whether the table_id is one of the event information table (EN 300 468, table 2).
[[nodiscard]] constexpr bool is_eit(std::uint8_t table_id) noexcept {
    return table_id >= table::eit_pf_actual && table_id <= table::eit_last;
}
/// Whether it is one of the schedule.
[[nodiscard]] constexpr bool is_eit_schedule(std::uint8_t table_id) noexcept {
    return table_id >= table::eit_schedule_first && table_id <= table::eit_last;
}

/// What the header of an EIT section says behind the common one; the caller has checked with `has_eit_header`.
struct EitHeader {
    std::uint16_t transport_stream_id = 0;
    std::uint16_t original_network_id = 0;
    std::uint8_t segment_last_section_number = 0;
};
[[nodiscard]] inline bool has_eit_header(const Section& section) noexcept {
    return section.section_syntax_indicator() && section.body().size() >= 6;
}
[[nodiscard]] inline EitHeader eit_header(const Section& section) noexcept {
    const ByteView body = section.body();
    return {read_u16(body, 0), read_u16(body, 2), body[4]};
}

/// The first event of an event information section (EN 300 468, 5.2.4): the only one in present/following tables.
struct Eit {
    std::optional<analyzer::EventInfo> event;
    bool sound = true;  ///< false: a length reaches beyond the section
};
[[nodiscard]] Eit parse_eit(const Section& section);

}  // namespace muxtap::psi
