#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace muxtap::app {

/// The candidate that `name` was probably meant to be: fewest single-letter edits, at most a third of its length.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> candidates);

/// The parts of `text` between separators; empty parts are left out.
[[nodiscard]] std::vector<std::string> split_names(std::string_view text, char separator);

}  // namespace muxtap::app
