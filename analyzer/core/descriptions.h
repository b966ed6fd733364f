#pragma once

#include <string>

#include "analyzer/core/elementary_path.h"
#include "analyzer/psi/si_change.h"

namespace muxtap::analyzer {

/// "H.264 High@4.1 1920x1080 25 fps interlaced": one line for events.
[[nodiscard]] std::string describe_format(const ElementaryPath& elementary);

/// "PMT of program 101: version 3 -> 4".
[[nodiscard]] std::string describe_change(const psi::SiChange& change);

/// "PID 0x0101 (257)".
[[nodiscard]] std::string describe_pid(ts::Pid pid);

}  // namespace muxtap::analyzer
