#include "analyzer/psi/subtitle_descriptors.h"

#include <array>

#include "analyzer/psi/dvb_text.h"

namespace muxtap::psi {

namespace {

using analyzer::SubtitleService;

/// EN 300 468, table 100.
const char* teletext_type_name(unsigned type) noexcept {
    switch (type) {
        case 1: return "initial teletext page";
        case 2: return "teletext subtitle page";
        case 3: return "additional information page";
        case 4: return "programme schedule page";
        case 5: return "teletext subtitle page (hard of hearing)";
        default: return "teletext page";
    }
}

/// component_type of stream_content 3, EN 300 468, table 26: the shape of the picture is in the lower digit.
std::string subtitling_type_name(std::uint8_t type) {
    constexpr std::array shapes = {
        "", "4:3", "16:9", "2.21:1", "high definition", "stereoscopic", "ultra high definition"};
    if (type == 0x01) return "teletext subtitle page";
    const unsigned audience = type >> 4;
    const unsigned shape = type & 0x0FU;
    if ((audience != 1 && audience != 2) || shape >= shapes.size()) return "DVB subtitles";
    std::string qualities = audience == 2 ? "hard of hearing" : "";
    if (shape != 0) {
        if (!qualities.empty()) qualities += ", ";
        qualities += shapes[shape];
    }
    return qualities.empty() ? "DVB subtitles" : "DVB subtitles (" + qualities + ")";
}

/// subtitle_purpose, EN 303 560, table 3.
const char* ttml_type_name(unsigned purpose) noexcept {
    switch (purpose) {
        case 0x10:
        case 0x11:
        case 0x12: return "TTML subtitles (hard of hearing)";
        case 0x30: return "TTML audio description";
        case 0x31: return "TTML commentary";
        default: return "TTML subtitles";
    }
}

void add_teletext(std::vector<SubtitleService>& services, ByteView data) {
    for (; data.size() >= 5; data = data.subspan(5)) {
        const unsigned magazine = (data[3] & 7U) == 0 ? 8U : data[3] & 7U;
        const unsigned page = magazine * 100 + (data[4] >> 4) * 10U + (data[4] & 0x0FU);
        services.push_back({.language = language_text(data.first(3)),
                            .type = teletext_type_name(data[3] >> 3),
                            .page = static_cast<std::uint16_t>(page)});
    }
}

void add_subtitling(std::vector<SubtitleService>& services, ByteView data) {
    for (; data.size() >= 8; data = data.subspan(8))
        services.push_back({.language = language_text(data.first(3)),
                            .type = subtitling_type_name(data[3]),
                            .page = read_u16(data, 4),
                            .ancillary = read_u16(data, 6)});
}

}  // namespace

std::vector<SubtitleService> subtitle_services(DescriptorLoop loop) {
    std::vector<SubtitleService> services;
    for (const Descriptor one : loop) {
        if (one.tag == descriptor::teletext || one.tag == descriptor::vbi_teletext) add_teletext(services, one.data);
        if (one.tag == descriptor::subtitling) add_subtitling(services, one.data);
        if (one.extension_tag() == extension::ttml_subtitling && one.data.size() >= 5)
            services.push_back(
                {.language = language_text(one.data.subspan(1, 3)), .type = ttml_type_name(one.data[4] >> 2)});
    }
    return services;
}

}  // namespace muxtap::psi
