#include "client/metrics/worker_figures.h"

#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <memory>

namespace muxtap::metrics {

std::chrono::nanoseconds process_cpu_time() {
    timespec time{};
    if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) return {};
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

std::uint64_t process_resident_bytes() {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "re"), &std::fclose);
    unsigned long long pages = 0;
    if (!file || std::fscanf(file.get(), "%*u %llu", &pages) != 1) return 0;
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace muxtap::metrics
