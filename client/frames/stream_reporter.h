#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "client/frames/finding.h"
#include "client/frames/media/receivers.h"
#include "client/frames/outputs/output_set.h"

namespace muxtap::frames {

/// Numbers of a stream that its pictures show. Written by the thread that receives, read by those that decode.
struct StreamFigures {
    std::atomic<std::uint64_t> rate_bps{0};
    std::atomic<std::uint64_t> continuity_errors{0};
    std::atomic<std::uint64_t> transport_errors{0};
    std::atomic<std::uint64_t> lost_packets{0};  ///< on the network and at the probe, as the probe counts them
    std::atomic<std::uint64_t> batches_lost{0};  ///< of the feed, on the way to this worker
};

/// What has become of a stream's pictures, of all its programs that are or were. Written by any thread.
struct DecodingCounts {
    std::atomic<std::uint64_t> pictures{0};
    std::atomic<std::uint64_t> pictures_skipped{0};
    std::atomic<std::uint64_t> packets_skipped{0};
    std::atomic<std::uint64_t> restarts{0};
};

/// Gives records of one stream their identity and hands them to the outputs. Used by any thread.
class StreamReporter {
public:
    /// `next_event` is the worker's; it and the outputs outlive the reporter.
    StreamReporter(std::string probe, std::string stream, client::WorkerIdentity worker, OutputSet& outputs,
                   std::atomic<std::uint64_t>& next_event);

    /// The probe was started at this time.
    void set_epoch(std::uint64_t epoch) noexcept { epoch_ = epoch; }

    void tell(const Finding& finding, std::uint16_t program);
    void offer(PictureItem picture);
    /// Copies it, if an output takes access units.
    void offer(const AccessUnit& unit, std::uint16_t program, ts::Pid pid, analyzer::Codec codec);
    void offer(SoundRecord record);
    [[nodiscard]] bool wants_access_units() const noexcept { return outputs_.wants_access_units(); }

    [[nodiscard]] const std::string& stream() const noexcept { return stream_; }
    [[nodiscard]] StreamFigures& figures() noexcept { return figures_; }
    [[nodiscard]] DecodingCounts& counts() noexcept { return counts_; }

private:
    [[nodiscard]] client::RecordIdentity identity(std::atomic<std::uint64_t>& next);

    std::string probe_;
    std::string stream_;
    client::WorkerIdentity worker_;
    OutputSet& outputs_;
    std::atomic<std::uint64_t>& next_event_;
    std::atomic<std::uint64_t> epoch_{0};
    std::atomic<std::uint64_t> next_picture_;
    std::atomic<std::uint64_t> next_unit_;
    std::atomic<std::uint64_t> next_sound_;
    StreamFigures figures_;
    DecodingCounts counts_;
};

}  // namespace muxtap::frames
