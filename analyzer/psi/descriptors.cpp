#include "analyzer/psi/descriptors.h"

#include <algorithm>
#include <array>

#include "analyzer/psi/dvb_text.h"

namespace muxtap::psi {

namespace {

/// A text behind its one-byte length, taken off the front of `bytes`; empty optional when it does not fit.
std::optional<ByteView> take_counted(ByteView& bytes) noexcept {
    if (bytes.empty() || std::size_t{1} + bytes[0] > bytes.size()) return std::nullopt;
    const ByteView text = bytes.subspan(1, bytes[0]);
    bytes = bytes.subspan(std::size_t{1} + text.size());
    return text;
}

void add_once(std::string& list, const std::string& one) {
    if (one.empty() || list.find(one) != std::string::npos) return;
    if (!list.empty()) list += ',';
    list += one;
}

/// ISO/IEC 13818-1, table 2-60.
const char* audio_type_name(std::uint8_t type) noexcept {
    switch (type) {
        case 1: return "clean effects";
        case 2: return "hearing impaired";
        case 3: return "visual impaired commentary";
        case 0x80: return "primary";
        case 0x81: return "native";
        case 0x82: return "emergency";
        case 0x83: return "primary commentary";
        case 0x84: return "alternate commentary";
        default: return "";
    }
}

/// editorial_classification, EN 300 468, table J.3.
const char* editorial_name(unsigned classification) noexcept {
    switch (classification) {
        case 1: return "visual impaired commentary";
        case 2: return "hearing impaired";
        case 3: return "spoken subtitles";
        case 0x17: return "unspecific supplementary audio";
        default: return "";
    }
}

void add_iso_639(StreamLanguage& found, ByteView data) {
    for (; data.size() >= 4; data = data.subspan(4)) {
        add_once(found.languages, language_text(data.first(3)));
        if (found.audio_type.empty()) found.audio_type = audio_type_name(data[3]);
    }
}

void add_supplementary(StreamLanguage& found, ByteView data) {
    if (data.size() < 2) return;
    if (found.audio_type.empty()) found.audio_type = editorial_name(data[1] >> 2 & 0x1FU);
    if ((data[1] & 1U) != 0 && data.size() >= 5 && found.languages.empty())
        found.languages = language_text(data.subspan(2, 3));
}

/// Teletext and subtitling entries begin with their language.
void add_per_entry(StreamLanguage& found, ByteView data, std::size_t entry_size) {
    for (; data.size() >= entry_size; data = data.subspan(entry_size))
        add_once(found.languages, language_text(data.first(3)));
}

}  // namespace

std::string registration_text(std::uint32_t format_identifier) {
    std::string text;
    for (unsigned shift = 32; shift > 0; shift -= 8) {
        const auto byte = static_cast<char>(format_identifier >> (shift - 8) & 0xFFU);
        if (byte >= 0x20 && byte < 0x7F) text += byte;
    }
    if (text.size() == 4) return text;
    text = "0x";
    for (unsigned shift = 32; shift > 0; shift -= 4)
        text += "0123456789ABCDEF"[format_identifier >> (shift - 4) & 0xFU];
    return text;
}

std::string registration_text(Descriptor one) {
    return one.data.size() < 4 ? std::string{} : registration_text(read_u32(one.data, 0));
}

std::optional<CaReference> ca_reference(Descriptor one) noexcept {
    if (one.tag != descriptor::ca || one.data.size() < 4) return std::nullopt;
    return CaReference{read_u16(one.data, 0), static_cast<ts::Pid>(read_u16(one.data, 2) & 0x1FFFU)};
}

std::optional<ServiceNames> service_names(Descriptor one) noexcept {
    if (one.tag != descriptor::service || one.data.empty()) return std::nullopt;
    ByteView rest = one.data.subspan(1);
    const auto provider = take_counted(rest);
    if (!provider) return std::nullopt;
    const auto service = take_counted(rest);
    if (!service) return std::nullopt;
    return ServiceNames{one.data[0], *provider, *service};
}

std::optional<ShortEvent> short_event(Descriptor one) noexcept {
    if (one.tag != descriptor::short_event || one.data.size() < 3) return std::nullopt;
    ByteView rest = one.data.subspan(3);
    const auto name = take_counted(rest);
    if (!name) return std::nullopt;
    const auto text = take_counted(rest);
    return ShortEvent{one.data.first(3), *name, text.value_or(ByteView{})};
}

StreamLanguage stream_language(DescriptorLoop loop) {
    StreamLanguage found;
    for (const Descriptor one : loop)
        if (one.tag == descriptor::iso_639_language) add_iso_639(found, one.data);
    for (const Descriptor one : loop)
        if (one.extension_tag() == extension::supplementary_audio) add_supplementary(found, one.data);
    if (!found.languages.empty()) return found;
    for (const Descriptor one : loop) {
        if (one.tag == descriptor::subtitling) add_per_entry(found, one.data, 8);
        if (one.tag == descriptor::teletext || one.tag == descriptor::vbi_teletext) add_per_entry(found, one.data, 5);
        if (one.extension_tag() == extension::ttml_subtitling && one.data.size() >= 4)
            add_once(found.languages, language_text(one.data.subspan(1, 3)));
    }
    return found;
}

std::optional<std::uint8_t> component_tag(DescriptorLoop loop) noexcept {
    const auto one = loop.find(descriptor::stream_identifier);
    if (!one || one->data.empty()) return std::nullopt;
    return one->data[0];
}

}  // namespace muxtap::psi
