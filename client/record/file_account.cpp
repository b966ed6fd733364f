#include "client/record/file_account.h"

namespace muxtap::record {

std::string_view name_of(GapCause cause) noexcept {
    constexpr std::array<std::string_view, gap_cause_count> names = {"network", "kernel", "probe_queue", "subscriber",
                                                                     "disk"};
    return names[static_cast<std::size_t>(cause)];
}

std::string_view name_of(EndReason reason) noexcept {
    constexpr std::array<std::string_view, 8> names = {"segment",       "duration",      "packet_count", "signal",
                                                       "end_of_stream", "output_closed", "file_removed", "failure"};
    return names[static_cast<std::size_t>(reason)];
}

void FileAccount::add(const Gap& gap) {
    CauseTotal& total = gaps[static_cast<std::size_t>(gap.cause)];
    // A loss that goes on without a packet in between is one gap.
    if (!gap_list.empty()) {
        Gap& last = gap_list.back();
        if (last.cause == gap.cause && last.at_packet == gap.at_packet) {
            last.lost += gap.lost;
            last.batches += gap.batches;
            last.time = gap.time;
            last.seq = gap.seq;
            total.lost += gap.lost;
            total.batches += gap.batches;
            return;
        }
    }
    ++total.count;
    total.lost += gap.lost;
    total.batches += gap.batches;
    if (gap_list.size() < most_listed) gap_list.push_back(gap);
}

void FileAccount::add(const ProbeRestart& restart) {
    ++probe_restarts;
    if (restart_list.size() < most_listed) restart_list.push_back(restart);
}

}  // namespace muxtap::record
