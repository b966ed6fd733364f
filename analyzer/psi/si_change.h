#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/psi/section.h"
#include "common/ts/packet_view.h"

namespace muxtap::psi {

enum class SiChangeKind : std::uint8_t {
    table_changed,    ///< appeared (no old version), has a new version, or other content under the same version
    program_added,    ///< to the PAT
    program_removed,  ///< from the PAT
    streams_changed,  ///< the streams or the PCR_PID of a program whose streams were known
};

/// Something that the tables say is not as it was. Of EITs and ETTs nothing is told: they change all the time.
struct SiChange {
    SiChangeKind kind{};
    ts::Pid pid = 0;  ///< of the table that said so
    std::uint8_t table_id = 0;
    std::optional<std::uint16_t> table_id_extension;
    std::optional<std::uint8_t> old_version;
    std::optional<std::uint8_t> new_version;
    std::optional<std::uint16_t> program;
    SectionTiming timing;  ///< of the last byte of the section

    [[nodiscard]] bool operator==(const SiChange&) const noexcept = default;
};

}  // namespace muxtap::psi
