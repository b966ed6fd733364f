#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyzer/report/program_info.h"
#include "common/base/bytes.h"
#include "common/ts/packet_view.h"

namespace muxtap::psi {

/// Descriptor tags (ISO/IEC 13818-1, table 2-45; EN 300 468, table 12; ATSC A/65, table 6.25).
namespace descriptor {
inline constexpr std::uint8_t registration = 0x05;
inline constexpr std::uint8_t ca = 0x09;
inline constexpr std::uint8_t iso_639_language = 0x0A;
inline constexpr std::uint8_t metadata = 0x26;
inline constexpr std::uint8_t network_name = 0x40;
inline constexpr std::uint8_t vbi_data = 0x45;
inline constexpr std::uint8_t vbi_teletext = 0x46;
inline constexpr std::uint8_t service = 0x48;
inline constexpr std::uint8_t short_event = 0x4D;
inline constexpr std::uint8_t component = 0x50;
inline constexpr std::uint8_t stream_identifier = 0x52;
inline constexpr std::uint8_t teletext = 0x56;
inline constexpr std::uint8_t subtitling = 0x59;
inline constexpr std::uint8_t private_data_specifier = 0x5F;
inline constexpr std::uint8_t data_broadcast = 0x64;
inline constexpr std::uint8_t data_broadcast_id = 0x66;
inline constexpr std::uint8_t ac3 = 0x6A;
inline constexpr std::uint8_t application_signalling = 0x6F;
inline constexpr std::uint8_t eac3 = 0x7A;
inline constexpr std::uint8_t dts = 0x7B;
inline constexpr std::uint8_t aac = 0x7C;
inline constexpr std::uint8_t extension = 0x7F;
inline constexpr std::uint8_t atsc_ac3 = 0x81;
inline constexpr std::uint8_t logical_channel = 0x83;
inline constexpr std::uint8_t atsc_eac3 = 0xCC;
inline constexpr std::uint8_t arib_data_component = 0xFD;
}  // namespace descriptor

/// First byte of an extension_descriptor (EN 300 468, table 109).
namespace extension {
inline constexpr std::uint8_t supplementary_audio = 0x06;
inline constexpr std::uint8_t dts_hd = 0x0E;
inline constexpr std::uint8_t dts_neural = 0x0F;
inline constexpr std::uint8_t ac4 = 0x15;
inline constexpr std::uint8_t ttml_subtitling = 0x20;
inline constexpr std::uint8_t dts_uhd = 0x21;
inline constexpr std::uint8_t opus = 0x80;  ///< user defined: for streams registered as "Opus"
}  // namespace extension

/// One descriptor, borrowed from its section.
struct Descriptor {
    std::uint8_t tag = 0;
    ByteView data;  ///< behind descriptor_length

    /// descriptor_tag_extension, where this is an extension_descriptor.
    [[nodiscard]] std::optional<std::uint8_t> extension_tag() const noexcept {
        if (tag != descriptor::extension || data.empty()) return std::nullopt;
        return data[0];
    }
};

/// A loop of descriptors to iterate over; ends before the first one that does not fit.
class DescriptorLoop {
public:
    class Iterator {
    public:
        explicit Iterator(ByteView rest) noexcept : rest_(rest) {}
        [[nodiscard]] Descriptor operator*() const noexcept { return {rest_[0], rest_.subspan(2, rest_[1])}; }
        Iterator& operator++() noexcept {
            rest_ = rest_.subspan(std::size_t{2} + rest_[1]);
            return *this;
        }
        /// Only for the comparison with the end: whether another descriptor follows.
        [[nodiscard]] bool operator!=(const Iterator&) const noexcept { return whole(rest_); }
        [[nodiscard]] ByteView rest() const noexcept { return rest_; }

    private:
        ByteView rest_;
    };

    explicit DescriptorLoop(ByteView bytes) noexcept : bytes_(bytes) {}
    [[nodiscard]] Iterator begin() const noexcept { return Iterator(bytes_); }
    [[nodiscard]] Iterator end() const noexcept { return Iterator({}); }

    /// The first descriptor with this tag.
    [[nodiscard]] std::optional<Descriptor> find(std::uint8_t tag) const noexcept {
        for (const Descriptor one : *this)
            if (one.tag == tag) return one;
        return std::nullopt;
    }
    /// Whether the descriptors fill the loop exactly.
    [[nodiscard]] bool is_sound() const noexcept {
        Iterator at = begin();
        while (at != end()) ++at;
        return at.rest().empty();
    }

private:
    [[nodiscard]] static bool whole(ByteView rest) noexcept {
        return rest.size() >= 2 && std::size_t{2} + rest[1] <= rest.size();
    }
    ByteView bytes_;
};

/// format_identifier of a registration_descriptor (ISO/IEC 13818-1, 2.6.8) as text, "CUEI"; in hexadecimal,
/// "0x0000AB12", when it is not printable; empty when it is too short.
[[nodiscard]] std::string registration_text(Descriptor one);
[[nodiscard]] std::string registration_text(std::uint32_t format_identifier);

/// CA_descriptor (ISO/IEC 13818-1, 2.6.16).
struct CaReference {
    std::uint16_t system_id = 0;
    ts::Pid pid = 0;
};
[[nodiscard]] std::optional<CaReference> ca_reference(Descriptor one) noexcept;

/// service_descriptor (EN 300 468, 6.2.33); texts as sent.
struct ServiceNames {
    std::uint8_t service_type = 0;
    ByteView provider;
    ByteView service;
};
[[nodiscard]] std::optional<ServiceNames> service_names(Descriptor one) noexcept;

/// short_event_descriptor (EN 300 468, 6.2.37); texts as sent.
struct ShortEvent {
    ByteView language;
    ByteView name;
    ByteView text;
};
[[nodiscard]] std::optional<ShortEvent> short_event(Descriptor one) noexcept;

/// Languages and audio_type of a stream: the ISO_639_language_descriptor (ISO/IEC 13818-1, 2.6.18), else the
/// supplementary_audio_descriptor (EN 300 468, 6.4.11), else what its subtitles say.
struct StreamLanguage {
    std::string languages;  ///< joined by ","
    std::string audio_type;
};
[[nodiscard]] StreamLanguage stream_language(DescriptorLoop loop);

/// component_tag of a stream_identifier_descriptor (EN 300 468, 6.2.39).
[[nodiscard]] std::optional<std::uint8_t> component_tag(DescriptorLoop loop) noexcept;

}  // namespace muxtap::psi
