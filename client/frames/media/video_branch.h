#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "client/frames/frames_config.h"
#include "client/frames/media/branch.h"
#include "client/frames/media/receivers.h"
#include "client/frames/streams/decode_gate.h"

namespace muxtap::frames::gst {

/// Video: queue, parser, and where pictures are wanted decoder, deinterlacer, scaler.
class VideoBranch final : public Branch {
public:
    /// Why the stream cannot be decoded, and what to do. Its access units are told all the same.
    using ProblemHandler = std::function<void(std::string)>;

    /// Null when there is not even a parser.
    [[nodiscard]] static std::unique_ptr<VideoBranch> make(ts::Pid pid, const GstCaps* caps,
                                                           const DecodingOptions& options, bool lossless,
                                                           const PesTimes& times, VideoReceiver& receiver,
                                                           ProblemHandler problem);

    VideoBranch(ts::Pid pid, const DecodingOptions& options, bool lossless, const PesTimes& times,
                VideoReceiver& receiver);
    /// Its threads are stopped before its own members go.
    ~VideoBranch() override;
    VideoBranch(const VideoBranch&) = delete;
    VideoBranch& operator=(const VideoBranch&) = delete;

private:
    void complete(const GstCaps* caps, const ProblemHandler& problem);
    [[nodiscard]] bool append_decoder(Element decoder);
    [[nodiscard]] bool append_window();
    GstPadProbeReturn on_unit(GstPad* pad, GstPadProbeInfo* info);
    GstPadProbeReturn on_decoded(GstPad* pad, GstPadProbeInfo* info);
    void tell_captions(GstBuffer* buffer, const MediaTime& time);
    void tell_decoder(GstPad* pad) const;
    void on_sample(GstSample* sample) override;

    /// A picture on its way through the decoder.
    struct Given {
        GstClockTime stamp = 0;
        bool key_frame = false;
    };
    /// And through deinterlacer and scaler.
    struct Chosen {
        GstClockTime stamp = 0;
        bool key_frame = false;
        VideoForm form;
    };

    std::mutex calls_;  ///< decoders of graphics cards give out pictures in a thread of their own
    const DecodingOptions& options_;
    const bool lossless_;
    VideoReceiver& receiver_;
    DecodeGate gate_;
    PictureClock clock_;
    bool told_key_frames_only_ = false;
    bool decodes_ = false;
    std::uint64_t last_packet_ = 0;  ///< of the last access unit
    bool awaits_decoder_ = false;    ///< it has got something since it gave a picture
    std::deque<Given> given_;
    std::deque<Chosen> chosen_;
};

}  // namespace muxtap::frames::gst
