#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <vector>

#include "analyzer/report/program_info.h"
#include "client/frames/frame_counter.h"
#include "client/frames/frames_config.h"
#include "client/frames/media/receivers.h"
#include "client/frames/pictures/filmstrip.h"
#include "client/frames/pictures/overlay.h"
#include "client/frames/stream_reporter.h"
#include "client/frames/text/caption_decoder.h"
#include "client/frames/text/caption_presence.h"
#include "common/base/repeat_limiter.h"

namespace muxtap::frames {

/// Losses of one program, written by its threads.
struct ProgramLosses {
    std::atomic<std::uint64_t> packets_skipped{0};
    std::atomic<std::uint64_t> pictures_skipped{0};
    std::atomic<std::uint64_t> restarts{0};
};

/// From the pictures of one video stream to records and events: facts, overlay, filmstrip, image, closed captions.
/// Outlives the pipelines that feed it.
class VideoPath final : public VideoReceiver {
public:
    VideoPath(const FramesConfig& config, StreamReporter& reporter, std::uint16_t program,
              const analyzer::ProgramStream& stream, ProgramLosses& losses);

    void on_access_unit(const AccessUnit& unit) override;
    void on_captions(ByteView cc_data, const MediaTime& time) override;
    void on_skipped() override;
    void on_picture(DecodedPicture picture) override;

    /// What is said of the stream now; between two branches that feed it.
    void set_stream(const analyzer::ProgramStream& stream) { codec_ = stream.codec; }
    /// Between two pipelines, by another thread: data is missing.
    void interrupt();
    /// Nothing more comes.
    void finish();

private:
    struct Waiting {
        std::vector<std::uint8_t> cc_data;
        MediaTime time;
    };
    void release_captions(std::chrono::nanoseconds before);
    [[nodiscard]] std::vector<std::string> overlay_lines(const FrameRecord& record) const;
    [[nodiscard]] std::shared_ptr<const Image> encoded(const Picture& picture, std::optional<ImageForm>& form);

    const FramesConfig& config_;
    StreamReporter& reporter_;
    std::uint16_t program_;
    ts::Pid pid_;
    analyzer::Codec codec_;
    ProgramLosses& losses_;
    PictureJudge judge_;
    FrameCounter counter_;
    Filmstrip filmstrip_;
    Overlay overlay_;
    ImageEncoder encoder_;
    CaptionDecoder captions_;
    CaptionPresence presence_;
    std::multimap<std::chrono::nanoseconds, Waiting> waiting_captions_;  ///< by position
    RepeatLimiter skips_{std::chrono::seconds{10}};
};

}  // namespace muxtap::frames
