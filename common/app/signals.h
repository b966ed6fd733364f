#pragma once

#include <chrono>

namespace muxtap::app {

/// Takes over SIGINT, SIGTERM and SIGHUP for the process: made first thing in `main`, before any thread, it blocks them
/// so that only `wait` sees them. SIGPIPE is ignored. SIGHUP never ends a program.
class Signals {
public:
    enum class Event { none, stop, hangup };

    Signals();

    /// Waits for a signal, at most this long. `stop` is SIGINT or SIGTERM.
    [[nodiscard]] Event wait(std::chrono::milliseconds longest);
};

}  // namespace muxtap::app
