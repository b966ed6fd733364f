#pragma once

#include "analyzer/es/picture_facts.h"
#include "common/base/bytes.h"

namespace muxtap::es {

/// user_data_registered_itu_t_t35 of H.264, HEVC and VVC SEI: the ATSC's (ATSC A/72 part 1, 6.4.2) is read, with GA94
/// closed captions and DTG1 active format description; others (DirecTV, HDR10+) are left alone.
void read_itu_t_t35(ByteView payload, PictureNotes& notes) noexcept;

/// MPEG-2 user_data() from behind its start code: GA94 and DTG1 (ATSC A/53 part 4, 6.2.3) and the captions of SCTE 20.
void read_mpeg2_user_data(ByteView bytes, PictureNotes& notes) noexcept;

}  // namespace muxtap::es
