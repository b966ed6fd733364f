#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analyzer/report/splice.h"
#include "common/base/bytes.h"
#include "common/base/result.h"
#include "common/ts/pcr.h"

namespace muxtap::scte35 {

/// Why a splice_info_section could not be read.
enum class SpliceDamage : std::uint8_t {
    not_splice_info,      ///< table_id is not 0xFC, or the syntax bits are not those of a splice_info_section
    section_length,       ///< section_length and the bytes there contradict each other
    command_length,       ///< splice_command_length is not the length of the command, or goes beyond the section
    command_cut_off,      ///< the command's fields go beyond the section
    descriptor_length,    ///< descriptor_loop_length or a descriptor_length goes beyond what it is in
    segmentation_cut_off  ///< the fields of a segmentation_descriptor go beyond it
};

/// "splice_command_length is wrong": for people.
[[nodiscard]] const char* display_name(SpliceDamage damage) noexcept;

/// Reads a whole splice_info_section (ANSI/SCTE 35 2023r1, 9.6) from table_id to CRC_32; the caller has checked the
/// CRC. All commands; of the descriptors the segmentation_descriptors, others are passed over. Of an encrypted section
/// only what stands before splice_command_type is true, and `command` is `encrypted`. In component mode `pts` is that
/// of the first component with a time; of a splice_schedule the first event is given, without its wall-clock time.
/// `preroll_ns` is left empty: see `preroll`.
[[nodiscard]] Result<analyzer::Splice, SpliceDamage> parse_splice(ByteView section);

/// Nanoseconds from `now`, the program's clock at the arrival of the section, to the splice; negative when it comes too
/// late. Empty when the splice has no time.
[[nodiscard]] std::optional<std::int64_t> preroll(const analyzer::Splice& splice, ts::Pcr now) noexcept;

/// A splice in one line for people: "splice_insert: out at PTS 1936310318 for 60.294 s, event 1207959695".
[[nodiscard]] std::string describe(const analyzer::Splice& splice);

}  // namespace muxtap::scte35
