#include "client/frames/media/branch.h"

#include <gst/app/gstappsink.h>

#include <charconv>
#include <string_view>

#include "client/frames/media/element_choice.h"

namespace muxtap::frames::gst {

Branch::Branch(ts::Pid pid, const PesTimes& times) : pid_(pid), times_(times) {
    bin_.reset(GST_ELEMENT(gst_object_ref_sink(gst_bin_new(nullptr))));
}

void Branch::stop() {
    gst_element_set_state(bin_.get(), GST_STATE_NULL);
}

Branch::~Branch() {
    stop();
    if (GstObject* const pipeline = gst_object_get_parent(GST_OBJECT(bin_.get()))) {
        gst_bin_remove(GST_BIN(pipeline), bin_.get());
        gst_object_unref(pipeline);
    }
}

bool Branch::append(Element element) {
    if (!element) return false;
    GstElement* const added = element.get();
    if (gst_bin_add(GST_BIN(bin_.get()), added) == FALSE) return false;
    // Does nothing before the bin runs itself.
    if (gst_element_sync_state_with_parent(added) == FALSE) return false;
    if (last_ != nullptr) {
        if (gst_element_link(last_, added) == FALSE) return false;
    } else {
        const Pad sink{gst_element_get_static_pad(added, "sink")};
        gst_element_add_pad(bin_.get(), gst_ghost_pad_new("sink", sink.get()));
    }
    last_ = added;
    return true;
}

bool Branch::append_queue(std::uint64_t most_bytes) {
    Element queue = make_element("queue");
    if (!queue) return false;
    queue_ = queue.get();
    queue_bytes_ = most_bytes == 0 ? 1 : most_bytes;
    g_object_set(queue_, "max-size-bytes", static_cast<guint>(queue_bytes_), "max-size-buffers", 0U, "max-size-time",
                 guint64{0}, "silent", TRUE, nullptr);
    return append(std::move(queue));
}

bool Branch::append_filter(const char* caps) {
    Element filter = make_element("capsfilter");
    if (!filter) return false;
    const Caps parsed{gst_caps_from_string(caps)};
    g_object_set(filter.get(), "caps", parsed.get(), nullptr);
    return append(std::move(filter));
}

GstFlowReturn Branch::take_sample(GstElement* sink, void* branch) {
    const Sample sample{gst_app_sink_pull_sample(GST_APP_SINK(sink))};
    if (sample) static_cast<Branch*>(branch)->on_sample(sample.get());
    return GST_FLOW_OK;
}

bool Branch::append_sink() {
    Element sink = make_element("appsink");
    if (!sink) return false;
    g_object_set(sink.get(), "sync", FALSE, "async", FALSE, "max-buffers", 2U, "enable-last-sample", FALSE, nullptr);
    GstAppSinkCallbacks callbacks{};
    callbacks.eos = [](GstAppSink* /*sink*/, void* branch) { static_cast<Branch*>(branch)->ended_ = true; };
    callbacks.new_sample = [](GstAppSink* app_sink, void* branch) {
        return take_sample(GST_ELEMENT(app_sink), branch);
    };
    gst_app_sink_set_callbacks(GST_APP_SINK(sink.get()), &callbacks, this, nullptr);
    return append(std::move(sink));
}

Pad Branch::last_pad() const {
    return Pad{last_ == nullptr ? nullptr : gst_element_get_static_pad(last_, "src")};
}

double Branch::queue_fill() const {
    guint bytes = 0;
    if (queue_ != nullptr) g_object_get(queue_, "current-level-bytes", &bytes, nullptr);
    return static_cast<double>(bytes) / static_cast<double>(queue_bytes_);
}

bool Branch::attach(GstBin* pipeline, GstPad* pad) {
    if (gst_bin_add(pipeline, bin_.get()) == FALSE) return false;
    caps_.reset(gst_pad_get_current_caps(pad));
    const Pad sink{gst_element_get_static_pad(bin_.get(), "sink")};
    if (!sink || gst_element_sync_state_with_parent(bin_.get()) == FALSE) return false;
    watch(sink.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
          [this](GstPad* /*pad*/, GstPadProbeInfo* info) { return on_event(GST_PAD_PROBE_INFO_EVENT(info)); });
    return gst_pad_link(pad, sink.get()) == GST_PAD_LINK_OK;
}

bool Branch::continue_with(GstPad* pad) {
    const Caps caps{gst_pad_get_current_caps(pad)};
    if (ended_ || finishing_ || !caps || !caps_ || gst_caps_is_equal(caps.get(), caps_.get()) == FALSE) return false;
    const Pad sink{gst_element_get_static_pad(bin_.get(), "sink")};
    if (const Pad before{gst_pad_get_peer(sink.get())}) gst_pad_unlink(before.get(), sink.get());
    continued_ = true;
    return gst_pad_link(pad, sink.get()) == GST_PAD_LINK_OK;
}

GstPadProbeReturn Branch::on_event(GstEvent* event) {
    const GstEventType type = GST_EVENT_TYPE(event);
    if (type == GST_EVENT_EOS) finishing_ = true;
    // A stream that starts makes decoders forget the pictures that the next ones are made of.
    const bool begins = type == GST_EVENT_STREAM_START || type == GST_EVENT_CAPS || type == GST_EVENT_SEGMENT;
    return continued_ && begins ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
}

void Branch::finish() {
    if (finishing_) return;
    const Pad sink{gst_element_get_static_pad(bin_.get(), "sink")};
    if (!sink || gst_pad_send_event(sink.get(), gst_event_new_eos()) == FALSE) ended_ = true;
}

bool Branch::holds(GstObject* element) const {
    return gst_object_has_as_ancestor(element, GST_OBJECT(bin_.get())) != FALSE;
}

MediaTime Branch::time_of(const GstBuffer* buffer) {
    const GstClockTime stamp = GST_BUFFER_PTS(buffer);
    if (GST_CLOCK_TIME_IS_VALID(stamp)) last_position_ = to_position(stamp);
    return times_.at(pid_, last_position_);
}

void Branch::watch(GstPad* pad, GstPadProbeType what, Handler handler) {
    gst_pad_add_probe(
        pad, what,
        [](GstPad* probed, GstPadProbeInfo* info, void* called) {
            return (*static_cast<Handler*>(called))(probed, info);
        },
        std::make_unique<Handler>(std::move(handler)).release(),
        [](void* called) { const std::unique_ptr<Handler> owned{static_cast<Handler*>(called)}; });
}

void Branch::when_caps_are_known(std::function<void(const GstCaps* caps)> complete) {
    watch(last_pad().get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
          [this, complete = std::move(complete)](GstPad* /*pad*/, GstPadProbeInfo* info) {
              GstEvent* const event = GST_PAD_PROBE_INFO_EVENT(info);
              // There was nothing in the stream: no sink will tell its end.
              if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) ended_ = true;
              if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return GST_PAD_PROBE_OK;
              GstCaps* caps = nullptr;
              gst_event_parse_caps(event, &caps);
              complete(caps);
              return GST_PAD_PROBE_REMOVE;
          });
}

std::optional<ts::Pid> pid_of_pad(GstPad* pad) {
    const Text name{gst_pad_get_name(pad)};
    const std::string_view text{name.get()};
    const std::size_t digits = text.rfind('_');
    if (digits == std::string_view::npos) return std::nullopt;
    ts::Pid pid = 0;
    const std::string_view number = text.substr(digits + 1);
    const auto read = std::from_chars(number.data(), number.data() + number.size(), pid, 16);
    if (read.ec != std::errc{} || pid >= ts::pid_count) return std::nullopt;
    return pid;
}

}  // namespace muxtap::frames::gst
