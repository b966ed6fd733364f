#pragma once

#include <algorithm>
#include <optional>

#include "common/base/clock.h"

namespace muxtap::analyzer {

/// Where findings about time are not held against the stream: intervals in which the capture lost packets or there was
/// no sync. Remembers the newest loss and the newest loss of sync, which is enough as long as each limit that passed
/// before them has been looked at by then.
class Shadow {
public:
    /// The capture lost packets somewhere between the two times.
    void add_loss(UnixTime from, UnixTime to) noexcept { loss_ = Interval{from, std::max(from, to)}; }

    /// Sync is lost from now on, and regained.
    void sync_lost(UnixTime time) noexcept {
        sync_ = Interval{time, UnixTime::max()};
        in_sync_ = false;
    }
    void sync_regained(UnixTime time) noexcept {
        if (sync_) sync_->to = std::max(sync_->from, time);
        in_sync_ = true;
    }
    [[nodiscard]] bool in_sync() const noexcept { return in_sync_; }

    /// Whether a part of the interval, its ends included, lies in the shadow.
    [[nodiscard]] bool covers(UnixTime from, UnixTime to) const noexcept {
        return overlaps(loss_, from, to) || overlaps(sync_, from, to);
    }

    /// From when on time counts again, `now` while it does not.
    [[nodiscard]] UnixTime end(UnixTime now) const noexcept {
        UnixTime end = UnixTime::min();
        if (loss_) end = std::max(end, loss_->to);
        if (sync_) end = std::max(end, sync_->to);
        return std::min(end, now);
    }

private:
    struct Interval {
        UnixTime from;
        UnixTime to;
    };
    [[nodiscard]] static bool overlaps(const std::optional<Interval>& shadow, UnixTime from, UnixTime to) noexcept {
        return shadow && shadow->from <= to && shadow->to >= from;
    }

    std::optional<Interval> loss_;
    std::optional<Interval> sync_;
    bool in_sync_ = true;
};

}  // namespace muxtap::analyzer
