#include "analyzer/cli/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace muxtap::analyze {

std::string shown_path(const std::string& path) {
    return path == "-" ? "standard input" : "\"" + path + "\"";
}

Result<std::size_t> read_fully(const FileDescriptor& file, const std::string& path, std::span<std::uint8_t> room) {
    std::size_t size = 0;
    while (size < room.size()) {
        const ssize_t got = ::read(file.get(), room.data() + size, room.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_os("cannot read " + shown_path(path), errno);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    return size;
}

Result<Input> open_input(const std::string& path) {
    const bool is_stdin = path == "-";
    Input input;
    input.path = path;
    input.file = FileDescriptor(is_stdin ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!input.file.valid()) return fail_os("cannot open " + shown_path(path), errno);
    struct stat status {};
    const bool known = ::fstat(input.file.get(), &status) == 0;
    if (known && S_ISDIR(status.st_mode)) {
        return fail("cannot analyse " + shown_path(path) + ": it is a folder; name the files in it");
    }
    if (known && S_ISREG(status.st_mode)) input.size = static_cast<std::uint64_t>(status.st_size);

    constexpr std::size_t magic_size = 4;
    input.first_bytes.resize(magic_size);
    const auto size = read_fully(input.file, path, input.first_bytes);
    if (!size) return tl::unexpected<Error>(size.error());
    if (*size == 0) return fail("cannot analyse " + shown_path(path) + ": it is empty");
    input.first_bytes.resize(*size);
    input.kind = net::file_kind(input.first_bytes);
    if (input.kind == net::FileKind::gzip) {
        return fail("cannot analyse " + shown_path(path) + ": it is compressed; " +
                    (is_stdin ? "put zcat before it" : "zcat " + shown_path(path) + " | muxtap-analyze -"));
    }
    return input;
}

}  // namespace muxtap::analyze
