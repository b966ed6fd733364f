#pragma once

#include <optional>

#include "analyzer/es_audio/channel_layout.h"
#include "analyzer/es_audio/frame_header.h"
#include "common/base/bit_reader.h"

namespace muxtap::es {

/// Hz by samplingFrequencyIndex (ISO/IEC 14496-3, table 1.18); 0 for reserved values and for 15 (written out).
[[nodiscard]] std::uint32_t aac_sample_rate(unsigned index) noexcept;

/// "LC", "HE-AAC"; empty for audio object types that are not named.
[[nodiscard]] std::string_view aac_profile_name(unsigned audio_object_type) noexcept;

/// Counts the channels of a program_config_element (ISO/IEC 14496-3, 4.4.1.1), from behind element_instance_tag's
/// identifier on (its first field is element_instance_tag). `reader` ends up behind its element lists.
[[nodiscard]] ChannelLayout read_program_config(BitReader& reader) noexcept;

/// Reads an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) into profile, sample rate, channels and samples per frame.
/// `length_bits` is its length where it is known: only then can SBR and PS be signalled behind it. Empty when it is
/// cut off or uses reserved values.
[[nodiscard]] std::optional<FrameHeader> read_audio_specific_config(BitReader& reader,
                                                                    std::optional<std::size_t> length_bits) noexcept;

}  // namespace muxtap::es
