#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "client/record/file_account.h"
#include "common/feed/feed_tracker.h"

namespace muxtap::record {

/// What was lost of one stream since the program started.
struct LossTotals {
    std::array<FileAccount::CauseTotal, gap_cause_count> gaps{};
    std::uint64_t probe_restarts = 0;

    [[nodiscard]] const FileAccount::CauseTotal& of(GapCause cause) const noexcept {
        return gaps[static_cast<std::size_t>(cause)];
    }
};

/// Reads from a stream's messages what is missing before the next packet, by cause, until a file is there to note it
/// in. Pure; used by one thread.
class LossLedger {
public:
    /// What this batch says of the time before it. `time`: capture time of its first packet.
    void on_batch(const proto::BatchHeader& header, const feed::FeedVerdict& verdict, UnixTime time);
    /// The probe was restarted; so many batches of the new epoch were sent and have not arrived.
    void on_restart(std::uint64_t epoch, std::int64_t time_ns, std::uint64_t missed_batches,
                    std::uint64_t missed_packets);
    /// A status tells of batches that never arrived.
    void on_lost_batches(std::uint64_t batches, const proto::InfoHeader& info);

    /// Notes all of it in the account of the file that takes the next packet, at this place.
    void settle(FileAccount& account, std::uint64_t at_packet);

    [[nodiscard]] const LossTotals& totals() const noexcept { return totals_; }

private:
    void note(const Gap& gap);

    proto::Totals last_totals_;  ///< of the batch before
    std::vector<Gap> gaps_;      ///< at most one per cause
    std::vector<ProbeRestart> restarts_;
    ts::RejectCounts rejected_;
    LossTotals totals_;
};

}  // namespace muxtap::record
