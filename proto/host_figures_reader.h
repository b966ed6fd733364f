#pragma once

#include "proto/host_figures.h"
#include "proto/json_reading.h"

namespace muxtap::proto {

/// Reads the value of `host` in a status into `figures`, whose memory is used again. Keys that are missing, other than
/// the time, leave 0 or nothing. False when a key has a value of the wrong type or range or a list is too long; then
/// `figures` means nothing.
[[nodiscard]] bool read_host_figures(const JsonValue& object, HostFigures& figures);

}  // namespace muxtap::proto
