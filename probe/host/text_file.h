#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include "common/base/file_descriptor.h"
#include "common/base/result.h"

namespace muxtap::probe {

/// The first `most` bytes of a small file, as /proc, /sys and /etc hold them.
[[nodiscard]] inline Result<std::string> read_text_file(const std::string& path, std::size_t most = 65536) {
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return fail_os("cannot open " + path, errno);
    std::string text(most, '\0');
    std::size_t size = 0;
    while (size < most) {
        const ssize_t got = ::read(file.get(), text.data() + size, most - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_os("cannot read " + path, errno);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    return text;
}

/// Takes the first line off `text`, without its end.
[[nodiscard]] inline std::string_view take_line(std::string_view& text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

}  // namespace muxtap::probe
