#include "common/app/signals.h"

#include <csignal>
#include <ctime>

namespace muxtap::app {
namespace {

sigset_t handled_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, signal);
    return set;
}

}  // namespace

Signals::Signals() {
    const sigset_t set = handled_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

Signals::Event Signals::wait(std::chrono::milliseconds longest) {
    const sigset_t set = handled_signals();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(longest);
    timespec timeout{};
    timeout.tv_sec = seconds.count();
    timeout.tv_nsec = std::chrono::nanoseconds(longest - seconds).count();
    const int signal = sigtimedwait(&set, nullptr, &timeout);
    if (signal < 0) return Event::none;
    return signal == SIGHUP ? Event::hangup : Event::stop;
}

}  // namespace muxtap::app
