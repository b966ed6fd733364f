#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <variant>

#include "analyzer/es/h264_pictures.h"
#include "analyzer/es/hevc_pictures.h"
#include "analyzer/es/mpeg2_pictures.h"
#include "analyzer/es/nal_units.h"
#include "analyzer/es/picture_facts.h"
#include "analyzer/es/picture_rhythm.h"
#include "analyzer/es/vvc_pictures.h"
#include "analyzer/report/stream_info.h"
#include "common/base/bytes.h"
#include "common/ts/timestamp.h"

namespace muxtap::es {

/// Stands for codecs whose headers are not read.
struct UnreadPictures {
    static Wants look(ByteView, bool, PictureNotes&) noexcept { return Wants::enough; }
    static void restart() noexcept {}
    static const VideoFormat* format() noexcept { return nullptr; }
    static std::uint32_t version() noexcept { return 0; }
};

/// What the pictures of one video stream say, by the head of each PES packet: its first access unit up to the first
/// slice. Headers of MPEG-1, MPEG-2, H.264 and HEVC are read, of VVC the size; of other codecs pictures and
/// random_access_indicator are counted. Holds a bounded amount of state; allocates when a header is new, not per
/// picture.
class VideoStream {
public:
    using Wants = es::Wants;

    explicit VideoStream(analyzer::Codec codec);

    /// The elementary stream's bytes of the current PES packet so far, each time from its start. To be called as bytes
    /// come until it says `enough`; further calls do no harm but are not needed. `last` when no more will be given: the
    /// collector is full or the PES packet has ended. The bytes are borrowed for the call.
    Wants look(ByteView elementary, bool last);

    /// The current PES packet has been looked at: counts its picture. Of `dts` and `pts`, those of its header, DTS is
    /// taken first. `random_access_indicator` of the transport packet counts for codecs whose headers are not read.
    void finish_picture(std::optional<ts::Timestamp> pts, std::optional<ts::Timestamp> dts,
                        bool random_access_indicator);

    /// Packets were lost: the current picture is dropped, and nothing that spans the gap is measured.
    void interrupted();

    [[nodiscard]] const analyzer::VideoInfo& info() const noexcept { return info_; }
    /// A header that says the format was read.
    [[nodiscard]] bool headers_seen() const noexcept { return headers_seen_; }
    /// Whether profile, level, size, frame rate, scan, aspect or colour became known or changed since the last call.
    [[nodiscard]] bool changed() noexcept { return std::exchange(changed_, false); }

private:
    void next_picture();
    void take_format();
    void note_scan();
    void note_transfer();
    void note_frame_rate();

    std::variant<UnreadPictures, Mpeg2Pictures, H264Pictures, HevcPictures, VvcPictures> pictures_;
    PictureNotes notes_;
    PictureRhythm rhythm_;
    VideoFormat format_;
    std::uint32_t version_ = 0;  ///< of `format_`
    analyzer::VideoInfo info_;
    bool looked_ = false;  ///< at the current picture, and enough
    bool headers_seen_ = false;
    bool changed_ = false;
    bool progressive_seen_ = false;  ///< in this format
    bool interlaced_seen_ = false;
    std::uint8_t transfer_ = colour_unspecified;
};

}  // namespace muxtap::es
