#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/es/video_format.h"
#include "common/base/bytes.h"

namespace muxtap::es {

/// Start codes of MPEG-1 and MPEG-2 video (ISO/IEC 13818-2, table 6-1).
enum Mpeg2StartCode : std::uint8_t {
    mpeg2_picture = 0x00,
    mpeg2_first_slice = 0x01,
    mpeg2_last_slice = 0xAF,
    mpeg2_user_data = 0xB2,
    mpeg2_sequence_header = 0xB3,
    mpeg2_extension = 0xB5,
    mpeg2_group_of_pictures = 0xB8,
};

/// Reads a sequence_header with the extensions behind it (ISO/IEC 13818-2, 6.2.2.1 to 6.2.2.4). `block` begins with the
/// start code 00 00 01 B3 and ends where a group of pictures, a picture or the data ends. Without sequence_extension it
/// is MPEG-1 video (ISO/IEC 11172-2). Empty when the header is cut off or contradicts itself.
[[nodiscard]] std::optional<VideoFormat> parse_mpeg2_sequence(ByteView block);

/// What is of use in a picture_coding_extension (6.2.3.1).
struct Mpeg2PictureCoding {
    bool frame_picture = false;  ///< picture_structure, 3: frame
    bool progressive_frame = false;
    bool repeat_first_field = false;
};

/// `unit` begins behind the start code 00 00 01, with B5; empty when it is another extension.
[[nodiscard]] std::optional<Mpeg2PictureCoding> parse_mpeg2_picture_coding(ByteView unit) noexcept;

}  // namespace muxtap::es
