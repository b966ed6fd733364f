#pragma once

#include <vector>

#include "analyzer/psi/descriptors.h"
#include "analyzer/report/stream_info.h"

namespace muxtap::psi {

/// The pages of subtitles and teletext that a stream's descriptors list, in the order sent: teletext_descriptor and
/// VBI_teletext_descriptor (EN 300 468, 6.2.43, 6.2.48), subtitling_descriptor (6.2.41), TTML_subtitling_descriptor
/// (EN 303 560, 5.2.1.1).
[[nodiscard]] std::vector<analyzer::SubtitleService> subtitle_services(DescriptorLoop loop);

}  // namespace muxtap::psi
