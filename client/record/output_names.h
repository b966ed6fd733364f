#pragma once

#include <set>
#include <string>
#include <string_view>

#include "client/record/path_pattern.h"

namespace muxtap::record {

/// Gives each (probe, stream) file names that no other one has, even when the pattern does not tell them apart: the
/// first takes the pattern as it is, the next ones get `-stream`, `-probe` or both before the extension.
class OutputNames {
public:
    explicit OutputNames(const PathPattern& pattern) noexcept : pattern_(pattern) {}

    /// What goes before the extension of this stream's files; empty for the pattern as it is. Each stream asks once.
    [[nodiscard]] std::string suffix_for(std::string_view stream, std::string_view probe);

private:
    const PathPattern& pattern_;
    std::set<std::string> taken_;
};

}  // namespace muxtap::record
