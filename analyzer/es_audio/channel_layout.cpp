#include "analyzer/es_audio/channel_layout.h"

#include <array>

namespace muxtap::es {

ChannelLayout layout_of_acmod(unsigned acmod, bool lfe) noexcept {
    static constexpr std::array<ChannelLayout, 8> plain = {{{2, false, "dual mono"},
                                                            {1, false, "mono"},
                                                            {2, false, "stereo"},
                                                            {3, false, "3.0"},
                                                            {3, false, "3.0 (back)"},
                                                            {4, false, "4.0"},
                                                            {4, false, "quad"},
                                                            {5, false, "5.0"}}};
    static constexpr std::array<ChannelLayout, 8> with_lfe = {{{3, true, "dual mono + LFE"},
                                                               {2, true, "1.1"},
                                                               {3, true, "2.1"},
                                                               {4, true, "3.1"},
                                                               {4, true, "3.1 (back)"},
                                                               {5, true, "4.1"},
                                                               {5, true, "4.1 (quad)"},
                                                               {6, true, "5.1"}}};
    return lfe ? with_lfe[acmod & 7U] : plain[acmod & 7U];
}

ChannelLayout layout_of_aac(unsigned configuration) noexcept {
    switch (configuration) {
        case 1: return {1, false, "mono"};
        case 2: return {2, false, "stereo"};
        case 3: return {3, false, "3.0"};
        case 4: return {4, false, "4.0"};
        case 5: return {5, false, "5.0"};
        case 6: return {6, true, "5.1"};
        case 7: return {8, true, "7.1"};
        case 11: return {7, true, "6.1"};
        case 12: return {8, true, "7.1"};
        case 13: return {24, true, "22.2"};
        case 14: return {8, true, "5.1.2"};
        default: return {};
    }
}

ChannelLayout layout_of_count(unsigned channels, bool lfe) noexcept {
    static constexpr std::array<std::string_view, 9> plain = {"",    "mono", "stereo", "3.0", "4.0",
                                                              "5.0", "6.0",  "7.0",    "8.0"};
    static constexpr std::array<std::string_view, 9> with_lfe = {"",    "LFE", "1.1", "2.1", "3.1",
                                                                 "4.1", "5.1", "6.1", "7.1"};
    ChannelLayout layout;
    layout.channels = static_cast<std::uint8_t>(channels > 255 ? 255 : channels);
    layout.low_frequency_effects = lfe;
    if (channels < plain.size()) layout.name = lfe ? with_lfe[channels] : plain[channels];
    return layout;
}

}  // namespace muxtap::es
