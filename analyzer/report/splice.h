#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace muxtap::analyzer {

enum class SpliceCommand : std::uint8_t {
    null,
    schedule,
    insert,
    time_signal,
    bandwidth_reservation,
    private_command,
    encrypted,
    unknown,
};

/// One segmentation_descriptor (ANSI/SCTE 35, 10.3.3).
struct Segmentation {
    std::uint32_t event_id = 0;
    bool cancel = false;
    std::uint8_t type_id = 0;
    std::string type;                       ///< "Provider Advertisement Start"; "" when not in the table
    std::optional<std::uint64_t> duration;  ///< 90 kHz
    std::uint8_t upid_type = 0;
    std::string upid;  ///< as text where its type is text, else hexadecimal
    std::uint8_t segment_number = 0;
    std::uint8_t segments_expected = 0;

    [[nodiscard]] bool operator==(const Segmentation&) const noexcept = default;
};

/// A splice_info_section (ANSI/SCTE 35, 9.6). Times are 90 kHz ticks modulo 2^33, pts_adjustment added.
struct Splice {
    SpliceCommand command = SpliceCommand::unknown;
    std::uint8_t command_type = 0;
    std::uint64_t pts_adjustment = 0;
    std::uint16_t tier = 0xFFF;
    std::optional<std::uint64_t> pts;        ///< when; empty for immediate
    std::optional<std::int64_t> preroll_ns;  ///< from its arrival (by the program's PCR) to `pts`
    bool immediate = false;
    bool cancel = false;
    std::optional<bool> out_of_network;  ///< true: out, false: in
    std::optional<std::uint32_t> event_id;
    std::optional<std::uint64_t> duration;  ///< break_duration, 90 kHz
    bool auto_return = false;
    std::uint16_t unique_program_id = 0;
    std::uint8_t avail = 0;
    std::uint8_t avails_expected = 0;
    std::vector<std::uint8_t> components;  ///< component_tags in component mode
    std::vector<Segmentation> segmentations;
    std::string section_base64;  ///< the whole section

    [[nodiscard]] bool operator==(const Splice&) const noexcept = default;
};

[[nodiscard]] const char* key_name(SpliceCommand command) noexcept;

}  // namespace muxtap::analyzer
