#pragma once

#include <string>
#include <string_view>

#include "common/text/table.h"

namespace muxtap::analyze {

using text::Cell;
using text::Colour;
using text::page_width;
using text::Painter;
using text::Table;

/// Appends `label  text`, the text broken at spaces and set under itself where it is too long for a line.
void print_field(std::string& out, const Painter& painter, std::string_view label, std::string_view text,
                 Colour colour = Colour::none);

/// Appends an empty line and the heading of a section.
void print_heading(std::string& out, const Painter& painter, std::string_view title);

}  // namespace muxtap::analyze
