#include "client/delivery/sink_account.h"

#include <utility>

namespace muxtap::delivery {
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

void SinkAccount::failed(std::string text, SteadyTime now) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(figures_.healthy, false)) {
        attempts_ = 0;
        dropped_before_ = figures_.dropped;
        said_now_ = false;
    }
    figures_.problem = std::move(text);
    ++attempts_;
    if (!said_ || figures_.problem != said_text_ || now >= *said_ + repeat_after) say(now);
}

void SinkAccount::say(SteadyTime now) {
    said_ = now;
    said_text_ = figures_.problem;
    said_now_ = true;
    log_.warning("sink_failing", figures_.problem,
                 {{"sink", figures_.name},
                  {"attempts", attempts_},
                  {"waiting", figures_.waiting},
                  {"dropped", figures_.dropped - dropped_before_}});
}

void SinkAccount::succeeded() {
    const std::lock_guard lock(mutex_);
    if (std::exchange(figures_.healthy, true)) return;
    figures_.problem.clear();
    if (!said_now_) return;
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

}  // namespace muxtap::delivery
