#pragma once

#include <string>
#include <string_view>

namespace muxtap::probe {

/// The operating system by its own account.
struct OsRelease {
    std::string name;     ///< "Debian GNU/Linux"
    std::string version;  ///< "12"; empty for a system without versions

    [[nodiscard]] bool operator==(const OsRelease&) const = default;
};

/// Reads NAME and VERSION_ID out of the text of an os-release file (os-release(5)): lines of shell assignments.
[[nodiscard]] OsRelease parse_os_release(std::string_view text);

}  // namespace muxtap::probe
