#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "client/delivery/sink.h"
#include "common/app/log.h"
#include "common/base/clock.h"

namespace muxtap::delivery {

/// What a sink has done and what is wrong with it: one place where its figures add up (written = delivered + dropped +
/// waiting at any moment) and where trouble is said: once when it begins, then once a minute with counts, and when it
/// is over. `figures` may be called by any thread, the rest by the sink's.
class SinkAccount {
public:
    SinkAccount(std::string name, app::Log& log);

    /// Records came in and wait.
    void taken(std::uint64_t records);
    /// Of those that wait.
    void delivered(std::uint64_t records);
    /// Of those that wait: they are lost.
    void dropped(std::uint64_t records);

    /// An attempt failed. `text` is one line; the same trouble again is counted, also when it goes and comes.
    void failed(std::string text, SteadyTime now);
    /// An attempt succeeded.
    void succeeded();

    /// It is over, without anything being wrong: nothing is logged.
    void ended(std::string text);

    [[nodiscard]] SinkFigures figures() const;

private:
    void say(SteadyTime now);

    app::Log& log_;
    mutable std::mutex mutex_;
    SinkFigures figures_;
    std::uint64_t attempts_ = 0;        ///< that failed since the trouble began
    std::uint64_t dropped_before_ = 0;  ///< `dropped` when it began
    std::optional<SteadyTime> said_;    ///< when something was said last
    std::string said_text_;             ///< and what
    bool said_now_ = false;             ///< of this trouble
};

}  // namespace muxtap::delivery
