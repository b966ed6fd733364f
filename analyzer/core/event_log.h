#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "analyzer/report/event.h"

namespace muxtap::analyzer {

/// Events that nobody has fetched yet, at most so many, and so many bytes of what hangs on them: when it is full the
/// newest are counted, not kept.
class EventLog {
public:
    /// `most_bytes`: splice information as hostile as it gets is 50 KB an event.
    EventLog(std::size_t cap, std::size_t most_bytes) : cap_(cap), most_bytes_(most_bytes) {}

    void add(Event event) {
        const std::size_t bytes = bytes_of(event);
        if (pending_.size() >= cap_ || bytes_ + bytes > most_bytes_) {
            ++dropped_;
            return;
        }
        bytes_ += bytes;
        pending_.push_back(std::move(event));
    }
    /// For the few that say what was left out: kept also when it is full.
    void add_beyond_cap(Event event) { pending_.push_back(std::move(event)); }
    /// All, by their time: what ticks find is told a little later than what packets show.
    [[nodiscard]] std::vector<Event> take() {
        std::stable_sort(pending_.begin(), pending_.end(),
                         [](const Event& one, const Event& other) { return one.time < other.time; });
        bytes_ = 0;
        return std::exchange(pending_, {});
    }
    /// For those that add events themselves, up to `cap`, with nothing but a short text on them. Stays where it is.
    [[nodiscard]] std::vector<Event>& pending() noexcept { return pending_; }
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
    [[nodiscard]] std::size_t cap() const noexcept { return cap_; }

private:
    [[nodiscard]] static std::size_t bytes_of(const Event& event) noexcept {
        std::size_t bytes = event.text.size();
        if (!event.splice) return bytes;
        bytes += event.splice->components.size() + event.splice->section_base64.size();
        for (const Segmentation& one : event.splice->segmentations)
            bytes += sizeof(one) + one.type.size() + one.upid.size();
        return bytes;
    }

    std::size_t cap_;
    std::size_t most_bytes_;
    std::vector<Event> pending_;
    std::size_t bytes_ = 0;
    std::uint64_t dropped_ = 0;
};

}  // namespace muxtap::analyzer
