#include "client/files/folders.h"

#include <filesystem>

namespace muxtap::client {
namespace fs = std::filesystem;

void remove_empty_folders(const std::string& path, const std::string& top) {
    const fs::path highest = fs::path(top).lexically_normal();
    std::error_code error;
    for (fs::path folder = fs::path(path).lexically_normal().parent_path();
         !folder.empty() && folder != highest && folder.has_relative_path(); folder = folder.parent_path()) {
        const fs::path below = folder.lexically_relative(highest);
        if (below.empty() || *below.begin() == "..") return;
        // Fails, as it should, when something is left in it.
        if (!fs::remove(folder, error)) return;
    }
}

}  // namespace muxtap::client
