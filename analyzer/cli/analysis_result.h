#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyzer/report/report.h"

namespace muxtap::analyze {

/// One stream of an input with all that was found out about it.
struct StreamResult {
    std::string name;  ///< `239.1.1.1:5000@12`; empty for the only stream of a file
    analyzer::Report report;
    std::size_t stride = 188;  ///< bytes from packet to packet in the file
    bool over_rtp = false;
};

/// One input: a file, standard input, or a capture with any number of streams.
struct InputResult {
    std::string path;
    std::uint64_t bytes = 0;
    bool is_capture = false;
    std::vector<StreamResult> streams;  ///< in the order they began
    std::vector<std::string> remarks;   ///< one line each: what else was there, what could not be read
};

}  // namespace muxtap::analyze
