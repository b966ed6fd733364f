#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/feed/feed_selection.h"
#include "client/frames/outputs/output_choice.h"
#include "client/frames/pictures/image_encoder.h"
#include "client/frames/pictures/picture_judge.h"
#include "client/frames/sound/sound_meter.h"
#include "common/app/options.h"

namespace muxtap::frames {

enum class DecodeMode : std::uint8_t {
    all,
    key_frames,
    automatic,  ///< only key frames where there are enough of them for the picture rate
};

/// What to do when decoding is slower than the stream.
enum class Behind : std::uint8_t {
    skip,       ///< leave out pictures, and count them
    wait,       ///< let the feed wait
    automatic,  ///< wait for transport stream files, skip what is live
};

/// Pictures a second; 0/1: every picture.
struct PictureRate {
    unsigned numerator = 1;
    unsigned denominator = 1;

    [[nodiscard]] bool operator==(const PictureRate&) const = default;
};

/// What is decoded, and how.
struct DecodingOptions {
    std::vector<std::uint16_t> programs;  ///< empty: all
    DecodeMode mode = DecodeMode::automatic;
    Behind behind = Behind::automatic;
    bool hardware = true;  ///< decoders of the graphics card are tried first
    unsigned threads = 1;  ///< of each software video decoder
    bool pictures = true;
    bool sound = true;
    bool captions = true;
    PictureRate rate;
    unsigned height = 96;                                        ///< samples; 0: as the stream has it
    std::uint64_t most_waiting_bytes = std::uint64_t{16} << 20;  ///< of a program, before its decoders
    bool play = false;                                           ///< show the video in a window
};

/// The options of muxtap-frames, checked.
struct FramesConfig {
    client::FeedSelection feed;
    std::string worker;  ///< name of this worker
    DecodingOptions decoding;
    ImageFormat format = ImageFormat::jpeg;
    unsigned quality = 75;
    std::size_t filmstrip_length = 8;  ///< 0: no filmstrip, or nobody takes it
    bool overlay = false;
    PictureLimits picture_limits;
    SoundLimits sound_limits;
    std::chrono::nanoseconds captions_missing{std::chrono::seconds{60}};  ///< 0: never told
    OutputChoice outputs;
    std::optional<std::chrono::nanoseconds> duration;
    bool exit_on_end = false;
};

/// "1/1", "25", "30000/1001"; "0": every picture. The error says what was expected.
[[nodiscard]] Result<PictureRate> parse_picture_rate(std::string_view text);

/// The error names the option and what it expects.
[[nodiscard]] Result<FramesConfig> read_config(const app::Options& options);

}  // namespace muxtap::frames
