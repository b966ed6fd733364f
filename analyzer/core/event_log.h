#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "analyzer/report/event.h"

namespace muxtap::analyzer {

/// Events that nobody has fetched yet, at most so many: when it is full the newest are counted, not kept.
class EventLog {
public:
    explicit EventLog(std::size_t cap) : cap_(cap) {}

    void add(Event event) {
        if (pending_.size() >= cap_) {
            ++dropped_;
            return;
        }
        pending_.push_back(std::move(event));
    }
    /// All, by their time: what ticks find is told a little later than what packets show.
    [[nodiscard]] std::vector<Event> take() {
        std::stable_sort(pending_.begin(), pending_.end(),
                         [](const Event& one, const Event& other) { return one.time < other.time; });
        return std::exchange(pending_, {});
    }
    /// For those that add events themselves, up to `cap`. Stays where it is.
    [[nodiscard]] std::vector<Event>& pending() noexcept { return pending_; }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
    [[nodiscard]] std::size_t cap() const noexcept { return cap_; }

private:
    std::size_t cap_;
    std::vector<Event> pending_;
    std::uint64_t dropped_ = 0;
};

}  // namespace muxtap::analyzer
