#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/report/stream_info.h"
#include "client/frames/media_time.h"
#include "client/frames/pictures/picture_judge.h"
#include "client/records/record_identity.h"
#include "common/ts/packet_view.h"

namespace muxtap::frames {

inline constexpr const char* frame_record_name = "muxtap.frame/1";
inline constexpr const char* access_unit_record_name = "muxtap.access_unit/1";

/// Form of a video stream, as its headers say.
struct VideoForm {
    analyzer::Codec codec{};
    unsigned width = 0;  ///< samples, after cropping
    unsigned height = 0;
    bool interlaced = false;
    unsigned frame_rate_numerator = 0;  ///< frames a second; 0/1 where not known or variable
    unsigned frame_rate_denominator = 1;
    unsigned sample_aspect_width = 1;
    unsigned sample_aspect_height = 1;

    [[nodiscard]] bool operator==(const VideoForm&) const = default;
};

/// What the worker could not show of a program, cumulative since its start.
struct FrameLosses {
    std::uint64_t feed_batches_lost = 0;  ///< did not reach this worker
    std::uint64_t packets_skipped = 0;    ///< left out because decoding is slower than the stream
    std::uint64_t pictures_skipped = 0;   ///< likewise, coded pictures
    std::uint64_t restarts = 0;           ///< of the pipeline

    [[nodiscard]] bool operator==(const FrameLosses&) const = default;
};

/// An encoded image of a record.
struct ImageForm {
    std::string_view media_type;  ///< "image/jpeg"; static text
    unsigned width = 0;
    unsigned height = 0;
    std::uint64_t bytes = 0;

    [[nodiscard]] bool operator==(const ImageForm&) const = default;
};

/// A record `muxtap.frame/1`: a picture and its facts (proto/schema/frame-1.json).
struct FrameRecord {
    client::RecordIdentity identity;  ///< `seq` goes up by one from record to record of a stream
    client::WorkerIdentity worker;
    std::uint16_t program = 0;
    ts::Pid pid = 0;
    VideoForm video;
    MediaTime time;
    /// Number of the picture in the order in which they are shown, from the first one of the program that this worker
    /// saw, counted by PTS and frame rate where the rate is fixed: pictures lost or left out are counted too.
    std::uint64_t frame = 0;
    bool key_frame = false;
    PictureFacts facts;
    std::optional<ImageForm> image;
    std::optional<ImageForm> filmstrip;
    FrameLosses losses;
};

/// One line without line feed. `data_uri`: becomes the member `base64_image`; empty: none.
[[nodiscard]] std::string to_json(const FrameRecord& record, std::string_view data_uri = {});

/// A record `muxtap.access_unit/1`: an encoded access unit (proto/schema/access-unit-1.json), of video or audio.
struct AccessUnitRecord {
    client::RecordIdentity identity;  ///< `seq` goes up by one from access unit to access unit of a stream
    client::WorkerIdentity worker;
    std::uint16_t program = 0;
    ts::Pid pid = 0;
    analyzer::Codec codec{};
    MediaTime time;
    std::optional<ts::Timestamp> dts;
    bool key_frame = false;      ///< decoding can begin here; always true of audio
    bool discontinuity = false;  ///< data is missing before it
    std::uint64_t bytes = 0;
};
[[nodiscard]] std::string to_json(const AccessUnitRecord& record);

}  // namespace muxtap::frames
