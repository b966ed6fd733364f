#pragma once

#include <string>

namespace muxtap::client {

/// Removes the folders above the file `path` that have become empty, those below `top` only.
void remove_empty_folders(const std::string& path, const std::string& top);

}  // namespace muxtap::client
