#pragma once

#include <string>

#include "common/base/bytes.h"
#include "common/base/file_descriptor.h"
#include "common/base/result.h"

namespace muxtap::frames {

/// A complete file under a temporary name, which is given its own name in one step: nobody ever reads half of it. Gone
/// with the object if it was given none. Errors are errno values.
class WholeFile {
public:
    /// Writes `bytes` to `temporary`, which replaces what a crash has left there. Folders are made when they are
    /// missing. EBUSY: another program writes this file at this moment.
    [[nodiscard]] static Result<WholeFile, int> write(const std::string& temporary, ByteView bytes);
    WholeFile(WholeFile&& other) noexcept;
    WholeFile(const WholeFile&) = delete;
    WholeFile& operator=(const WholeFile&) = delete;
    WholeFile& operator=(WholeFile&&) = delete;
    ~WholeFile();

    /// Takes the place of `path`, a file of the same folder.
    [[nodiscard]] Result<void, int> replace(const std::string& path);
    /// Becomes `path`. EEXIST, and another name may be tried, when that is there already.
    [[nodiscard]] Result<void, int> become(const std::string& path);

private:
    WholeFile(std::string temporary, FileDescriptor descriptor) noexcept
        : temporary_(std::move(temporary)), descriptor_(std::move(descriptor)) {}

    std::string temporary_;      ///< empty once it has its own name
    FileDescriptor descriptor_;  ///< locked
};

/// How temporary files end. They begin with a dot.
inline constexpr std::string_view temporary_ending = ".muxtap-tmp";

}  // namespace muxtap::frames
