#pragma once

#include <optional>

#include "analyzer/psi/descriptors.h"
#include "analyzer/report/stream_info.h"

namespace muxtap::psi {

/// What the descriptors of a stream say of its sound: AC-3 and enhanced AC-3 (EN 300 468, annex D; ATSC A/52, annexes A
/// and G), AAC (EN 300 468, annex H), Opus. Empty when there is none of them or they leave it open.
[[nodiscard]] std::optional<analyzer::AudioInfo> described_audio(DescriptorLoop loop);

}  // namespace muxtap::psi
