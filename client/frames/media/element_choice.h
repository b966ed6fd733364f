#pragma once

#include <string>
#include <vector>

#include "analyzer/report/stream_info.h"
#include "client/frames/media/gst_handles.h"

namespace muxtap::frames::gst {

/// A new element, null when its plugin is not installed. The caller owns it.
[[nodiscard]] Element make_element(const char* factory);

/// The best parser for these caps, null when there is none.
[[nodiscard]] Element make_parser(const GstCaps* caps);

enum class DecoderKind : bool { video, audio };

/// The best decoder for these caps that can be started, null when there is none: with `hardware` those of the graphics
/// card first.
[[nodiscard]] Element make_decoder(const GstCaps* caps, DecoderKind kind, bool hardware);

/// Debian's package with GStreamer's elements for caps, as far as known: "gstreamer1.0-libav".
[[nodiscard]] std::string package_for(const GstCaps* caps);

/// The codec of caps, unknown where they do not tell.
[[nodiscard]] analyzer::Codec codec_of(const GstCaps* caps);

/// Short name of caps: "video/x-h265".
[[nodiscard]] std::string name_of(const GstCaps* caps);

}  // namespace muxtap::frames::gst
