#include "client/delivery/ndjson_file.h"

#include <fcntl.h>
#include <poll.h>
#include <rapidjson/reader.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace muxtap::delivery {
namespace {

constexpr mode_t file_mode = 0666;
/// No record of ours is longer; what has no line feed in so much is not made of lines.
constexpr std::uint64_t longest_line = std::uint64_t{64} << 20;

std::string quoted(const std::string& path) {
    return "\"" + path + "\"";
}

/// The last line of a file when it has no line feed at its end, empty when it has one.
Result<std::string> unfinished_line(int descriptor, std::uint64_t size, const std::string& path) {
    std::string tail;
    while (size > 0 && tail.size() < longest_line) {
        std::array<char, 4096> part;
        const std::size_t count = std::min<std::uint64_t>(size, part.size());
        const ssize_t got = ::pread(descriptor, part.data(), count, static_cast<off_t>(size - count));
        if (got != static_cast<ssize_t>(count))
            return fail_os("cannot read the end of " + quoted(path), got < 0 ? errno : EIO);
        const std::string_view bytes(part.data(), count);
        const std::size_t feed = bytes.rfind('\n');
        tail.insert(0, bytes.substr(feed == std::string_view::npos ? 0 : feed + 1));
        if (feed != std::string_view::npos) break;
        size -= count;
    }
    return tail;
}

bool is_json(const std::string& text) {
    rapidjson::StringStream stream(text.c_str());
    rapidjson::BaseReaderHandler<> nothing;
    rapidjson::Reader reader;
    return !reader.Parse<rapidjson::kParseIterativeFlag>(stream, nothing).IsError();
}

bool exists(const std::string& path) {
    struct stat status {};
    return ::lstat(path.c_str(), &status) == 0;
}

std::string numbered(const std::string& path, std::uint64_t number) {
    return path + "." + std::to_string(number);
}

}  // namespace

Result<NdjsonFile> NdjsonFile::open(const std::string& path) {
    if (path.empty()) return fail("NDJSON needs a file name: ndjson:metrics.ndjson, or ndjson:- for standard output");
    // Without O_NONBLOCK a named pipe nobody reads would stop the program here.
    constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    struct stat status {};
    const bool pipe = ::stat(path.c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
    const int mode = pipe ? O_WRONLY | O_CLOEXEC | O_NONBLOCK : flags;
    FileDescriptor descriptor(::open(path.c_str(), mode, file_mode));
    if (!descriptor.valid() && errno == ENXIO) return fail("cannot write " + quoted(path) + ": nobody reads this pipe");
    if (!descriptor.valid() || ::fstat(descriptor.get(), &status) != 0)
        return fail_os("cannot open " + quoted(path) + " for writing", errno);
    if (!S_ISREG(status.st_mode)) return NdjsonFile(std::move(descriptor), Kind::stream);
    if (::flock(descriptor.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return fail("cannot write " + quoted(path) + ": another program writes it; name another file");
    NdjsonFile file(std::move(descriptor), Kind::regular);
    if (const auto mended = file.mend_end(path); !mended) return tl::unexpected<Error>(mended.error());
    return file;
}

Result<void> NdjsonFile::mend_end(const std::string& path) {
    const std::uint64_t size_now = size();
    const auto line = unfinished_line(descriptor_.get(), size_now, path);
    if (!line) return tl::unexpected<Error>(line.error());
    if (line->empty()) return {};
    if (line->front() != '{')
        return fail(quoted(path) + " does not end in a line of JSON: it is none of ours, name another file");
    if (is_json(*line)) {  // Only its line feed is missing.
        if (const Written written = write("\n"); written.error != 0)
            return fail_os("cannot write " + quoted(path), written.error);
        return {};
    }
    if (!cut(size_now - line->size())) return fail_os("cannot cut the torn line at the end of " + quoted(path), errno);
    torn_bytes_ = line->size();
    return {};
}

Result<NdjsonFile> NdjsonFile::share(int descriptor) {
    struct stat status {};
    FileDescriptor own(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
    if (!own.valid() || ::fstat(own.get(), &status) != 0) return fail_os("cannot write standard output", errno);
    // A file that others may write too, at a place of their choice: not ours to cut.
    if (S_ISREG(status.st_mode)) return NdjsonFile(std::move(own), Kind::stream);
    if (S_ISSOCK(status.st_mode)) return NdjsonFile(std::move(own), Kind::socket);
    // Others use the same description, which therefore cannot be made non-blocking: opened anew it is our own.
    const std::string name = "/proc/self/fd/" + std::to_string(descriptor);
    FileDescriptor reopened(::open(name.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (reopened.valid()) return NdjsonFile(std::move(reopened), Kind::stream);
    return NdjsonFile(std::move(own), Kind::shared);
}

NdjsonFile::Written NdjsonFile::write(std::string_view bytes) {
    if (kind_ == Kind::shared) {
        // What is sure to go at once: room for so much is what poll means.
        constexpr std::size_t sure_to_go = 512;
        pollfd item{descriptor_.get(), POLLOUT, 0};
        if (::poll(&item, 1, 0) <= 0) return {0, EAGAIN};
        bytes = bytes.substr(0, sure_to_go);
    }
    const ssize_t size = kind_ == Kind::socket
                             ? ::send(descriptor_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                             : ::write(descriptor_.get(), bytes.data(), bytes.size());
    if (size >= 0) return {static_cast<std::size_t>(size), 0};
    return {0, errno == EINTR ? EAGAIN : errno};
}

bool NdjsonFile::cut(std::uint64_t size) {
    return regular() && ::ftruncate(descriptor_.get(), static_cast<off_t>(size)) == 0;
}

std::uint64_t NdjsonFile::size() const {
    struct stat status {};
    return ::fstat(descriptor_.get(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

bool NdjsonFile::moved_from(const std::string& path) const {
    struct stat here {};
    struct stat there {};
    if (::fstat(descriptor_.get(), &here) != 0) return false;
    if (::stat(path.c_str(), &there) != 0) return errno == ENOENT || errno == ENOTDIR;
    return here.st_ino != there.st_ino || here.st_dev != there.st_dev;
}

bool NdjsonFile::abandoned() const {
    pollfd item{descriptor_.get(), 0, 0};
    return ::poll(&item, 1, 0) > 0 && (item.revents & (POLLERR | POLLHUP)) != 0;
}

void NdjsonFile::wait_for_room(std::chrono::milliseconds patience) const {
    pollfd item{descriptor_.get(), POLLOUT, 0};
    (void)::poll(&item, 1, static_cast<int>(std::max<std::int64_t>(patience.count(), 0)));
}

Result<void> rotate_files(const std::string& path, std::uint64_t keep) {
    if (keep == 0) {
        if (::unlink(path.c_str()) != 0) return fail_os("cannot delete " + quoted(path), errno);
        return {};
    }
    // The first free number is as far as files have to move.
    std::uint64_t last = 1;
    while (last < keep && exists(numbered(path, last))) ++last;
    for (std::uint64_t number = last; number >= 1; --number) {
        const std::string from = number == 1 ? path : numbered(path, number - 1);
        if (::rename(from.c_str(), numbered(path, number).c_str()) != 0)
            return fail_os("cannot rename " + quoted(from) + " to " + quoted(numbered(path, number)), errno);
    }
    return {};
}

}  // namespace muxtap::delivery
