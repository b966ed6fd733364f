#include "common/app/repeat_filter.h"

#include <utility>

namespace muxtap::app {

bool RepeatFilter::lets_through(const std::string& key, const std::string& line, int level, SteadyTime now,
                                UnixTime wall) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) {
        if (entries_.size() < most_lines) entries_.emplace(key, Entry{.begun = now, .held = {}});
        return true;
    }
    Entry& entry = found->second;
    if (entry.held.count == 0 && now - entry.begun >= interval_) {
        entry.begun = now;
        return true;
    }
    if (entry.held.count == 0) entry.held.first = wall;
    ++entry.held.count;
    entry.held.line = line;
    entry.held.level = level;
    return false;
}

std::vector<RepeatFilter::Repeats> RepeatFilter::due(SteadyTime now) {
    std::vector<Repeats> out;
    for (auto place = entries_.begin(); place != entries_.end();) {
        Entry& entry = place->second;
        if (now - entry.begun < interval_) {
            ++place;
        } else if (entry.held.count == 0) {
            place = entries_.erase(place);
        } else {
            out.push_back(std::exchange(entry.held, {}));
            entry.begun = now;
            ++place;
        }
    }
    return out;
}

std::vector<RepeatFilter::Repeats> RepeatFilter::rest() {
    std::vector<Repeats> out;
    for (auto& [key, entry] : entries_) {
        if (entry.held.count > 0) out.push_back(std::move(entry.held));
    }
    entries_.clear();
    return out;
}

}  // namespace muxtap::app
