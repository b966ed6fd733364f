#pragma once

#include <string>
#include <string_view>

#include "common/base/bytes.h"
#include "common/base/file_descriptor.h"
#include "common/base/result.h"

namespace muxtap::send {

/// A file that an option names and that is written from its start. Unbuffered.
class OutputFile {
public:
    OutputFile() = default;  ///< none

    /// Makes or empties the file; "-" is standard output. Errors name path and option.
    [[nodiscard]] static Result<OutputFile> open(const std::string& path, std::string_view option);

    [[nodiscard]] bool is_open() const noexcept { return file_.valid(); }
    [[nodiscard]] Result<void> write(ByteView bytes);

private:
    FileDescriptor file_;
    std::string name_;  ///< for messages
};

}  // namespace muxtap::send
