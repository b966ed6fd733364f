#include "client/frames/media/program_pipeline.h"

#include <gst/app/gstappsrc.h>

#include <algorithm>
#include <atomic>
#include <list>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "client/frames/media/branch.h"
#include "client/frames/media/element_choice.h"
#include "client/frames/media/pes_stamps.h"
#include "client/frames/media/sound_branch.h"
#include "client/frames/media/teletext_branch.h"
#include "client/frames/media/video_branch.h"

namespace muxtap::frames {

using namespace gst;

namespace {

/// A branch whose stream is over may go on as long as something comes out of it, and so much longer.
constexpr std::chrono::seconds longest_drain{2};

/// Tells when a branch has nothing more to give.
class Drain {
public:
    explicit Drain(const Branch& branch) : produced_(branch.produced()) {}
    [[nodiscard]] bool over(const Branch& branch, SteadyTime now) {
        if (branch.produced() != produced_) progress_ = now;
        produced_ = branch.produced();
        return branch.ended() || now - progress_ > longest_drain;
    }

private:
    std::uint64_t produced_;
    SteadyTime progress_ = steady_now();
};

}  // namespace

struct ProgramPipeline::Implementation {
    Implementation(const DecodingOptions& decoding, bool skip_nothing, ReceiverSource& makers,
                   const PesTimes& pes_times)
        : options(decoding), lossless(skip_nothing), receivers(makers), times(pes_times), stamps(pes_times) {}

    const DecodingOptions& options;
    const bool lossless;
    ReceiverSource& receivers;
    const PesTimes& times;
    Element pipeline;
    GstElement* source = nullptr;  ///< owned by the pipeline
    GstElement* demultiplexer = nullptr;
    PesStamps stamps;  ///< used by the demultiplexer's thread

    struct Running {
        std::shared_ptr<Branch> branch;
        GstPad* pad = nullptr;       ///< of the demultiplexer; only compared
        std::optional<Drain> drain;  ///< since the pad was removed
    };
    mutable std::mutex mutex;  ///< for what follows
    std::list<Running> branches;
    std::optional<std::string> error;
    bool ending = false;
    std::uint64_t produced_before = 0;  ///< by branches that are gone
    std::atomic<bool> stopping{false};

    [[nodiscard]] bool build(std::uint16_t program);
    static GstBusSyncReply on_message(GstBus* bus, GstMessage* message, void* self);
    void note_error(GstMessage* message);
    void on_pad_added(GstPad* pad);
    [[nodiscard]] bool continue_branch(ts::Pid pid, GstPad* pad);
    void drain_branches(ts::Pid pid);
    void on_pad_removed(GstPad* pad);
    [[nodiscard]] std::unique_ptr<Branch> make_branch(ts::Pid pid, const GstCaps* caps);
};

void ProgramPipeline::Implementation::note_error(GstMessage* message) {
    GError* reason = nullptr;
    gchar* details = nullptr;
    gst_message_parse_error(message, &reason, &details);
    const Owned<GError> owned_reason{reason};
    const Text owned_details{details};
    const Text name{gst_object_get_name(GST_MESSAGE_SRC(message))};
    std::string text = std::string{name.get()} + ": " + (reason != nullptr ? reason->message : "error");
    std::replace(text.begin(), text.end(), '\n', ' ');
    const std::scoped_lock lock(mutex);
    // A parser that has found nothing by the end of its stream says so as an error.
    for (const Running& running : branches) {
        if (!running.branch->holds(GST_MESSAGE_SRC(message))) continue;
        if (!ending && !running.drain && !running.branch->finishing()) break;
        return running.branch->give_up();
    }
    if (!error && !ending) error = std::move(text);
}

GstBusSyncReply ProgramPipeline::Implementation::on_message(GstBus* /*bus*/, GstMessage* message, void* self) {
    auto* const pipeline = static_cast<Implementation*>(self);
    switch (GST_MESSAGE_TYPE(message)) {
        case GST_MESSAGE_ELEMENT:
            if (gst_message_has_name(message, "tsdemux") != FALSE)
                pipeline->stamps.note(gst_message_get_structure(message));
            break;
        case GST_MESSAGE_ERROR: pipeline->note_error(message); break;
        default: break;
    }
    // Nobody reads the bus.
    gst_message_unref(message);
    return GST_BUS_DROP;
}

std::unique_ptr<Branch> ProgramPipeline::Implementation::make_branch(ts::Pid pid, const GstCaps* caps) {
    const std::string name = caps == nullptr ? std::string{} : name_of(caps);
    std::unique_ptr<Branch> branch;
    const auto problem = [this, pid](std::string reason) { receivers.on_not_decodable(pid, std::move(reason)); };
    const bool video = name.starts_with("video/") || name.starts_with("image/");
    const bool sound = name.starts_with("audio/");
    VideoReceiver* const video_receiver = video ? receivers.video(pid, codec_of(caps)) : nullptr;
    SoundReceiver* const sound_receiver = sound ? receivers.sound(pid, codec_of(caps)) : nullptr;
    if (video_receiver != nullptr) {
        branch = VideoBranch::make(pid, caps, options, lossless, times, *video_receiver, problem);
    } else if (sound_receiver != nullptr) {
        branch = SoundBranch::make(pid, caps, options.sound, times, *sound_receiver, problem);
    } else {
        // What nobody asked for is thrown away there.
        return TeletextBranch::make(pid, times, name == "application/x-teletext" ? receivers.teletext(pid) : nullptr);
    }
    if (branch) return branch;
    problem("no parser for " + name + ": install gstreamer1.0-plugins-bad and gstreamer1.0-plugins-good");
    return TeletextBranch::make(pid, times, nullptr);
}

void ProgramPipeline::Implementation::on_pad_added(GstPad* pad) {
    if (stopping || gst_pad_get_direction(pad) != GST_PAD_SRC) return;
    const auto pid = pid_of_pad(pad);
    if (!pid) return;
    struct OfPad {
        Implementation* self;
        ts::Pid pid;
    };
    gst_pad_add_probe(
        pad, GST_PAD_PROBE_TYPE_BUFFER,
        [](GstPad* /*pad*/, GstPadProbeInfo* info, void* of_pad) {
            const OfPad& called = *static_cast<OfPad*>(of_pad);
            return called.self->stamps.set(called.pid, info);
        },
        std::make_unique<OfPad>(OfPad{.self = this, .pid = *pid}).release(),
        [](void* of_pad) { const std::unique_ptr<OfPad> owned{static_cast<OfPad*>(of_pad)}; });
    if (continue_branch(*pid, pad)) return;
    drain_branches(*pid);
    if (stopping) return;
    const Caps caps{gst_pad_get_current_caps(pad)};
    std::unique_ptr<Branch> branch = make_branch(*pid, caps.get());
    if (!branch || !branch->attach(GST_BIN(pipeline.get()), pad)) {
        receivers.on_not_decodable(*pid, "GStreamer cannot link what is needed for " + name_of(caps.get()));
        return;
    }
    const std::scoped_lock lock(mutex);
    branches.push_back({.branch = std::move(branch), .pad = pad, .drain = {}});
}

// When a program gets another map, tsdemux replaces all its pads: the new ones come before the old ones go, and after
// the last data of the old ones.

bool ProgramPipeline::Implementation::continue_branch(ts::Pid pid, GstPad* pad) {
    const std::scoped_lock lock(mutex);
    const auto running = std::find_if(branches.begin(), branches.end(),
                                      [pid](const Running& one) { return one.branch->pid() == pid && !one.drain; });
    if (running == branches.end() || !running->branch->continue_with(pad)) return false;
    running->pad = pad;
    return true;
}

/// A receiver has one branch at a time.
void ProgramPipeline::Implementation::drain_branches(ts::Pid pid) {
    std::vector<std::shared_ptr<Branch>> before;
    {
        const std::scoped_lock lock(mutex);
        for (const Running& running : branches) {
            if (running.branch->pid() == pid) before.push_back(running.branch);
        }
    }
    for (const auto& branch : before) {
        branch->finish();
        Drain drain(*branch);
        while (!stopping && !drain.over(*branch, steady_now())) {
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
        branch->stop();
    }
}

void ProgramPipeline::Implementation::on_pad_removed(GstPad* pad) {
    const std::scoped_lock lock(mutex);
    for (Running& running : branches) {
        if (running.pad == pad && !running.drain) running.drain.emplace(*running.branch);
    }
}

bool ProgramPipeline::Implementation::build(std::uint16_t program) {
    pipeline.reset(GST_ELEMENT(gst_object_ref_sink(gst_pipeline_new(nullptr))));
    Element made_source = make_element("appsrc");
    Element made_demultiplexer = make_element("tsdemux");
    if (!made_source || !made_demultiplexer) return false;
    source = made_source.get();
    demultiplexer = made_demultiplexer.get();
    const Caps caps{gst_caps_from_string("video/mpegts,systemstream=true,packetsize=188")};
    g_object_set(source, "caps", caps.get(), "format", GST_FORMAT_TIME, "is-live", TRUE, "block", FALSE, "max-bytes",
                 guint64{0}, nullptr);
    // Time stamps are set to those of the stream behind it: PCRs that are missing or wrong must not matter. It tells
    // the time stamps of PES headers as messages.
    g_object_set(demultiplexer, "program-number", static_cast<gint>(program), "ignore-pcr", TRUE, "emit-stats", TRUE,
                 "latency", 0, nullptr);
    gst_bin_add_many(GST_BIN(pipeline.get()), source, demultiplexer, nullptr);
    if (gst_element_link(source, demultiplexer) == FALSE) return false;
    g_signal_connect_data(demultiplexer, "pad-added", G_CALLBACK(+[](GstElement* /*element*/, GstPad* pad, void* self) {
                              static_cast<Implementation*>(self)->on_pad_added(pad);
                          }),
                          this, nullptr, GConnectFlags{});
    g_signal_connect_data(demultiplexer, "pad-removed",
                          G_CALLBACK(+[](GstElement* /*element*/, GstPad* pad, void* self) {
                              static_cast<Implementation*>(self)->on_pad_removed(pad);
                          }),
                          this, nullptr, GConnectFlags{});
    const Bus bus{gst_element_get_bus(pipeline.get())};
    gst_bus_set_sync_handler(bus.get(), on_message, this, nullptr);
    return true;
}

ProgramPipeline::ProgramPipeline(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}

Result<std::unique_ptr<ProgramPipeline>> ProgramPipeline::start(std::uint16_t program, const DecodingOptions& options,
                                                                bool lossless, ReceiverSource& receivers,
                                                                const PesTimes& times) {
    auto implementation = std::make_unique<Implementation>(options, lossless, receivers, times);
    if (!implementation->build(program)) return fail("GStreamer's appsrc or tsdemux cannot be made");
    if (gst_element_set_state(implementation->pipeline.get(), GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
        return fail("GStreamer's pipeline does not start");
    }
    return std::unique_ptr<ProgramPipeline>(new ProgramPipeline(std::move(implementation)));
}

ProgramPipeline::~ProgramPipeline() {
    Implementation& self = *implementation_;
    self.stopping = true;
    gst_element_set_state(self.pipeline.get(), GST_STATE_NULL);
    self.branches.clear();
    const Bus bus{gst_element_get_bus(self.pipeline.get())};
    gst_bus_set_sync_handler(bus.get(), nullptr, nullptr, nullptr);
    // Its elements tell of their pads to the last: while there is somebody to tell.
    self.pipeline.reset();
}

bool ProgramPipeline::push(std::shared_ptr<const void> owner, ByteView packets, bool discontinuity) {
    Implementation& self = *implementation_;
    if (waiting_bytes() + packets.size() > self.options.most_waiting_bytes / 2) return false;
    using Owner = std::shared_ptr<const void>;
    // GStreamer takes a pointer that is not const even for memory that is only read.
    auto* const bytes = const_cast<std::uint8_t*>(packets.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    GstBuffer* const buffer =
        gst_buffer_new_wrapped_full(GST_MEMORY_FLAG_READONLY, bytes, packets.size(), 0, packets.size(),
                                    std::make_unique<Owner>(std::move(owner)).release(),
                                    [](void* held) { const std::unique_ptr<Owner> freed{static_cast<Owner*>(held)}; });
    GST_BUFFER_PTS(buffer) = origin;
    if (discontinuity) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
    return gst_app_src_push_buffer(GST_APP_SRC(self.source), buffer) == GST_FLOW_OK;
}

void ProgramPipeline::end() {
    {
        const std::scoped_lock lock(implementation_->mutex);
        implementation_->ending = true;
    }
    gst_app_src_end_of_stream(GST_APP_SRC(implementation_->source));
}

bool ProgramPipeline::ended() const {
    const Implementation& self = *implementation_;
    const std::scoped_lock lock(self.mutex);
    if (!self.ending) return false;
    // The pad is marked when the demultiplexer has taken the end, and has no more pads to add.
    const Pad pad{gst_element_get_static_pad(self.demultiplexer, "sink")};
    if (!GST_PAD_IS_EOS(pad.get())) return false;
    return std::all_of(self.branches.begin(), self.branches.end(),
                       [](const auto& running) { return running.branch->ended(); });
}

std::optional<std::string> ProgramPipeline::poll() {
    Implementation& self = *implementation_;
    const SteadyTime now = steady_now();
    std::list<Implementation::Running> gone;
    std::optional<std::string> error;
    {
        const std::scoped_lock lock(self.mutex);
        for (auto running = self.branches.begin(); running != self.branches.end();) {
            const auto next = std::next(running);
            if (running->drain && running->drain->over(*running->branch, now)) {
                self.produced_before += running->branch->produced();
                gone.splice(gone.end(), self.branches, running);
            }
            running = next;
        }
        error = std::exchange(self.error, std::nullopt);
    }
    // Stopping them waits for their threads, which may be in need of the mutex.
    gone.clear();
    return error;
}

std::uint64_t ProgramPipeline::produced() const {
    const Implementation& self = *implementation_;
    const std::scoped_lock lock(self.mutex);
    std::uint64_t sum = self.produced_before;
    for (const auto& running : self.branches) sum += running.branch->produced();
    return sum;
}

std::uint64_t ProgramPipeline::waiting_bytes() const {
    return gst_app_src_get_current_level_bytes(GST_APP_SRC(implementation_->source));
}

}  // namespace muxtap::frames
