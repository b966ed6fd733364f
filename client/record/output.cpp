#include "client/record/output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "common/base/file_descriptor.h"
#include "common/ts/packet_view.h"

namespace muxtap::record {
namespace {

constexpr mode_t file_mode = 0666;

tl::unexpected<OpenError> refuse(std::string what, int number) {
    return tl::unexpected<OpenError>(OpenError{number, fail_os(std::move(what), number).value().message});
}

class PosixOutput : public Output {
public:
    PosixOutput(FileDescriptor descriptor, bool regular, std::uint64_t start_bytes = 0, std::uint64_t torn_bytes = 0)
        : descriptor_(std::move(descriptor)), regular_(regular), start_bytes_(start_bytes), torn_bytes_(torn_bytes) {}

    Written write(std::span<const iovec> parts) override {
        const ssize_t size = ::writev(descriptor_.get(), parts.data(), static_cast<int>(parts.size()));
        if (size >= 0) return {static_cast<std::size_t>(size), 0};
        return {0, errno == EINTR ? EAGAIN : errno};
    }
    bool truncate(std::uint64_t size) override {
        // Files are opened for appending: the next write goes to the new end.
        return regular_ && ::ftruncate(descriptor_.get(), static_cast<off_t>(size)) == 0;
    }
    int sync() override { return !regular_ || ::fdatasync(descriptor_.get()) == 0 ? 0 : errno; }
    void begin_sync() override {
        const off_t end = regular_ ? ::lseek(descriptor_.get(), 0, SEEK_END) : -1;
        if (end <= begun_) return;
        (void)::sync_file_range(descriptor_.get(), begun_, end - begun_, SYNC_FILE_RANGE_WRITE);
        begun_ = end;
    }
    [[nodiscard]] std::uint64_t start_bytes() const override { return start_bytes_; }
    [[nodiscard]] std::uint64_t torn_bytes() const override { return torn_bytes_; }
    [[nodiscard]] bool is_removed() const override {
        struct stat status {};
        return regular_ && ::fstat(descriptor_.get(), &status) == 0 && status.st_nlink == 0;
    }
    [[nodiscard]] bool is_regular() const override { return regular_; }

private:
    FileDescriptor descriptor_;
    bool regular_;
    std::uint64_t start_bytes_;
    std::uint64_t torn_bytes_;
    off_t begun_ = 0;
};

/// A pipe or terminal whose description others share, so that it cannot be made non-blocking: writes only as much as
/// is sure to go at once.
class SharedPipeOutput : public Output {
public:
    Written write(std::span<const iovec> parts) override {
        pollfd item{STDOUT_FILENO, POLLOUT, 0};
        if (::poll(&item, 1, 0) <= 0) return {0, EAGAIN};
        constexpr std::size_t sure_to_go = 4096;
        const ssize_t size =
            ::write(STDOUT_FILENO, parts.front().iov_base, std::min(parts.front().iov_len, sure_to_go));
        if (size >= 0) return {static_cast<std::size_t>(size), 0};
        return {0, errno == EINTR ? EAGAIN : errno};
    }
    bool truncate(std::uint64_t) override { return false; }
    int sync() override { return 0; }
    [[nodiscard]] std::uint64_t start_bytes() const override { return 0; }
    [[nodiscard]] bool is_regular() const override { return false; }
};

Result<void, OpenError> make_folders(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code error;
    if (!folder.empty() && !std::filesystem::is_directory(folder, error)) {
        std::filesystem::create_directories(folder, error);
        if (error) return refuse("cannot make the folder \"" + folder.string() + "\"", error.value());
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Output>, OpenError> FileOpener::open(const std::string& path, OpenMode mode) {
    if (auto made = make_folders(path); !made) return tl::unexpected<OpenError>(made.error());
    const int exclusive = mode == OpenMode::create ? O_EXCL : 0;
    // O_NONBLOCK: a named pipe without a reader must not hold the program; it is refused below.
    FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK | exclusive, file_mode));
    const std::string what = "cannot write \"" + path + "\"";
    if (!file.valid()) return refuse(what, errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return refuse(what, errno);
    if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) {
        return tl::unexpected<OpenError>(OpenError{EINVAL, what + ": it is a pipe; use --output - for pipes"});
    }
    const bool regular = S_ISREG(status.st_mode);
    const std::uint64_t size = regular ? static_cast<std::uint64_t>(status.st_size) : 0;
    const std::uint64_t torn = size % ts::packet_size;
    const std::uint64_t keep = mode == OpenMode::overwrite ? 0 : size - torn;
    if (regular) {
        if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            return tl::unexpected<OpenError>(
                OpenError{EBUSY, what + ": another muxtap-record is writing it; choose another --output"});
        }
        if (keep != size && ::ftruncate(file.get(), static_cast<off_t>(keep)) != 0) return refuse(what, errno);
    }
    return std::unique_ptr<Output>(
        std::make_unique<PosixOutput>(std::move(file), regular, keep, mode == OpenMode::append ? torn : 0));
}

std::unique_ptr<Output> open_stdout() {
    struct stat status {};
    if (::fstat(STDOUT_FILENO, &status) == 0 && S_ISFIFO(status.st_mode)) {
        // An own description of the same pipe: non-blocking for us and for nobody else.
        FileDescriptor own(::open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC));
        if (own.valid()) return std::make_unique<PosixOutput>(std::move(own), false);
    }
    if (S_ISREG(status.st_mode)) return std::make_unique<PosixOutput>(FileDescriptor(::dup(STDOUT_FILENO)), false);
    return std::make_unique<SharedPipeOutput>();
}

Result<void> check_folder_writable(const std::string& folder) {
    if (auto made = make_folders(folder + "/x"); !made) return fail(made.error().message);
    std::string name = folder + "/.muxtap-record-XXXXXX";
    const FileDescriptor file(::mkstemp(name.data()));
    if (!file.valid()) return fail_os("cannot write into the folder \"" + folder + "\"", errno);
    ::unlink(name.c_str());
    return {};
}

Result<void> check_file_writable(const std::string& path) {
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.valid() || errno == ENOENT) return {};
    if (errno == ENXIO) return fail("cannot write \"" + path + "\": it is a pipe; use --output - for pipes");
    return fail_os("cannot write \"" + path + "\"", errno);
}

}  // namespace muxtap::record
