#include "common/service/health.h"

namespace muxtap::service {

std::deque<Loop> Health::make_loops() {
    std::deque<Loop> loops;
    loops.emplace_back("main");
    return loops;
}

Loop& Health::add_loop(std::string name) {
    const std::scoped_lock lock(mutex_);
    return loops_.emplace_back(std::move(name));
}

std::string Health::hanging(SteadyTime now) const {
    const std::scoped_lock lock(mutex_);
    std::string names;
    for (const Loop& loop : loops_) {
        if (!loop.turned_within(longest_turn, now)) names.append(names.empty() ? "" : ", ").append(loop.name());
    }
    return names;
}

std::string Health::not_ready_because(SteadyTime now) const {
    if (stopping_) return "the program is ending";
    if (!started_) return "the program is starting";
    if (std::string names = hanging(now); !names.empty()) return "hangs: " + names;
    const std::int64_t patience = feed_patience_;
    if (patience > 0 && (last_heard_ == 0 || now.time_since_epoch().count() - last_heard_ > patience)) {
        return "nothing is heard of a probe";
    }
    return {};
}

}  // namespace muxtap::service
