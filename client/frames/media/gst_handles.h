#pragma once

#include <gst/gst.h>

#include <memory>

/// Owners of what GStreamer counts references of. Only sources of this folder include GStreamer.
namespace muxtap::frames::gst {

struct Unref {
    void operator()(GstElement* element) const noexcept { gst_object_unref(element); }
    void operator()(GstPluginFeature* feature) const noexcept { gst_object_unref(feature); }
    void operator()(GstPad* pad) const noexcept { gst_object_unref(pad); }
    void operator()(GstBus* bus) const noexcept { gst_object_unref(bus); }
    void operator()(GstCaps* caps) const noexcept { gst_caps_unref(caps); }
    void operator()(GstBuffer* buffer) const noexcept { gst_buffer_unref(buffer); }
    void operator()(GstSample* sample) const noexcept { gst_sample_unref(sample); }
    void operator()(GstEvent* event) const noexcept { gst_event_unref(event); }
    void operator()(GstMessage* message) const noexcept { gst_message_unref(message); }
    void operator()(GError* error) const noexcept { g_error_free(error); }
    void operator()(char* text) const noexcept { g_free(text); }
};

template <typename Object>
using Owned = std::unique_ptr<Object, Unref>;

using Element = Owned<GstElement>;
using Pad = Owned<GstPad>;
using Bus = Owned<GstBus>;
using Caps = Owned<GstCaps>;
using Buffer = Owned<GstBuffer>;
using Sample = Owned<GstSample>;
using Text = Owned<char>;

/// What a buffer holds, readable while this lives.
class MappedBuffer {
public:
    explicit MappedBuffer(GstBuffer* buffer) : buffer_(buffer), mapped_(gst_buffer_map(buffer, &info_, GST_MAP_READ)) {}
    ~MappedBuffer() {
        if (mapped_ != FALSE) gst_buffer_unmap(buffer_, &info_);
    }
    MappedBuffer(const MappedBuffer&) = delete;
    MappedBuffer& operator=(const MappedBuffer&) = delete;

    [[nodiscard]] const guint8* data() const noexcept { return mapped_ != FALSE ? info_.data : nullptr; }
    [[nodiscard]] std::size_t size() const noexcept { return mapped_ != FALSE ? info_.size : 0; }

private:
    GstBuffer* buffer_;
    GstMapInfo info_{};
    gboolean mapped_;
};

}  // namespace muxtap::frames::gst
