#pragma once

#include <memory>
#include <string>

#include "probe/source/source.h"

namespace muxtap::probe {

/// At which pace a file is read.
enum class FilePace : unsigned char { fast, capture };

/// A file, a pipe or standard input ("-"): capture files (.pcap, .pcapng) are recognised by their first bytes, anything
/// else is taken as a transport stream.
struct OpenedFile {
    std::unique_ptr<Source> source;
    bool is_capture = false;  ///< has network frames; else one bare stream
};
[[nodiscard]] Result<OpenedFile> open_file_source(const std::string& path, FilePace pace);

}  // namespace muxtap::probe
