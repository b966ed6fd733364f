#include "probe/source/file_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "common/net/capture_file.h"
#include "probe/source/capture_file_source.h"
#include "probe/source/stream_file_source.h"

namespace muxtap::probe {
namespace {

/// Reads up to `count` bytes from the start of the file; fewer only at its end.
Result<std::vector<std::uint8_t>> read_start(int file, const std::string& path, std::size_t count) {
    std::vector<std::uint8_t> bytes(count);
    std::size_t size = 0;
    while (size < count) {
        const ssize_t got = ::read(file, bytes.data() + size, count - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_os("cannot read \"" + path + "\"", errno);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    bytes.resize(size);
    return bytes;
}

Result<FileDescriptor> open_input(const std::string& path) {
    if (path == "-") return FileDescriptor(::dup(STDIN_FILENO));
    FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return fail_os("cannot open \"" + path + "\" (--input)", errno);
    struct stat status {};
    if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
        return fail("cannot read \"" + path + "\" (--input): it is a folder");
    }
    return file;
}

}  // namespace

Result<OpenedFile> open_file_source(const std::string& path, FilePace pace) {
    auto file = open_input(path);
    if (!file) return tl::unexpected<Error>(file.error());
    constexpr std::size_t magic_size = 4;
    auto start = read_start(file->get(), path, magic_size);
    if (!start) return tl::unexpected<Error>(start.error());
    if (start->empty()) return fail("\"" + path + "\" is empty");

    const net::FileKind kind = net::file_kind(*start);
    if (kind == net::FileKind::gzip) {
        return fail("\"" + path + "\" is compressed: zcat \"" + path + "\" | muxtap-probe --input -");
    }
    if (kind == net::FileKind::other) {
        return OpenedFile{.source = std::make_unique<StreamFileSource>(std::move(*file), path, pace, std::move(*start)),
                          .is_capture = false};
    }
    auto capture = net::open_capture_file(kind, net::ByteReader(std::move(*file), *start));
    if (!capture) return fail("\"" + path + "\": " + capture.error().message);
    return OpenedFile{.source = std::make_unique<CaptureFileSource>(std::move(*capture), path, pace),
                      .is_capture = true};
}

}  // namespace muxtap::probe
