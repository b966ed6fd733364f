#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace muxtap::service {

/// One loop of a program: a thread that has to come round again and again.
class Loop {
public:
    explicit Loop(std::string name) : name_(std::move(name)) {}

    /// It has begun another turn.
    void turned(SteadyTime now) noexcept { last_turn_ = now.time_since_epoch().count(); }
    /// Until its next turn it may take as long as it likes: it waits for somebody, or has come to its end.
    void rests() noexcept { last_turn_ = resting; }

    [[nodiscard]] bool turned_within(std::chrono::nanoseconds time, SteadyTime now) const noexcept {
        return last_turn_ == resting || now.time_since_epoch().count() - last_turn_ <= time.count();
    }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

private:
    static constexpr std::int64_t resting = -1;
    std::string name_;
    std::atomic<std::int64_t> last_turn_{steady_now().time_since_epoch().count()};  ///< or its making
};

/// How a program is: told by its threads, asked by the HTTP server and the service manager. All of it may be called by
/// any thread.
class Health {
public:
    /// A loop turns some times a second; one that does not for so long hangs.
    static constexpr std::chrono::seconds longest_turn{10};

    /// The loop of `main`.
    [[nodiscard]] Loop& main_loop() noexcept { return loops_.front(); }
    /// Another loop, which has to turn from now on. Lives as long as the health.
    [[nodiscard]] Loop& add_loop(std::string name);

    /// The program is doing its work, as far as it depends on itself.
    void started() noexcept { started_ = true; }
    /// It is about to end.
    void stopping() noexcept { stopping_ = true; }
    /// For workers: they do their work while a probe is heard, which says something once a second whatever its streams
    /// do. `patience` before that counts as not heard.
    void expect_feed(std::chrono::nanoseconds patience) noexcept { feed_patience_ = patience.count(); }
    /// A message of a probe has come.
    void heard(SteadyTime now) noexcept { last_heard_ = now.time_since_epoch().count(); }

    /// Names of loops that hang, separated by commas; empty: all is well.
    [[nodiscard]] std::string hanging(SteadyTime now) const;
    /// Why the program is not doing its work, one line; empty: it is.
    [[nodiscard]] std::string not_ready_because(SteadyTime now) const;

private:
    mutable std::mutex mutex_;
    std::deque<Loop> loops_ = make_loops();
    std::atomic<bool> started_{false};
    std::atomic<bool> stopping_{false};
    std::atomic<std::int64_t> feed_patience_{0};  ///< 0: no feed is expected
    std::atomic<std::int64_t> last_heard_{0};     ///< 0: never

    [[nodiscard]] static std::deque<Loop> make_loops();
};

}  // namespace muxtap::service
