#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "client/frames/media/gst_handles.h"
#include "client/frames/media_time.h"
#include "client/frames/streams/pes_times.h"
#include "common/ts/packet_view.h"

namespace muxtap::frames::gst {

/// Gives what leaves the demultiplexer the times of the stream (docs/decisions/0019). tsdemux tells the time stamps of
/// each PES header before it pushes the packet, in the same thread: the only one that uses this.
class PesStamps {
public:
    explicit PesStamps(const PesTimes& times) : times_(times) {}

    /// A message of tsdemux: the time stamps of a PES header, or something else.
    void note(const GstStructure* message);

    /// Sets PTS and DTS of a PES packet to its position; `info` is that of a probe on the demultiplexer's pad. What
    /// comes before the first time that is known is dropped.
    [[nodiscard]] GstPadProbeReturn set(ts::Pid pid, GstPadProbeInfo* info);

private:
    /// Of the newest PES header of a PID, in ticks.
    struct Stamps {
        std::optional<std::uint64_t> pts;
        std::optional<std::uint64_t> dts;
        bool known = false;  ///< the time of one was
    };
    [[nodiscard]] std::optional<MediaTime> time_of(ts::Pid pid, const Stamps& stamps) const;

    const PesTimes& times_;
    std::map<ts::Pid, Stamps> newest_;
};

}  // namespace muxtap::frames::gst
