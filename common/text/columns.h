#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Texts in the columns of a terminal.
namespace muxtap::text {

/// A text from the stream or the command line as it may go to a terminal: UTF-8, without control characters and marks
/// that turn the direction of writing.
[[nodiscard]] std::string printable(std::string_view text);
/// Columns that a printable text takes up on a terminal.
[[nodiscard]] std::size_t text_width(std::string_view text);
/// The text, or as much of it as fits into so many columns and an ellipsis.
[[nodiscard]] std::string elided(std::string_view text, std::size_t columns);
/// The text broken at spaces into lines of at most so many columns; a longer word is cut. At least one line.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

}  // namespace muxtap::text
