#include "analyzer/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

constexpr std::chrono::milliseconds until_first{1000};
constexpr std::chrono::milliseconds between{100};

/// A longer line would be broken and not be overwritten.
std::size_t terminal_columns() {
    winsize size{};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col - 1U : 79U;
}

}  // namespace

Progress::Progress(bool enabled, std::string path, std::uint64_t total_bytes, Listener listener)
    : enabled_(enabled),
      path_(std::move(path)),
      total_(total_bytes),
      listener_(std::move(listener)),
      start_(steady_now()),
      next_(start_ + until_first) {}

Progress::~Progress() {
    if (shown_) std::fputs("\033[K", stderr);
}

void Progress::update(std::uint64_t bytes) {
    listener_(bytes);
    if (!enabled_) return;
    const SteadyTime now = steady_now();
    if (now < next_) return;
    next_ = now + between;
    shown_ = true;
    std::fprintf(stderr, "\033[K%s\r", progress_line(path_, bytes, total_, now - start_, terminal_columns()).c_str());
    std::fflush(stderr);
}

std::string progress_line(const std::string& path, std::uint64_t bytes, std::uint64_t total,
                          std::chrono::nanoseconds elapsed, std::size_t columns) {
    const double seconds = static_cast<double>(elapsed.count()) / 1e9;
    std::string numbers;
    if (total > 0) {
        const double share = std::min(1.0, static_cast<double>(bytes) / static_cast<double>(total));
        numbers += "  " + fixed(share * 100, 0) + " %";
    }
    numbers += "  " + byte_size(bytes);
    if (total > 0) numbers += " of " + byte_size(total);
    if (seconds > 0) {
        numbers += "  " + byte_size(static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds)) + "/s";
    }
    const std::size_t room = columns > text_width(numbers) ? columns - text_width(numbers) : 0;
    return elided(path == "-" ? "standard input" : path, room) + numbers;
}

}  // namespace muxtap::analyze
