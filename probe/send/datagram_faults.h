#pragma once

#include <random>
#include <vector>

#include "probe/send/datagram.h"
#include "probe/send/fault_plan.h"

namespace muxtap::send {

/// Passes on the datagrams of another source with the faults that hit whole ones: drop-datagram, reorder, jitter.
class DatagramFaults final : public DatagramSource {
public:
    /// The inner source is borrowed for the life of this one.
    DatagramFaults(DatagramSource& inner, const FaultPlan& plan);

    [[nodiscard]] bool next(Datagram& datagram) override;
    [[nodiscard]] std::span<const FaultRecord> rest() const override { return orphans_; }

private:
    [[nodiscard]] bool pull(Datagram& datagram);
    void leave_out(Datagram& datagram);
    void delay(Datagram& datagram);

    DatagramSource& inner_;
    FaultSelector drop_;
    FaultSelector reorder_;
    std::optional<std::chrono::nanoseconds> jitter_;
    std::mt19937_64 delays_;
    std::chrono::nanoseconds last_due_{0};
    Datagram held_;  ///< waits until the one after it has gone
    bool holding_ = false;
    bool ended_ = false;
    bool wants_reorder_ = false;        ///< of the datagram pulled last
    std::vector<FaultRecord> orphans_;  ///< of datagrams left out, until they find one to go with
};

}  // namespace muxtap::send
