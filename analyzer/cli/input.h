#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/file_descriptor.h"
#include "common/base/result.h"
#include "common/net/capture_file.h"

namespace muxtap::analyze {

/// A file or pipe that is open and not empty.
struct Input {
    std::string path;  ///< as the user gave it, "-" for standard input
    FileDescriptor file;
    std::vector<std::uint8_t> first_bytes;  ///< read already
    net::FileKind kind = net::FileKind::other;
    std::uint64_t size = 0;  ///< 0: not known, as of a pipe
};

/// Opens a file, "-" for standard input. The error says what is wrong with which file and what to do about it: no such
/// file, a folder, empty, compressed.
[[nodiscard]] Result<Input> open_input(const std::string& path);

/// Reads until `room` is full or nothing follows; the number of bytes read.
[[nodiscard]] Result<std::size_t> read_fully(const FileDescriptor& file, const std::string& path,
                                             std::span<std::uint8_t> room);

/// The path as messages show it: in quotes, or "standard input".
[[nodiscard]] std::string shown_path(const std::string& path);

}  // namespace muxtap::analyze
