#include "analyzer/es_audio/audio_specific_config.h"

#include <array>

namespace muxtap::es {

namespace {

constexpr unsigned object_sbr = 5;
constexpr unsigned object_bsac = 22;
constexpr unsigned object_ld = 23;
constexpr unsigned object_ps = 29;
constexpr unsigned object_eld = 39;
constexpr unsigned sync_extension_sbr = 0x2B7;
constexpr unsigned sync_extension_ps = 0x548;

unsigned read_object_type(BitReader& reader) noexcept {
    const unsigned type = reader.u(5);
    return type == 31 ? 32 + reader.u(6) : type;
}

std::uint32_t read_sample_rate(BitReader& reader) noexcept {
    const unsigned index = reader.u(4);
    return index == 15 ? reader.u(24) : aac_sample_rate(index);
}

/// Whether GASpecificConfig follows for this audio object type.
bool is_general_audio(unsigned type) noexcept {
    return (type >= 1 && type <= 4) || type == 6 || type == 7 || type == 17 || (type >= 19 && type <= 23);
}

struct Extensions {
    bool sbr = false;
    bool ps = false;
    std::uint32_t sample_rate = 0;
};

/// Backward compatible explicit signalling: SBR and PS behind the configuration of the core.
void read_sync_extension(BitReader& reader, std::size_t end, Extensions& found) noexcept {
    if (found.sbr || reader.bit_position() + 16 > end) return;
    if (reader.u(11) != sync_extension_sbr || read_object_type(reader) != object_sbr) return;
    found.sbr = reader.flag();
    if (!found.sbr) return;
    found.sample_rate = read_sample_rate(reader);
    if (reader.bit_position() + 12 <= end && reader.u(11) == sync_extension_ps) found.ps = reader.flag();
}

}  // namespace

std::uint32_t aac_sample_rate(unsigned index) noexcept {
    static constexpr std::array<std::uint32_t, 13> rates = {96'000, 88'200, 64'000, 48'000, 44'100, 32'000, 24'000,
                                                            22'050, 16'000, 12'000, 11'025, 8'000,  7'350};
    return index < rates.size() ? rates[index] : 0;
}

std::string_view aac_profile_name(unsigned audio_object_type) noexcept {
    switch (audio_object_type) {
        case 1: return "Main";
        case 2: return "LC";
        case 3: return "SSR";
        case 4: return "LTP";
        case object_sbr: return "HE-AAC";
        case object_ps: return "HE-AAC v2";
        case object_ld: return "LD";
        case object_eld: return "ELD";
        case 42: return "xHE-AAC";
        default: return {};
    }
}

ChannelLayout read_program_config(BitReader& reader) noexcept {
    reader.skip(4 + 2 + 4);  // element_instance_tag, object_type, sampling_frequency_index
    const unsigned front_side_back = reader.u(4) + reader.u(4) + reader.u(4);
    const unsigned lfe = reader.u(2);
    reader.skip(3 + 4);  // associated data and coupling elements: no channels of their own
    if (reader.flag()) reader.skip(4);
    if (reader.flag()) reader.skip(4);
    if (reader.flag()) reader.skip(3);
    unsigned channels = lfe;
    for (unsigned i = 0; i < front_side_back; ++i) {
        channels += reader.flag() ? 2 : 1;
        reader.skip(4);
    }
    if (reader.exhausted()) return {};
    return layout_of_count(channels, lfe != 0);
}

std::optional<FrameHeader> read_audio_specific_config(BitReader& reader,
                                                      std::optional<std::size_t> length_bits) noexcept {
    const std::size_t begin = reader.bit_position();
    FrameHeader header;
    unsigned type = read_object_type(reader);
    header.sample_rate = read_sample_rate(reader);
    const unsigned configuration = reader.u(4);
    Extensions extensions;
    if (type == object_sbr || type == object_ps) {
        extensions.sbr = true;
        extensions.ps = type == object_ps;
        extensions.sample_rate = read_sample_rate(reader);
        type = read_object_type(reader);
        if (type == object_bsac) reader.skip(4);
    }
    ChannelLayout layout = layout_of_aac(configuration);
    const bool short_frames = type == object_ld || type == object_eld;
    header.samples_per_frame = short_frames ? 512 : 1024;
    if (is_general_audio(type)) {
        if (reader.flag()) header.samples_per_frame = short_frames ? 480 : 960;
        if (reader.flag()) reader.skip(14);
        reader.skip(1);
        // The element lists of a program_config_element are followed by its comment, which is not of interest.
        if (configuration == 0) layout = read_program_config(reader);
    }
    if (reader.exhausted() || header.sample_rate == 0 || type == 0) return std::nullopt;
    if (length_bits && configuration != 0) read_sync_extension(reader, begin + *length_bits, extensions);
    if (reader.exhausted()) return std::nullopt;

    header.profile = aac_profile_name(extensions.ps ? object_ps : extensions.sbr ? object_sbr : type);
    if (extensions.sbr) {
        if (extensions.sample_rate == 0) return std::nullopt;
        if (extensions.sample_rate == header.sample_rate * 2) header.samples_per_frame *= 2;
        header.sample_rate = extensions.sample_rate;
        if (extensions.ps && layout.channels == 1) layout = layout_of_aac(2);
    }
    header.channels = layout.channels;
    header.low_frequency_effects = layout.low_frequency_effects;
    header.layout = layout.name;
    return header;
}

}  // namespace muxtap::es
