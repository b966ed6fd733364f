#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <optional>
#include <string_view>

#include "proto/host_figures.h"

namespace muxtap::proto {

/// Writes the value of `host` in a status (proto/README.md, "host"). A probe says the same of its host in the status of
/// each of its streams, so the text is kept until the figures change. Used by one thread.
class HostFiguresWriter {
public:
    /// The figures as one JSON object in UTF-8; borrowed, valid until the next call. Numbers with a fraction are
    /// rounded to four digits behind the point, lists are cut at their longest.
    [[nodiscard]] std::string_view encode(const HostFigures& figures);

private:
    rapidjson::StringBuffer buffer_;
    std::optional<HostFigures> encoded_;  ///< what the buffer says
};

}  // namespace muxtap::proto
