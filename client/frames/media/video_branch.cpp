#include "client/frames/media/video_branch.h"

#include <gst/video/video.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "client/frames/media/element_choice.h"

namespace muxtap::frames::gst {
namespace {

/// Pictures that a decoder may hold back, and those behind it that the scaler may.
constexpr std::size_t most_in_decoder = 64;
constexpr std::size_t most_on_their_way = 16;

[[nodiscard]] bool has_name(const GstCaps* caps, std::string_view name) {
    return name_of(caps) == name;
}

/// Sets a property that not every decoder has.
void set_if_there(GstElement* element, const char* property, gint value) {
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(element), property) == nullptr) return;
    g_object_set(element, property, value, nullptr);
}

[[nodiscard]] VideoForm form_of(const GstVideoInfo& info) {
    VideoForm form;
    form.width = static_cast<unsigned>(info.width);
    form.height = static_cast<unsigned>(info.height);
    form.interlaced = info.interlace_mode != GST_VIDEO_INTERLACE_MODE_PROGRESSIVE;
    const bool fixed = (info.flags & GST_VIDEO_FLAG_VARIABLE_FPS) == 0 && info.fps_n > 0 && info.fps_d > 0;
    form.frame_rate_numerator = fixed ? static_cast<unsigned>(info.fps_n) : 0;
    form.frame_rate_denominator = fixed ? static_cast<unsigned>(info.fps_d) : 1;
    form.sample_aspect_width = static_cast<unsigned>(info.par_n);
    form.sample_aspect_height = static_cast<unsigned>(info.par_d);
    return form;
}

[[nodiscard]] Plane copy_plane(const GstVideoFrame& frame, guint component) {
    Plane plane;
    plane.width = static_cast<unsigned>(GST_VIDEO_FRAME_COMP_WIDTH(&frame, component));
    plane.height = static_cast<unsigned>(GST_VIDEO_FRAME_COMP_HEIGHT(&frame, component));
    plane.samples.resize(std::size_t{plane.width} * plane.height);
    const auto* const from = static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&frame, component));
    const auto stride = static_cast<std::size_t>(GST_VIDEO_FRAME_COMP_STRIDE(&frame, component));
    for (std::size_t row = 0; row < plane.height; ++row) {
        std::memcpy(plane.samples.data() + row * plane.width, from + row * stride, plane.width);
    }
    return plane;
}

}  // namespace

VideoBranch::VideoBranch(ts::Pid pid, const DecodingOptions& options, bool lossless, const PesTimes& times,
                         VideoReceiver& receiver)
    : Branch(pid, times),
      options_(options),
      lossless_(lossless),
      receiver_(receiver),
      gate_(options.play ? DecodeMode::all : options.mode, options.rate),
      clock_(options.rate) {}

VideoBranch::~VideoBranch() {
    stop();
}

std::unique_ptr<VideoBranch> VideoBranch::make(ts::Pid pid, const GstCaps* caps, const DecodingOptions& options,
                                               bool lossless, const PesTimes& times, VideoReceiver& receiver,
                                               ProblemHandler problem) {
    Element parser = make_parser(caps);
    if (!parser) return nullptr;
    auto branch = std::make_unique<VideoBranch>(pid, options, lossless, times, receiver);
    bool built = branch->append_queue(options.most_waiting_bytes / 2) && branch->append(std::move(parser));
    if (built && has_name(caps, "video/x-h264")) {
        built = branch->append_filter("video/x-h264,stream-format=byte-stream,alignment=au");
    } else if (built && has_name(caps, "video/x-h265")) {
        built = branch->append_filter("video/x-h265,stream-format=byte-stream,alignment=au");
    }
    if (!built) return nullptr;
    VideoBranch* const self = branch.get();
    self->when_caps_are_known(
        [self, problem = std::move(problem)](const GstCaps* known) { self->complete(known, problem); });
    watch(branch->last_pad().get(), GST_PAD_PROBE_TYPE_BUFFER,
          [self](GstPad* pad, GstPadProbeInfo* info) { return self->on_unit(pad, info); });
    return branch;
}

void VideoBranch::complete(const GstCaps* caps, const ProblemHandler& problem) {
    if (options_.pictures) {
        Element decoder = make_decoder(caps, DecoderKind::video, options_.hardware);
        if (!decoder) {
            problem("no decoder for " + name_of(caps) + ": install " + package_for(caps));
        } else if (!append_decoder(std::move(decoder))) {
            problem("GStreamer cannot link decoder and scaler");
            return;
        }
    }
    (void)append_sink();
}

bool VideoBranch::append_decoder(Element decoder) {
    // One thread per picture would hold back as many pictures as there are threads.
    set_if_there(decoder.get(), "max-threads", static_cast<gint>(options_.threads));
    if (!append(std::move(decoder))) return false;
    if (options_.play && !append_window()) return false;
    watch(last_pad().get(), GST_PAD_PROBE_TYPE_BUFFER,
          [this](GstPad* pad, GstPadProbeInfo* info) { return on_decoded(pad, info); });
    decodes_ = true;
    Element deinterlacer = make_element("deinterlace");
    Element scaler = make_element("videoconvertscale");
    if (!deinterlacer || !scaler) return false;
    // Only the first field, interpolated from itself: no other picture is needed.
    gst_util_set_object_arg(G_OBJECT(deinterlacer.get()), "fields", "top");
    gst_util_set_object_arg(G_OBJECT(deinterlacer.get()), "method", "linear");
    g_object_set(scaler.get(), "add-borders", FALSE, nullptr);
    std::string caps = "video/x-raw,format=I420,colorimetry=(string)1:4:0:0,pixel-aspect-ratio=1/1";
    if (options_.height != 0) caps += ",height=" + std::to_string(options_.height);
    return append(std::move(deinterlacer)) && append(std::move(scaler)) && append_filter(caps.c_str());
}

bool VideoBranch::append_window() {
    if (!append(make_element("tee"))) return false;
    GstElement* const tee = last_element();
    Element queue = make_element("queue");
    Element converter = make_element("videoconvert");
    Element window = make_element("autovideosink");
    if (!queue || !converter || !window) return false;
    // A window that is slow does not hold up the pictures.
    gst_util_set_object_arg(G_OBJECT(queue.get()), "leaky", "downstream");
    g_object_set(window.get(), "sync", FALSE, nullptr);
    GstBin* const bin = GST_BIN(bin_element());
    gst_bin_add_many(bin, queue.get(), converter.get(), window.get(), nullptr);
    if (gst_element_link_many(tee, queue.get(), converter.get(), window.get(), nullptr) == FALSE) return false;
    for (GstElement* const element : {window.get(), converter.get(), queue.get()}) {
        if (gst_element_sync_state_with_parent(element) == FALSE) return false;
    }
    return append(make_element("identity"));
}

GstPadProbeReturn VideoBranch::on_unit(GstPad* pad, GstPadProbeInfo* info) {
    const std::scoped_lock lock(calls_);
    GstBuffer* const buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    const MediaTime time = time_of(buffer);
    const bool key_frame = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    {
        const MappedBuffer bytes(buffer);
        AccessUnit unit{.time = time, .dts = {}, .key_frame = key_frame, .discontinuity = false, .bytes = {}};
        unit.discontinuity = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT);
        unit.bytes = {bytes.data(), bytes.size()};
        if (GST_BUFFER_DTS_IS_VALID(buffer) && GST_BUFFER_PTS_IS_VALID(buffer) && time.pts) {
            const auto later = static_cast<std::int64_t>(GST_BUFFER_PTS(buffer) - GST_BUFFER_DTS(buffer));
            const std::int64_t ticks = static_cast<std::int64_t>(time.pts->ticks() + ts::Timestamp::modulus) -
                                       time_to_ticks(std::chrono::nanoseconds{later});
            unit.dts = ts::Timestamp::from_ticks(static_cast<std::uint64_t>(ticks));
        }
        receiver_.on_access_unit(unit);
    }
    if (options_.captions) tell_captions(buffer, time);
    if (!decodes_) {
        count_produced();
        return GST_PAD_PROBE_DROP;
    }
    if (left_out_between(last_packet_, time.packet)) gate_.interrupt();
    last_packet_ = time.packet;
    const DecodeGate::Verdict verdict = gate_.judge(key_frame, time.position, lossless_ ? 0 : queue_fill());
    if (gate_.key_frames_only() != told_key_frames_only_) tell_decoder(pad);
    told_key_frames_only_ = gate_.key_frames_only();
    if (verdict == DecodeGate::Verdict::skipped) receiver_.on_skipped();
    if (verdict != DecodeGate::Verdict::decode) {
        if (!awaits_decoder_) count_produced();
        return GST_PAD_PROBE_DROP;
    }
    awaits_decoder_ = true;
    if (given_.size() >= most_in_decoder) given_.pop_front();
    given_.push_back({.stamp = GST_BUFFER_PTS(buffer), .key_frame = key_frame});
    return GST_PAD_PROBE_OK;
}

void VideoBranch::tell_decoder(GstPad* pad) const {
    GstEvent* const sticky = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
    if (sticky == nullptr) return;
    const Owned<GstEvent> owned{sticky};
    const GstSegment* segment = nullptr;
    gst_event_parse_segment(sticky, &segment);
    GstSegment changed = *segment;
    // With this flag a decoder gives out each key frame at once, not when later ones push it out.
    constexpr auto key_units = static_cast<unsigned>(GST_SEGMENT_FLAG_TRICKMODE_KEY_UNITS);
    const unsigned flags = static_cast<unsigned>(changed.flags);
    changed.flags = static_cast<GstSegmentFlags>(gate_.key_frames_only() ? flags | key_units : flags & ~key_units);
    const Pad peer{gst_pad_get_peer(pad)};
    if (peer) gst_pad_send_event(peer.get(), gst_event_new_segment(&changed));
}

void VideoBranch::tell_captions(GstBuffer* buffer, const MediaTime& time) {
    void* state = nullptr;
    while (GstMeta* const meta = gst_buffer_iterate_meta_filtered(buffer, &state, GST_VIDEO_CAPTION_META_API_TYPE)) {
        const auto* const caption = reinterpret_cast<const GstVideoCaptionMeta*>(meta);
        if (caption->caption_type != GST_VIDEO_CAPTION_TYPE_CEA708_RAW) continue;
        receiver_.on_captions({caption->data, caption->size}, time);
    }
}

GstPadProbeReturn VideoBranch::on_decoded(GstPad* pad, GstPadProbeInfo* info) {
    const std::scoped_lock lock(calls_);
    GstBuffer* const buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    count_produced();
    awaits_decoder_ = false;
    if (!GST_BUFFER_PTS_IS_VALID(buffer)) return GST_PAD_PROBE_DROP;
    const bool wanted = gate_.key_frames_only() || clock_.take(to_position(GST_BUFFER_PTS(buffer)));
    if (!wanted) return GST_PAD_PROBE_DROP;
    const Caps caps{gst_pad_get_current_caps(pad)};
    GstVideoInfo video;
    if (!caps || gst_video_info_from_caps(&video, caps.get()) == FALSE) return GST_PAD_PROBE_DROP;
    if (chosen_.size() >= most_on_their_way) chosen_.pop_front();
    const auto given = std::find_if(given_.begin(), given_.end(),
                                    [&](const Given& one) { return one.stamp == GST_BUFFER_PTS(buffer); });
    chosen_.push_back({.stamp = GST_BUFFER_PTS(buffer),
                       .key_frame = given != given_.end() && given->key_frame,
                       .form = form_of(video)});
    return GST_PAD_PROBE_OK;
}

void VideoBranch::on_sample(GstSample* sample) {
    const std::scoped_lock lock(calls_);
    GstBuffer* const buffer = gst_sample_get_buffer(sample);
    GstVideoInfo video;
    GstVideoFrame frame;
    if (!decodes_ || gst_video_info_from_caps(&video, gst_sample_get_caps(sample)) == FALSE) return;
    if (gst_video_frame_map(&frame, &video, buffer, GST_MAP_READ) == FALSE) return;
    DecodedPicture decoded;
    decoded.picture = {.luma = copy_plane(frame, 0), .blue = copy_plane(frame, 1), .red = copy_plane(frame, 2)};
    gst_video_frame_unmap(&frame);
    decoded.time = time_of(buffer);
    while (!chosen_.empty()) {
        const Chosen chosen = chosen_.front();
        chosen_.pop_front();
        decoded.key_frame = chosen.key_frame;
        decoded.form = chosen.form;
        if (chosen.stamp == GST_BUFFER_PTS(buffer)) break;
    }
    receiver_.on_picture(std::move(decoded));
}

}  // namespace muxtap::frames::gst
