#include "client/frames/frames_config.h"

#include <algorithm>

#include "common/app/host_name.h"
#include "common/app/value_parsers.h"

namespace muxtap::frames {
namespace {

constexpr std::uint64_t least_waiting_bytes = std::uint64_t{1} << 20;
/// GStreamer's queues count bytes in 32 bits.
constexpr std::uint64_t most_waiting_bytes = std::uint64_t{4} << 30;

Result<DecodingOptions> read_decoding(const app::Options& options) {
    DecodingOptions decoding;
    for (const std::string& number : options.list("program")) {
        decoding.programs.push_back(static_cast<std::uint16_t>(std::stoul(number)));
    }
    const std::string& mode = options.text("decode");
    decoding.mode = mode == "all"         ? DecodeMode::all
                    : mode == "keyframes" ? DecodeMode::key_frames
                                          : DecodeMode::automatic;
    decoding.hardware = options.text("decoder") == "auto";
    const std::string& behind = options.text("behind");
    decoding.behind = behind == "skip" ? Behind::skip : behind == "wait" ? Behind::wait : Behind::automatic;
    decoding.threads = static_cast<unsigned>(options.integer("decode-threads"));
    decoding.pictures = options.boolean("extract-images");
    decoding.sound = options.boolean("sound");
    decoding.captions = options.boolean("captions");
    auto rate = parse_picture_rate(options.text("image-framerate"));
    if (!rate) return fail("--image-framerate: " + rate.error().message);
    decoding.rate = *rate;
    decoding.height = static_cast<unsigned>(options.integer("image-height"));
    decoding.most_waiting_bytes = options.bytes("decode-buffer");
    if (decoding.most_waiting_bytes < least_waiting_bytes || decoding.most_waiting_bytes > most_waiting_bytes) {
        return fail("--decode-buffer: expected 1M to 4G");
    }
    decoding.play = options.boolean("play");
    return decoding;
}

PictureLimits read_picture_limits(const app::Options& options) {
    PictureLimits limits;
    limits.black_level = options.decimal("black-level");
    limits.black_share = options.decimal("black-share");
    limits.black_hold = options.duration("black-hold");
    limits.freeze_distance = static_cast<unsigned>(options.integer("freeze-distance"));
    limits.freeze_difference = options.decimal("freeze-difference");
    limits.freeze_hold = options.duration("freeze-hold");
    return limits;
}

SoundLimits read_sound_limits(const app::Options& options) {
    SoundLimits limits;
    limits.silence_dbfs = options.decimal("sound-silence-level");
    limits.silence_hold = options.duration("sound-silence-hold");
    limits.phase_limit = options.decimal("phase-limit");
    limits.phase_hold = options.duration("phase-hold");
    limits.integration = options.duration("loudness-time");
    return limits;
}

/// Whether anything is asked for at all.
bool has_work(const FramesConfig& config) {
    const DecodingOptions& decoding = config.decoding;
    return decoding.pictures || decoding.sound || decoding.captions || decoding.play ||
           config.outputs.publish_access_units;
}

}  // namespace

Result<PictureRate> parse_picture_rate(std::string_view text) {
    constexpr std::int64_t largest = 1'000'000;
    const std::size_t slash = text.find('/');
    const auto numerator = app::parse_integer(text.substr(0, slash), 0, largest);
    const auto denominator = slash == std::string_view::npos ? Result<std::int64_t>{1}
                                                             : app::parse_integer(text.substr(slash + 1), 1, largest);
    if (!numerator || !denominator) {
        return fail(
            "\"" + std::string{text} +
            "\" is no picture rate; expected pictures a second as 25, 30000/1001 or 1/10, or 0 for every picture");
    }
    if (*numerator == 0) return PictureRate{.numerator = 0, .denominator = 1};
    return PictureRate{.numerator = static_cast<unsigned>(*numerator),
                       .denominator = static_cast<unsigned>(*denominator)};
}

Result<FramesConfig> read_config(const app::Options& options) {
    FramesConfig config;
    auto feed = client::read_feed_selection(options);
    if (!feed) return tl::unexpected<Error>(feed.error());
    config.feed = std::move(*feed);
    config.worker = options.is_set("worker-id") ? options.text("worker-id") : app::host_name();
    auto decoding = read_decoding(options);
    if (!decoding) return tl::unexpected<Error>(decoding.error());
    config.decoding = std::move(*decoding);
    config.format = options.text("image-format") == "png" ? ImageFormat::png : ImageFormat::jpeg;
    config.quality = static_cast<unsigned>(options.integer("jpeg-quality"));
    config.filmstrip_length = static_cast<std::size_t>(options.integer("filmstrip-length"));
    config.overlay = options.boolean("overlay");
    config.picture_limits = read_picture_limits(options);
    config.sound_limits = read_sound_limits(options);
    config.captions_missing = options.duration("captions-missing");
    auto outputs = read_output_choice(options);
    if (!outputs) return tl::unexpected<Error>(outputs.error());
    config.outputs = std::move(*outputs);
    // Eight pictures side by side are dear to encode at full height.
    const bool kafka_takes_it = config.outputs.kafka && config.outputs.kafka->filmstrip;
    if (config.outputs.filmstrip.empty() && !kafka_takes_it) config.filmstrip_length = 0;
    if (options.is_set("duration") && options.duration("duration") > std::chrono::nanoseconds{0}) {
        config.duration = options.duration("duration");
    }
    config.exit_on_end = options.boolean("exit-on-end");
    if (!has_work(config)) return fail("--extract-images, --sound and --captions are all false: nothing is left to do");
    return config;
}

}  // namespace muxtap::frames
