#pragma once

#include <cstdint>
#include <string_view>

namespace muxtap::es {

/// Channels of an audio stream and what people call their arrangement.
struct ChannelLayout {
    std::uint8_t channels = 0;
    bool low_frequency_effects = false;
    std::string_view name;
};

/// By acmod and lfeon of AC-3 (ETSI TS 102 366, 4.4.2.3). `acmod` is 0 to 7.
[[nodiscard]] ChannelLayout layout_of_acmod(unsigned acmod, bool lfe) noexcept;

/// By channelConfiguration of AAC (ISO/IEC 14496-3, table 1.19); no channels for 0 and reserved values.
[[nodiscard]] ChannelLayout layout_of_aac(unsigned configuration) noexcept;

/// By numbers alone: `channels` in all, one or more of them for low frequencies when `lfe` is set.
[[nodiscard]] ChannelLayout layout_of_count(unsigned channels, bool lfe) noexcept;

}  // namespace muxtap::es
