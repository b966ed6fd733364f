#pragma once

#include "common/base/bytes.h"

namespace muxtap::frames {

/// Whether cc_data (ANSI/CTA-708, 4.4) carries more than stuffing: a pair of CEA-608 that is not null, or a part of a
/// CEA-708 packet with bytes in it.
[[nodiscard]] inline bool has_caption_data(ByteView cc_data) noexcept {
    for (std::size_t at = 0; at + 3 <= cc_data.size(); at += 3) {
        const unsigned first = cc_data[at];
        if ((first & 4U) == 0) continue;  // cc_valid
        const bool cea608 = (first & 3U) < 2;
        const unsigned mask = cea608 ? 0x7FU : 0xFFU;  // without parity
        if (((cc_data[at + 1] | cc_data[at + 2]) & mask) != 0) return true;
    }
    return false;
}

}  // namespace muxtap::frames
