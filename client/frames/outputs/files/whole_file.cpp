#include "client/frames/outputs/files/whole_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace muxtap::frames {
namespace {

constexpr mode_t file_mode = 0644;

tl::unexpected<int> fail_with(int number) {
    return tl::unexpected<int>(number);
}

/// Removes what is left at `path`, unless somebody is writing it.
Result<void, int> remove_leftover(const std::string& path) {
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
    if (!file.valid() && errno != ELOOP && errno != ENXIO) {
        if (errno == ENOENT) return {};
        return fail_with(errno);
    }
    if (file.valid() && ::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return fail_with(EBUSY);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail_with(errno);
    return {};
}

Result<void, int> make_folder_of(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    if (error) return fail_with(error.value());
    return {};
}

/// A new file that nobody else writes: a file that was there is never written into, it may have its own name by now.
Result<FileDescriptor, int> create(const std::string& path) {
    constexpr int attempts = 3;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file_mode));
        if (file.valid()) {
            struct stat status {};
            if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return fail_with(EBUSY);
            if (::fstat(file.get(), &status) != 0) return fail_with(errno);
            if (status.st_nlink == 0) return fail_with(EBUSY);
            return file;
        }
        const int error = errno;
        if (error != ENOENT && error != EEXIST) return fail_with(error);
        const auto mended = error == ENOENT ? make_folder_of(path) : remove_leftover(path);
        if (!mended) return fail_with(mended.error());
    }
    return fail_with(EBUSY);
}

int write_all(int descriptor, ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::write(descriptor, bytes.data(), bytes.size());
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return errno;
        if (size == 0) return EIO;
        bytes = bytes.subspan(static_cast<std::size_t>(size));
    }
    // Network file systems tell only here that the disk is full. The descriptor itself keeps the lock.
    const int second = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    return second < 0 || ::close(second) == 0 ? 0 : errno;
}

}  // namespace

Result<WholeFile, int> WholeFile::write(const std::string& temporary, ByteView bytes) {
    auto descriptor = create(temporary);
    if (!descriptor) return fail_with(descriptor.error());
    WholeFile file(temporary, std::move(*descriptor));
    if (const int error = write_all(file.descriptor_.get(), bytes); error != 0) return fail_with(error);
    return file;
}

WholeFile::WholeFile(WholeFile&& other) noexcept
    : temporary_(std::exchange(other.temporary_, {})), descriptor_(std::move(other.descriptor_)) {}

WholeFile::~WholeFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void, int> WholeFile::replace(const std::string& path) {
    // Exchanged for the old file, which then goes with this object: ext4 would begin to write the data to the disk at
    // once were it renamed over the old one, and that is most of the cost. Only a file, never a folder, is exchanged.
    struct stat old {};
    if (::lstat(path.c_str(), &old) == 0 && S_ISREG(old.st_mode) &&
        ::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path.c_str(), RENAME_EXCHANGE) == 0) {
        return {};
    }
    if (::rename(temporary_.c_str(), path.c_str()) != 0) return fail_with(errno);
    temporary_.clear();
    return {};
}

Result<void, int> WholeFile::become(const std::string& path) {
    if (::renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) {
        temporary_.clear();
        return {};
    }
    if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP) return fail_with(errno);
    // Network file systems cannot do that; the second name is the temporary one, which goes with this object.
    if (::link(temporary_.c_str(), path.c_str()) != 0) return fail_with(errno);
    return {};
}

}  // namespace muxtap::frames
