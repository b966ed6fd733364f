#include "probe/send/output_file.h"

#include <fcntl.h>

#include <cerrno>

namespace muxtap::send {

Result<OutputFile> OutputFile::open(const std::string& path, std::string_view option) {
    OutputFile output;
    output.name_ = "\"" + path + "\" (--" + std::string{option} + ")";
    output.file_ = FileDescriptor(path == "-" ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                                              : ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!output.is_open()) return fail_os("cannot write " + output.name_, errno);
    return output;
}

Result<void> OutputFile::write(ByteView bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_os("cannot write " + name_, errno);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace muxtap::send
