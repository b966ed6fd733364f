#include "analyzer/cli/text/sections.h"
#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

using analyzer::AudioInfo;
using analyzer::Codec;
using analyzer::ScanType;
using analyzer::VideoInfo;

void append_word(std::string& text, const std::string& word) {
    if (word.empty()) return;
    if (!text.empty()) text += ' ';
    text += word;
}

/// "25", "29.97".
std::string frames_per_second(const VideoInfo& video) {
    if (video.frame_rate_numerator == 0 || video.frame_rate_denominator == 0) return {};
    const double rate = static_cast<double>(video.frame_rate_numerator) / video.frame_rate_denominator;
    std::string text = fixed(rate, 3);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text + " fps" + (video.frame_rate_measured ? " (measured)" : "");
}

std::string colour_text(const VideoInfo& video) {
    std::string text = video.colour_primaries;
    if (!video.transfer_characteristics.empty() && video.transfer_characteristics != text) {
        text += (text.empty() ? "" : "/") + video.transfer_characteristics;
    }
    return text;
}

std::string captions_text(const analyzer::CaptionInfo& captions) {
    std::string text;
    const auto add = [&](const char* name, bool there, const char* unit, const std::vector<std::uint8_t>& numbers) {
        if (!there) return;
        append_word(text, name);
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            text += (i == 0 ? " " : ",") + std::string{unit} + std::to_string(numbers[i]);
        }
    };
    add("CEA-608", captions.cea608, "CC", captions.cea608_channels);
    add("CEA-708", captions.cea708, "S", captions.cea708_services);
    return text;
}

std::string video_format(const VideoInfo& video) {
    std::string text;
    if (video.width != 0) {
        const char* scan = video.scan == ScanType::progressive  ? "p"
                           : video.scan == ScanType::interlaced ? "i"
                           : video.scan == ScanType::mixed      ? " mixed"
                                                                : "";
        append_word(text, std::to_string(video.width) + "×" + std::to_string(video.height) + scan);
    }
    append_word(text, frames_per_second(video));
    if (video.display_aspect_width != 0) {
        append_word(text,
                    std::to_string(video.display_aspect_width) + ":" + std::to_string(video.display_aspect_height));
    }
    append_word(text, video.chroma);
    if (video.bit_depth != 0) append_word(text, std::to_string(video.bit_depth) + " bit");
    append_word(text, colour_text(video));
    if (video.gop_last != 0) {
        std::string gop = std::to_string(video.gop_min);
        if (video.gop_max != video.gop_min) gop += "-" + std::to_string(video.gop_max);
        append_word(text, "GOP " + gop);
    }
    if (video.active_format) append_word(text, "AFD " + std::to_string(*video.active_format));
    append_word(text, captions_text(video.captions));
    return text;
}

std::string audio_format(const AudioInfo& audio) {
    std::string text;
    if (audio.sample_rate != 0) {
        std::string rate = fixed(audio.sample_rate / 1000.0, 2);
        while (rate.back() == '0') rate.pop_back();
        if (rate.back() == '.') rate.pop_back();
        append_word(text, rate + " kHz");
    }
    if (!audio.channel_layout.empty()) {
        append_word(text, audio.channel_layout);
    } else if (audio.channels != 0) {
        append_word(text, std::to_string(audio.channels) + (audio.channels == 1 ? " channel" : " channels"));
    }
    if (audio.bits_per_sample != 0) append_word(text, std::to_string(audio.bits_per_sample) + " bit");
    if (audio.bitrate != 0) append_word(text, bit_rate(audio.bitrate));
    return text;
}

std::string subtitle_format(const std::vector<analyzer::SubtitleService>& services) {
    std::string text;
    for (const analyzer::SubtitleService& service : services) {
        if (!text.empty()) text += ", ";
        text += service.type;
        if (!service.language.empty()) text += " " + service.language;
        if (service.page != 0) text += " " + std::to_string(service.page);
    }
    return text;
}

}  // namespace

StreamDescription describe(const analyzer::ProgramStream& stream, const analyzer::StreamInfo* found) {
    const bool headers = found != nullptr && found->headers_seen;
    const Codec codec = found != nullptr && found->codec != Codec::unknown ? found->codec : stream.codec;
    StreamDescription description;
    description.codec = display_name(codec);
    if (codec == Codec::unknown) description.codec = "stream_type " + std::to_string(stream.stream_type);
    const AudioInfo* audio = found != nullptr && found->audio ? &*found->audio : nullptr;
    if (audio == nullptr && stream.described_audio) audio = &*stream.described_audio;
    if (found != nullptr && found->video) {
        const VideoInfo& video = *found->video;
        append_word(description.codec, video.profile);
        if (!video.level.empty()) description.codec += "@" + video.level;
        if (video.tier == "High") description.codec += " High tier";
        description.format = video_format(video);
    } else if (audio != nullptr) {
        append_word(description.codec, audio->profile);
        description.format = audio_format(*audio);
    }
    append_word(description.format, subtitle_format(stream.subtitles));
    append_word(description.format, stream.audio_type);
    if (found != nullptr && found->text && found->text->pes_packets > 0 && found->text->with_content == 0)
        append_word(description.format, "(nothing but stuffing)");
    const bool is_media = stream.kind == analyzer::MediaKind::video || stream.kind == analyzer::MediaKind::audio;
    if (is_media && !headers) append_word(description.format, "(headers not seen)");
    description.codec = printable(description.codec);
    description.format = printable(description.format);
    return description;
}

}  // namespace muxtap::analyze
