#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"

namespace muxtap::service {

/// The service manager that started the program (systemd, Type=notify), told over $NOTIFY_SOCKET; does nothing where
/// there is none. Used by one thread.
class ServiceManager {
public:
    /// Reads from the environment whether there is one, and how often it wants to hear that the program lives.
    ServiceManager();

    /// The program does its work.
    void ready();
    /// It is about to end; said once.
    void stopping();
    /// One line for `systemctl status`; said again only when it is another.
    void set_status(std::string_view line);
    /// The program lives: said three times in the time after which it would be restarted (WatchdogSec).
    void alive(SteadyTime now);

private:
    std::optional<std::chrono::nanoseconds> between_signs_;
    SteadyTime next_sign_{};
    std::string status_;
    bool stopping_ = false;
};

}  // namespace muxtap::service
