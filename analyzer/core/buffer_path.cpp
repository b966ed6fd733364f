#include "analyzer/core/buffer_path.h"

#include <algorithm>
#include <span>

#include "common/ts/pcr.h"

namespace muxtap::analyzer {

BufferPath::BufferPath() : waiting_(2 * most_waiting), clocks_(ts::pid_count) {}

ts::Pid* BufferPath::room(std::uint64_t position, std::size_t count) {
    // What lies before the newest PCR has been run through the buffers.
    const std::uint64_t behind = first_waiting_ + waiting_count_;
    const std::uint64_t from = anchor_.value_or(behind);
    if (position != behind || behind - from > most_waiting) {
        // Packets are missing, or no PCR came for very long.
        waiting_count_ = 0;
        anchor_.reset();
        transport_.restart();
    } else {
        const auto keep = static_cast<std::size_t>(behind - from);
        std::copy_n(waiting_.begin() + static_cast<std::ptrdiff_t>(waiting_count_ - keep), keep, waiting_.begin());
        waiting_count_ = keep;
    }
    first_waiting_ = position - waiting_count_;
    if (waiting_.size() < waiting_count_ + count) waiting_.resize(waiting_count_ + count);
    ts::Pid* room = waiting_.data() + waiting_count_;
    waiting_count_ += count;
    return room;
}

void BufferPath::set_stream(ts::Pid pid, const StreamInfo& info, bool atsc) {
    std::optional<TransportBuffer> transport;
    std::optional<std::uint64_t> main;
    if (info.video) {
        const VideoLimits limits{info.video->level_bitrate, info.video->level_buffer_bits};
        transport = video_transport_buffer(info.codec, limits);
        main = video_main_buffer_bytes(info.codec, limits);
    } else {
        const unsigned channels = info.audio ? info.audio->channels : 0;
        transport = audio_transport_buffer(info.codec, channels);
        main = audio_main_buffer_bytes(info.codec, channels, atsc);
    }
    if (transport) {
        transport_.set_stream(pid, *transport);
    } else {
        transport_.remove(pid);
    }
    if (main) {
        main_.set_stream(pid, *main, transport ? transport->bytes : TransportBuffer{}.bytes);
    } else {
        main_.remove(pid);
    }
}

void BufferPath::remove(ts::Pid pid) {
    transport_.remove(pid);
    main_.remove(pid);
}

void BufferPath::add_pcr(ts::Pid pid, std::uint64_t position, std::int64_t step_ticks, bool continuous) {
    findings_.clear();
    if (!reference_) reference_ = pid;
    if (pid != *reference_) {
        if (++others_ < patience) return;
        reference_ = pid;
        anchor_.reset();
        continuous = false;
    }
    others_ = 0;
    const bool usable = continuous && anchor_ && *anchor_ >= first_waiting_ && position > *anchor_ && step_ticks > 0;
    if (usable) {
        const auto packets = static_cast<std::size_t>(position - *anchor_);
        const auto first = static_cast<std::size_t>(*anchor_ - first_waiting_);
        const double ticks_per_packet = static_cast<double>(step_ticks) / static_cast<double>(packets);
        transport_.run(std::span(waiting_).subspan(first, packets), timeline_, ticks_per_packet, findings_);
        for (BufferFinding& finding : findings_) finding.packet += static_cast<std::size_t>(*anchor_);
        timeline_ += step_ticks;
        measured_ = true;
    } else if (anchor_) {
        transport_.restart();
    }
    anchor_ = position;
}

void BufferPath::add_access_unit(ts::Pid pid, std::int64_t program_clock_ticks, std::int64_t delay_ticks,
                                 std::uint64_t payload_bytes_before) {
    findings_.clear();
    if (!main_.measures(pid)) return;
    Unwrapped& clock = clocks_[pid];
    const auto now = ts::Pcr::from_ticks(static_cast<std::uint64_t>(program_clock_ticks));
    if (clock.known) clock.ticks += now.ticks_since(ts::Pcr::from_ticks(static_cast<std::uint64_t>(clock.last)));
    clock.last = program_clock_ticks;
    clock.known = true;
    main_.access_unit(pid, clock.ticks, clock.ticks + delay_ticks, payload_bytes_before, findings_);
}

}  // namespace muxtap::analyzer
