#include "analyzer/json/fields.h"

namespace muxtap::analyzer::json {
namespace {

void captions(Writer& writer, const CaptionInfo& captions) {
    const Object object(writer);
    field(writer, "cea608", captions.cea608);
    field(writer, "cea708", captions.cea708);
    field(writer, "cea608_channels", captions.cea608_channels);
    field(writer, "cea708_services", captions.cea708_services);
    field(writer, "pictures", captions.pictures_with_captions);
}

/// `{"width": 16, "height": 9}`, or nothing while it is not known.
void ratio(Writer& writer, std::string_view name, std::uint16_t width, std::uint16_t height) {
    if (width == 0 || height == 0) return;
    key(writer, name);
    const Object object(writer);
    field(writer, "width", width);
    field(writer, "height", height);
}

void frame_rate(Writer& writer, const VideoInfo& video) {
    if (video.frame_rate_numerator == 0 || video.frame_rate_denominator == 0) return;
    key(writer, "frame_rate");
    const Object object(writer);
    field(writer, "numerator", video.frame_rate_numerator);
    field(writer, "denominator", video.frame_rate_denominator);
    field(writer, "per_second", static_cast<double>(video.frame_rate_numerator) / video.frame_rate_denominator);
    field(writer, "measured", video.frame_rate_measured);
}

}  // namespace

void value(Writer& writer, const VideoInfo& video) {
    const Object object(writer);
    field_if_known(writer, "profile", video.profile);
    field_if_known(writer, "level", video.level);
    field_if_known(writer, "tier", video.tier);
    field_if_known(writer, "width", video.width);
    field_if_known(writer, "height", video.height);
    frame_rate(writer, video);
    ratio(writer, "sample_aspect_ratio", video.sample_aspect_width, video.sample_aspect_height);
    ratio(writer, "display_aspect_ratio", video.display_aspect_width, video.display_aspect_height);
    field(writer, "scan", key_name(video.scan));
    field_if_known(writer, "chroma", video.chroma);
    field_if_known(writer, "bit_depth", video.bit_depth);
    field_if_known(writer, "colour_primaries", video.colour_primaries);
    field_if_known(writer, "transfer_characteristics", video.transfer_characteristics);
    field_if_known(writer, "matrix_coefficients", video.matrix_coefficients);
    field(writer, "full_range", video.full_range);
    field_if_known(writer, "max_bitrate_bps", video.max_bitrate);
    field_if_known(writer, "coded_buffer_bits", video.coded_buffer_bits);
    field(writer, "pictures", video.pictures);
    field(writer, "random_access_points", video.random_access_points);
    field_if_known(writer, "gop_last_pictures", video.gop_last);
    field_if_known(writer, "gop_min_pictures", video.gop_min);
    field_if_known(writer, "gop_max_pictures", video.gop_max);
    field_if_known(writer, "random_access_interval_last_ns", video.random_access_interval_last_ns);
    field_if_known(writer, "random_access_interval_max_ns", video.random_access_interval_max_ns);
    field(writer, "active_format", video.active_format);
    key(writer, "captions");
    captions(writer, video.captions);
}

void value(Writer& writer, const AudioInfo& audio) {
    const Object object(writer);
    field_if_known(writer, "profile", audio.profile);
    field_if_known(writer, "sample_rate_hz", audio.sample_rate);
    field_if_known(writer, "channels", audio.channels);
    field(writer, "low_frequency_effects", audio.low_frequency_effects);
    field_if_known(writer, "channel_layout", audio.channel_layout);
    field_if_known(writer, "bitrate_bps", audio.bitrate);
    field_if_known(writer, "bits_per_sample", audio.bits_per_sample);
    field_if_known(writer, "samples_per_frame", audio.samples_per_frame);
    field(writer, "frame_headers_seen", audio.frame_headers_seen);
}

void value(Writer& writer, const TextInfo& text) {
    const Object object(writer);
    field(writer, "pes_packets", text.pes_packets);
    field(writer, "with_content", text.with_content);
    field(writer, "foreign", text.foreign);
    field(writer, "teletext_units", text.teletext_units);
    field(writer, "subtitle_units", text.subtitle_units);
    field(writer, "subtitle_segments", text.subtitle_segments);
}

void value(Writer& writer, const StreamInfo& stream) {
    const Object object(writer);
    field(writer, "kind", key_name(stream.kind));
    field(writer, "codec", key_name(stream.codec));
    field(writer, "headers_seen", stream.headers_seen);
    field(writer, "video", stream.video);
    field(writer, "audio", stream.audio);
    field(writer, "text", stream.text);
}

}  // namespace muxtap::analyzer::json
