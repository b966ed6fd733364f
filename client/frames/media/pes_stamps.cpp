#include "client/frames/media/pes_stamps.h"

#include "client/frames/media/branch.h"

namespace muxtap::frames::gst {
namespace {

[[nodiscard]] std::optional<std::uint64_t> number(const GstStructure* structure, const char* field) {
    guint64 value = 0;
    if (gst_structure_get_uint64(structure, field, &value) == FALSE) return std::nullopt;
    return value;
}

}  // namespace

void PesStamps::note(const GstStructure* message) {
    guint pid = 0;
    if (gst_structure_get_uint(message, "pid", &pid) == FALSE) return;
    Stamps& newest = newest_[static_cast<ts::Pid>(pid)];
    // The DTS of a header is told before its PTS.
    if (const auto dts = number(message, "dts")) {
        newest.pts.reset();
        newest.dts = dts;
    }
    if (const auto pts = number(message, "pts")) {
        if (newest.pts) newest.dts.reset();
        newest.pts = pts;
    }
}

std::optional<MediaTime> PesStamps::time_of(ts::Pid pid, const Stamps& stamps) const {
    if (stamps.pts) return times_.find(pid, ts::Timestamp::from_ticks(*stamps.pts));
    // Around the wrap of the time stamps tsdemux finds PTS and DTS too far apart, and tells only the DTS.
    if (stamps.dts) return times_.find_decoded(pid, ts::Timestamp::from_ticks(*stamps.dts));
    return std::nullopt;
}

GstPadProbeReturn PesStamps::set(ts::Pid pid, GstPadProbeInfo* info) {
    GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
    Stamps& newest = newest_[pid];
    const bool stamped = GST_BUFFER_PTS_IS_VALID(buffer) || GST_BUFFER_DTS_IS_VALID(buffer);
    const auto time = stamped ? time_of(pid, newest) : std::nullopt;
    newest.known = newest.known || time;
    // Parsers would make up times of their own.
    if (!newest.known) return GST_PAD_PROBE_DROP;
    if (!stamped) return GST_PAD_PROBE_OK;
    buffer = gst_buffer_make_writable(buffer);
    info->data = buffer;
    GST_BUFFER_PTS(buffer) = GST_CLOCK_TIME_NONE;
    GST_BUFFER_DTS(buffer) = GST_CLOCK_TIME_NONE;
    if (!time) return GST_PAD_PROBE_OK;
    GST_BUFFER_PTS(buffer) = to_clock_time(time->position);
    GST_BUFFER_DTS(buffer) = GST_BUFFER_PTS(buffer);
    if (newest.dts) {
        const std::int64_t ahead = time->pts->ticks_since(ts::Timestamp::from_ticks(*newest.dts));
        GST_BUFFER_DTS(buffer) = to_clock_time(time->position - ticks_to_time(ahead));
    }
    return GST_PAD_PROBE_OK;
}

}  // namespace muxtap::frames::gst
