#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "client/frames/media/gst_handles.h"
#include "client/frames/media_time.h"
#include "client/frames/streams/pes_times.h"
#include "common/ts/packet_view.h"

namespace muxtap::frames::gst {

/// Position 0 of a program's time line as time stamp of a buffer: what is shown before it must not be negative.
inline constexpr GstClockTime origin = 3600 * GST_SECOND;

[[nodiscard]] inline GstClockTime to_clock_time(std::chrono::nanoseconds position) noexcept {
    const std::int64_t time = static_cast<std::int64_t>(origin) + position.count();
    return time < 0 ? 0 : static_cast<GstClockTime>(time);
}
[[nodiscard]] inline std::chrono::nanoseconds to_position(GstClockTime time) noexcept {
    return std::chrono::nanoseconds{static_cast<std::int64_t>(time) - static_cast<std::int64_t>(origin)};
}

/// What is behind one pad of the demultiplexer: a bin that begins with a queue and ends in an appsink. Made in the
/// thread of the demultiplexer; its callbacks come from the thread of its queue.
class Branch {
public:
    Branch(ts::Pid pid, const PesTimes& times);
    /// Takes its elements out of their pipeline.
    virtual ~Branch();
    Branch(const Branch&) = delete;
    Branch& operator=(const Branch&) = delete;

    [[nodiscard]] ts::Pid pid() const noexcept { return pid_; }
    /// Puts it into the pipeline, links it to the pad and lets it run. False: they do not fit.
    [[nodiscard]] bool attach(GstBin* pipeline, GstPad* pad);
    /// Goes on with the same stream from another pad. False, and nothing changes, when the other has another form.
    /// Called by the thread that pushes.
    [[nodiscard]] bool continue_with(GstPad* pad);
    /// No more comes: what waits is decoded, then it has ended. Called by the thread that pushes.
    void finish();
    /// The end of its stream has come in.
    [[nodiscard]] bool finishing() const noexcept { return finishing_; }
    /// Ends its threads; what waits is lost.
    void stop();
    /// The end of its stream has come through.
    [[nodiscard]] bool ended() const noexcept { return ended_; }
    /// Nothing more will come out of it: it failed at its end.
    void give_up() noexcept { ended_ = true; }
    [[nodiscard]] bool holds(GstObject* element) const;
    /// What came to its end: pictures, blocks of sound, and what need not be decoded.
    [[nodiscard]] std::uint64_t produced() const noexcept { return produced_; }

protected:
    // Destructors call `stop` before the members go that the callbacks use.

    /// Adds an element behind the last one. False when it is null or does not fit.
    [[nodiscard]] bool append(Element element);
    /// The queue at the beginning. `most_bytes`: what it holds.
    [[nodiscard]] bool append_queue(std::uint64_t most_bytes);
    /// A filter that lets only these caps through.
    [[nodiscard]] bool append_filter(const char* caps);
    /// Calls `complete` with the caps that leave the last element, once they are known and before they are passed on:
    /// what fits behind it may depend on them. A stream that ends before has ended.
    void when_caps_are_known(std::function<void(const GstCaps* caps)> complete);
    /// The end: hands samples to `on_sample`.
    [[nodiscard]] bool append_sink();
    /// The pad at which the last element gives out its data.
    [[nodiscard]] Pad last_pad() const;
    [[nodiscard]] GstElement* last_element() const noexcept { return last_; }
    [[nodiscard]] GstElement* bin_element() const noexcept { return bin_.get(); }
    /// How full the queue is, 0 to 1.
    [[nodiscard]] double queue_fill() const;

    virtual void on_sample(GstSample* sample) = 0;
    void count_produced() noexcept { ++produced_; }

    /// The time of a buffer; where it has no PTS, that of the buffer before it.
    [[nodiscard]] MediaTime time_of(const GstBuffer* buffer);

    /// Whether packets of the stream were left out between these two.
    [[nodiscard]] bool left_out_between(std::uint64_t earlier, std::uint64_t later) const {
        return times_.gap_between(earlier, later);
    }

    /// Calls `handler` for what passes a pad, in the thread that pushes. It says what becomes of it.
    using Handler = std::function<GstPadProbeReturn(GstPad* pad, GstPadProbeInfo* info)>;
    static void watch(GstPad* pad, GstPadProbeType what, Handler handler);

private:
    [[nodiscard]] GstPadProbeReturn on_event(GstEvent* event);
    static GstFlowReturn take_sample(GstElement* sink, void* branch);

    ts::Pid pid_;
    const PesTimes& times_;
    Element bin_;
    Caps caps_;                   ///< of the pad that it was attached to
    bool continued_ = false;      ///< from another pad; used by the thread that pushes
    GstElement* last_ = nullptr;  ///< owned by the bin, as the queue is
    GstElement* queue_ = nullptr;
    std::uint64_t queue_bytes_ = 1;
    std::atomic<bool> finishing_{false};
    std::atomic<bool> ended_{false};
    std::atomic<std::uint64_t> produced_{0};
    std::chrono::nanoseconds last_position_{};
};

/// The last six digits of a pad of tsdemux, "video_0_0041", are the PID.
[[nodiscard]] std::optional<ts::Pid> pid_of_pad(GstPad* pad);

}  // namespace muxtap::frames::gst
