#include "common/text/table.h"

#include <algorithm>

#include "common/text/columns.h"

namespace muxtap::text {
namespace {

constexpr std::size_t gap = 2;
/// How narrow a column that yields may become, and any other.
constexpr std::size_t narrowest_yielding = 8;
constexpr std::size_t narrowest = 5;

const char* escape_of(Colour colour) {
    switch (colour) {
        case Colour::bold: return "\033[1m";
        case Colour::dim: return "\033[2m";
        case Colour::red: return "\033[31m";
        case Colour::yellow: return "\033[33m";
        case Colour::green: return "\033[32m";
        case Colour::none: break;
    }
    return "";
}

/// Takes trailing spaces off the last line and ends it.
void end_line(std::string& out) {
    while (!out.empty() && out.back() == ' ') out.pop_back();
    out.push_back('\n');
}

}  // namespace

std::string Painter::paint(std::string_view text, Colour colour) const {
    if (!coloured_ || colour == Colour::none || text.empty()) return std::string{text};
    return std::string{escape_of(colour)}.append(text).append("\033[0m");
}

std::vector<std::size_t> Table::widths(std::size_t indent, std::size_t page) const {
    std::vector<std::size_t> widths;
    for (const Column& column : columns_) widths.push_back(text_width(column.title));
    for (const std::vector<Cell>& row : rows_) {
        for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
            widths[i] = std::max(widths[i], text_width(row[i].text));
        }
    }
    std::size_t total = indent + (widths.empty() ? 0 : (widths.size() - 1) * gap);
    for (const std::size_t width : widths) total += width;
    // The columns that yield share what is too much, then the others, from the last.
    for (const bool yielding : {true, false}) {
        for (std::size_t i = widths.size(); i-- > 0 && total > page;) {
            const std::size_t least = yielding ? narrowest_yielding : narrowest;
            if (columns_[i].yields != yielding || widths[i] <= least) continue;
            const std::size_t less = std::min(total - page, widths[i] - least);
            widths[i] -= less;
            total -= less;
        }
    }
    return widths;
}

void Table::print(std::string& out, const Painter& painter, std::size_t indent, std::size_t page) const {
    const std::vector<std::size_t> wide = widths(indent, page);
    const auto put = [&](std::size_t i, std::string_view text, Colour colour) {
        const std::string shown = elided(text, wide[i]);
        const std::string padding(wide[i] - text_width(shown), ' ');
        if (i > 0) out.append(gap, ' ');
        if (columns_[i].align == Align::right) out += padding;
        out += painter.paint(shown, colour);
        if (columns_[i].align == Align::left && i + 1 < columns_.size()) out += padding;
    };
    out.append(indent, ' ');
    for (std::size_t i = 0; i < columns_.size(); ++i) put(i, columns_[i].title, Colour::dim);
    end_line(out);
    for (const std::vector<Cell>& row : rows_) {
        out.append(indent, ' ');
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            put(i, i < row.size() ? std::string_view{row[i].text} : std::string_view{},
                i < row.size() ? row[i].colour : Colour::none);
        }
        end_line(out);
    }
}

}  // namespace muxtap::text
