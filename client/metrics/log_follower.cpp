#include "client/metrics/log_follower.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace muxtap::metrics {
namespace {

constexpr std::size_t read_size = 65536;

}  // namespace

LogFollower::LogFollower(std::string path, app::Log& log) : path_(std::move(path)), log_(log), buffer_(read_size) {
    (void)open(true);
}

bool LogFollower::open(bool at_end) {
    FileDescriptor file(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (!file.valid() || ::fstat(file.get(), &status) != 0) {
        if (!missing_told_) {
            const std::string reason = std::strerror(errno);
            log_.warning("watch_file_missing",
                         "cannot follow \"" + path_ + "\": " + reason + "; it is read from its start once it can be",
                         {{"path", std::string_view{path_}}});
        }
        missing_told_ = true;
        return false;
    }
    missing_told_ = false;
    file_ = std::move(file);
    device_ = status.st_dev;
    inode_ = status.st_ino;
    position_ = at_end ? status.st_size : 0;
    skipping_ = false;
    return true;
}

bool LogFollower::was_replaced() const {
    struct stat status {};
    if (::stat(path_.c_str(), &status) != 0) return false;  // moved away, nothing new yet: it may still be written to
    return status.st_dev != device_ || status.st_ino != inode_;
}

void LogFollower::poll(const LineHandler& on_line) {
    std::size_t left = most_lines_at_once;
    if (!file_.valid() && !open(false)) return;
    // Asked before reading: what is written to the old file until then is still read from it.
    const bool replaced = was_replaced();
    struct stat status {};
    if (::fstat(file_.get(), &status) == 0 && status.st_size < position_) {
        position_ = 0;
        skipping_ = false;
    }
    read_on(replaced, on_line, left);
    if (!replaced || left == 0) return;
    file_.reset();
    if (open(false)) read_on(false, on_line, left);
}

void LogFollower::read_on(bool last, const LineHandler& on_line, std::size_t& left) {
    while (left > 0) {
        const ssize_t count = ::pread(file_.get(), buffer_.data(), buffer_.size(), position_);
        if (count <= 0) return;
        const auto bytes = static_cast<std::size_t>(count);
        const std::size_t taken = take_lines({buffer_.data(), bytes}, last && bytes < buffer_.size(), on_line, left);
        position_ += static_cast<off_t>(taken);
        if (taken == 0) return;
    }
}

/// Hands over whole lines, with `last` also one without an end. Returns how many bytes that were.
std::size_t LogFollower::take_lines(std::string_view bytes, bool last, const LineHandler& on_line, std::size_t& left) {
    std::size_t taken = 0;
    while (left > 0 && taken < bytes.size()) {
        const std::string_view rest = bytes.substr(taken);
        const std::size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        if (end == std::string_view::npos && !last && line.size() <= longest_line) {
            if (!skipping_) break;
            return bytes.size();
        }
        taken += end == std::string_view::npos ? line.size() : end + 1;
        const bool tell = !skipping_;
        skipping_ = end == std::string_view::npos && !last;
        line = line.substr(0, longest_line);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!tell || line.empty()) continue;
        --left;
        on_line(line);
    }
    return taken;
}

}  // namespace muxtap::metrics
