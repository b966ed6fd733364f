#include "analyzer/cli/text/table.h"

#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

constexpr std::size_t gap = 2;

/// Takes trailing spaces off the last line and ends it.
void end_line(std::string& out) {
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out.push_back('\n');
}

}  // namespace

void print_field(std::string& out, const Painter& painter, std::string_view label, std::string_view text,
                 Colour colour) {
    constexpr std::size_t label_width = 18;
    constexpr std::size_t indent = 2 + label_width + gap;
    std::string lead = "  " + elided(label, label_width);
    lead.append(indent - text_width(lead), ' ');
    for (const std::string& line : wrapped(text, page_width - indent)) {
        out += lead + painter.paint(line, colour);
        end_line(out);
        lead.assign(indent, ' ');
    }
}

void print_heading(std::string& out, const Painter& painter, std::string_view title) {
    out += "\n" + painter.paint(title, Colour::bold) + "\n";
}

}  // namespace muxtap::analyze
