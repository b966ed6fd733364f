#include "client/metrics/sinks/sink_account.h"

#include <utility>

namespace muxtap::metrics {
namespace {

constexpr std::chrono::minutes repeat_after{1};

}  // namespace

SinkAccount::SinkAccount(std::string name, app::Log& log) : log_(log) {
    figures_.name = std::move(name);
}

void SinkAccount::taken(std::uint64_t records) {
    const std::lock_guard lock(mutex_);
    figures_.waiting += records;
}

void SinkAccount::delivered(std::uint64_t records) {
    const std::lock_guard lock(mutex_);
    figures_.waiting -= records;
    figures_.delivered += records;
}

void SinkAccount::dropped(std::uint64_t records) {
    const std::lock_guard lock(mutex_);
    figures_.waiting -= records;
    figures_.dropped += records;
}

void SinkAccount::set_bytes(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    figures_.spool_bytes = bytes;
}

void SinkAccount::failed(std::string text, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(figures_.healthy, false)) {
        attempts_ = 0;
        dropped_before_ = figures_.dropped;
        said_.reset();
    } else if (figures_.problem != text) {
        said_.reset();
    }
    figures_.problem = std::move(text);
    ++attempts_;
    if (!said_ || now >= *said_ + repeat_after) say(figures_.problem, now);
}

void SinkAccount::say(std::string_view text, SteadyTime now) {
    said_ = now;
    log_.warning("sink_failing", text,
                 {{"sink", figures_.name},
                  {"attempts", attempts_},
                  {"waiting", figures_.waiting},
                  {"dropped", figures_.dropped - dropped_before_}});
}

void SinkAccount::succeeded() {
    const std::lock_guard lock(mutex_);
    if (std::exchange(figures_.healthy, true)) return;
    figures_.problem.clear();
    log_.info("sink_recovered", figures_.name + ": records are stored again",
              {{"sink", figures_.name},
               {"attempts", attempts_},
               {"waiting", figures_.waiting},
               {"dropped", figures_.dropped - dropped_before_}});
}

void SinkAccount::ended(std::string text) {
    const std::lock_guard lock(mutex_);
    figures_.healthy = false;
    figures_.problem = std::move(text);
}

SinkFigures SinkAccount::figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
}

}  // namespace muxtap::metrics
