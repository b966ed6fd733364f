#pragma once

#include <chrono>
#include <cstdint>

namespace muxtap::service {

/// CPU time that this process has used so far, all threads.
[[nodiscard]] std::chrono::nanoseconds process_cpu_time();

/// Memory of this process that is resident now, in bytes; 0 when not known.
[[nodiscard]] std::uint64_t process_resident_bytes();

/// Threads of this process; 0 when not known.
[[nodiscard]] std::uint64_t process_threads();

/// Files, sockets and the like that this process has open; 0 when not known.
[[nodiscard]] std::uint64_t process_open_files();

}  // namespace muxtap::service
