#include "client/frames/media/sound_branch.h"

#include <gst/audio/audio.h>

#include "client/frames/media/element_choice.h"

namespace muxtap::frames::gst {
namespace {

constexpr std::uint64_t queue_bytes = std::uint64_t{1} << 20;

[[nodiscard]] SpeakerPosition position_of(GstAudioChannelPosition position) {
    switch (position) {
        case GST_AUDIO_CHANNEL_POSITION_MONO: return SpeakerPosition::mono;
        case GST_AUDIO_CHANNEL_POSITION_FRONT_LEFT: return SpeakerPosition::left;
        case GST_AUDIO_CHANNEL_POSITION_FRONT_RIGHT: return SpeakerPosition::right;
        case GST_AUDIO_CHANNEL_POSITION_FRONT_CENTER: return SpeakerPosition::centre;
        case GST_AUDIO_CHANNEL_POSITION_LFE1:
        case GST_AUDIO_CHANNEL_POSITION_LFE2: return SpeakerPosition::low_frequency;
        case GST_AUDIO_CHANNEL_POSITION_SIDE_LEFT:
        case GST_AUDIO_CHANNEL_POSITION_REAR_LEFT: return SpeakerPosition::left_surround;
        case GST_AUDIO_CHANNEL_POSITION_SIDE_RIGHT:
        case GST_AUDIO_CHANNEL_POSITION_REAR_RIGHT: return SpeakerPosition::right_surround;
        default: return SpeakerPosition::other;
    }
}

[[nodiscard]] SoundFormat format_of(const GstAudioInfo& info) {
    SoundFormat format;
    format.sample_rate = static_cast<unsigned>(info.rate);
    for (int channel = 0; channel < info.channels; ++channel) {
        const bool known = channel < 64 && !GST_AUDIO_INFO_IS_UNPOSITIONED(&info);
        format.channels.push_back(known ? position_of(info.position[channel]) : SpeakerPosition::other);
    }
    return format;
}

}  // namespace

SoundBranch::SoundBranch(ts::Pid pid, const PesTimes& times, SoundReceiver& receiver)
    : Branch(pid, times), receiver_(receiver) {}

SoundBranch::~SoundBranch() {
    stop();
}

std::unique_ptr<SoundBranch> SoundBranch::make(ts::Pid pid, const GstCaps* caps, bool decode, const PesTimes& times,
                                               SoundReceiver& receiver, ProblemHandler problem) {
    Element parser = make_parser(caps);
    if (!parser) return nullptr;
    auto branch = std::make_unique<SoundBranch>(pid, times, receiver);
    if (!branch->append_queue(queue_bytes) || !branch->append(std::move(parser))) return nullptr;
    SoundBranch* const self = branch.get();
    self->when_caps_are_known([self, decode, problem = std::move(problem)](const GstCaps* known) {
        if (decode) self->complete(known, problem);
        (void)self->append_sink();
    });
    watch(branch->last_pad().get(), GST_PAD_PROBE_TYPE_BUFFER,
          [self](GstPad* /*pad*/, GstPadProbeInfo* info) { return self->on_unit(info); });
    return branch;
}

void SoundBranch::complete(const GstCaps* caps, const ProblemHandler& problem) {
    Element decoder = make_decoder(caps, DecoderKind::audio, false);
    if (!decoder) return problem("no decoder for " + name_of(caps) + ": install " + package_for(caps));
    decodes_ = append(std::move(decoder)) && append(make_element("audioconvert")) &&
               append_filter("audio/x-raw,format=F32LE,layout=interleaved");
    if (!decodes_) problem("GStreamer cannot link decoder and converter");
}

GstPadProbeReturn SoundBranch::on_unit(GstPadProbeInfo* info) {
    GstBuffer* const buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    const MappedBuffer bytes(buffer);
    AccessUnit unit{.time = time_of(buffer), .dts = {}, .key_frame = true, .discontinuity = false, .bytes = {}};
    unit.discontinuity = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DISCONT);
    unit.bytes = {bytes.data(), bytes.size()};
    receiver_.on_access_unit(unit);
    if (decodes_) return GST_PAD_PROBE_OK;
    count_produced();
    return GST_PAD_PROBE_DROP;
}

void SoundBranch::on_sample(GstSample* sample) {
    GstAudioInfo info;
    if (!decodes_ || gst_audio_info_from_caps(&info, gst_sample_get_caps(sample)) == FALSE) return;
    count_produced();
    GstBuffer* const buffer = gst_sample_get_buffer(sample);
    const MappedBuffer bytes(buffer);
    const std::size_t count = bytes.size() / sizeof(float);
    SoundFormat format = format_of(info);
    const SoundBlock block{.time = time_of(buffer), .samples = {reinterpret_cast<const float*>(bytes.data()), count}};
    receiver_.on_sound(format, block);
}

}  // namespace muxtap::frames::gst
