#include "analyzer/psi/audio_descriptors.h"

#include <array>

namespace muxtap::psi {

namespace {

using analyzer::AudioInfo;

/// number_of_channels_flags of a component_type (EN 300 468, table D.5). Where it says "more than two" the number stays
/// open.
std::optional<AudioInfo> from_component_type(std::uint8_t type) {
    AudioInfo info;
    switch (type & 7U) {
        case 0:
            info.channels = 1;
            info.channel_layout = "mono";
            return info;
        case 1:
            info.channels = 2;
            info.channel_layout = "dual mono";
            return info;
        case 2:
        case 3:
            info.channels = 2;
            info.channel_layout = "stereo";
            return info;
        case 4:
        case 5: info.channel_layout = "multichannel"; return info;
        default: return std::nullopt;
    }
}

/// AC-3_descriptor and enhanced_ac-3_descriptor: a flag says whether there is a component_type.
std::optional<AudioInfo> from_dvb_ac3(ByteView data) {
    if (data.size() < 2 || (data[0] & 0x80U) == 0) return std::nullopt;
    return from_component_type(data[1]);
}

/// num_channels of ATSC A/52, table A4.5: an acmod, or one of "at most so many". From three channels on it leaves open
/// whether there is a low-frequency one too, so that the number stays open.
void set_atsc_channels(AudioInfo& info, unsigned num_channels) {
    constexpr std::array layouts = {"dual mono", "mono", "stereo", "3/0", "2/1", "3/1", "2/2", "3/2"};
    constexpr std::array<std::uint8_t, 3> channels = {2, 1, 2};
    if (num_channels < layouts.size()) {
        info.channel_layout = layouts[num_channels];
        if (num_channels < channels.size()) info.channels = channels[num_channels];
    } else if (num_channels == 8) {
        info.channels = 1;
        info.channel_layout = "mono";
    } else if (num_channels >= 10 && num_channels <= 13) {
        info.channel_layout = "multichannel";
    }
}

/// AC-3_audio_stream_descriptor, ATSC A/52, A4.3. The highest bit of bit_rate_code says that the rate is only a limit.
std::optional<AudioInfo> from_atsc_ac3(ByteView data) {
    constexpr std::array<std::uint16_t, 19> kilobits = {32,  40,  48,  56,  64,  80,  96,  112, 128, 160,
                                                        192, 224, 256, 320, 384, 448, 512, 576, 640};
    constexpr std::array<std::uint32_t, 3> rates = {48000, 44100, 32000};
    if (data.size() < 3) return std::nullopt;
    AudioInfo info;
    const unsigned rate = data[0] >> 5;
    if (rate < rates.size()) info.sample_rate = rates[rate];
    const unsigned bit_rate_code = data[1] >> 2;
    if (bit_rate_code < kilobits.size()) info.bitrate = kilobits[bit_rate_code] * 1000U;
    set_atsc_channels(info, data[2] >> 1 & 0x0FU);
    return info;
}

/// profile_and_level of an AAC_descriptor: audioProfileLevelIndication of ISO/IEC 14496-3, table 1.16.
std::optional<AudioInfo> from_aac(ByteView data) {
    if (data.empty()) return std::nullopt;
    AudioInfo info;
    const std::uint8_t level = data[0];
    if (level >= 0x28 && level <= 0x2B) info.profile = "LC";
    if (level >= 0x2C && level <= 0x2F) info.profile = "HE-AAC";
    if (level >= 0x30 && level <= 0x33) info.profile = "HE-AAC v2";
    if (info.profile.empty()) return std::nullopt;
    return info;
}

/// channel_config_code of the Opus audio descriptor ("Opus in MPEG-TS", a draft that multiplexers follow): 0 is dual
/// mono; up to 8 it is a number of channels in the orders of Vorbis, where from six on one is low-frequency.
std::optional<AudioInfo> from_opus(Descriptor one) {
    constexpr std::array layouts = {"dual mono", "mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1"};
    if (one.data.size() < 2 || one.data[1] >= layouts.size()) return std::nullopt;
    const std::uint8_t code = one.data[1];
    AudioInfo info;
    info.sample_rate = 48'000;
    info.channels = code == 0 ? std::uint8_t{2} : code;
    info.channel_layout = layouts[code];
    info.low_frequency_effects = code >= 6;
    return info;
}

bool is_opus(DescriptorLoop loop) {
    const auto registration = loop.find(descriptor::registration);
    return registration && registration_text(*registration) == "Opus";
}

}  // namespace

std::optional<AudioInfo> described_audio(DescriptorLoop loop) {
    for (const Descriptor one : loop) {
        std::optional<AudioInfo> info;
        switch (one.tag) {
            case descriptor::ac3:
            case descriptor::eac3: info = from_dvb_ac3(one.data); break;
            case descriptor::atsc_ac3: info = from_atsc_ac3(one.data); break;
            case descriptor::aac: info = from_aac(one.data); break;
            default: break;
        }
        if (one.extension_tag() == extension::opus && is_opus(loop)) info = from_opus(one);
        if (info) return info;
    }
    return std::nullopt;
}

}  // namespace muxtap::psi
