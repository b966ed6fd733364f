#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "analyzer/psi/section.h"
#include "analyzer/report/program_info.h"
#include "common/base/bytes.h"

namespace muxtap::psi {

/// Most that section_length may be for a table_id: 1021 or 4093 (ISO/IEC 13818-1, 2.4.4; EN 300 468, 5.1.1).
[[nodiscard]] std::size_t longest_section_length(std::uint8_t table_id) noexcept;

/// Puts the sections of one PID together (ISO/IEC 13818-1, 2.4.4.1): over packets, several to a packet, stuffing left
/// out. Never allocates; a section that lies in one packet is handed on where it is.
///
/// After damage nothing is taken until the next packet with payload_unit_start_indicator.
class SectionAssembler {
public:
    /// Takes the payload of the next packet of the PID, in order and without duplicates. Each section that ends in it
    /// goes to `sink(const Section&)`, whose view dies when the sink returns.
    template <typename Sink>
    void add(ByteView payload, bool payload_unit_start_indicator, SectionTiming now, Sink&& sink) {
        begin(payload, payload_unit_start_indicator, now);
        while (const std::optional<Section> section = next()) sink(*section);
    }

    /// The continuity is broken, or the PID scrambled: a section that has begun is lost.
    void interrupt() noexcept;

    /// A section that was handed on turned out to contradict itself inside.
    void count_malformed() noexcept { ++damage_.malformed; }

    [[nodiscard]] const analyzer::SectionDamage& damage() const noexcept { return damage_; }

private:
    void begin(ByteView payload, bool payload_unit_start_indicator, SectionTiming now) noexcept;
    [[nodiscard]] std::optional<Section> next() noexcept;
    [[nodiscard]] std::optional<Section> finish_running() noexcept;
    [[nodiscard]] std::optional<Section> take_started() noexcept;
    [[nodiscard]] std::optional<Section> judged(ByteView bytes, SectionTiming first) noexcept;
    [[nodiscard]] bool header_is_sound(ByteView bytes) noexcept;
    void keep(ByteView bytes) noexcept;

    std::array<std::uint8_t, Section::longest> buffer_{};
    std::size_t filled_ = 0;  ///< bytes of the running section in `buffer_`; 0: none is running
    SectionTiming first_;     ///< where the running section began
    analyzer::SectionDamage damage_;

    // Of the packet being looked at, empty in between.
    ByteView running_part_;    ///< belongs to the running section
    ByteView started_part_;    ///< sections that begin in this packet
    bool pointed_at_ = false;  ///< there is a pointer_field
    SectionTiming now_;
};

}  // namespace muxtap::psi
