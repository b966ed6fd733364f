#include "common/service/service_manager.h"

#include <systemd/sd-daemon.h>

#include <algorithm>

namespace muxtap::service {

ServiceManager::ServiceManager() {
    std::uint64_t microseconds = 0;
    if (::sd_watchdog_enabled(0, &microseconds) > 0) between_signs_ = std::chrono::microseconds{microseconds} / 3;
}

void ServiceManager::ready() {
    ::sd_notify(0, "READY=1");
}

void ServiceManager::stopping() {
    if (stopping_) return;
    stopping_ = true;
    ::sd_notify(0, "STOPPING=1");
}

void ServiceManager::set_status(std::string_view line) {
    if (line == status_) return;
    status_ = line;
    std::string message = "STATUS=" + status_;
    std::replace(message.begin(), message.end(), '\n', ' ');
    ::sd_notify(0, message.c_str());
}

void ServiceManager::alive(SteadyTime now) {
    if (!between_signs_ || now < next_sign_) return;
    next_sign_ = now + *between_signs_;
    ::sd_notify(0, "WATCHDOG=1");
}

}  // namespace muxtap::service
