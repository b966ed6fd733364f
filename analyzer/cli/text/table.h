#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace muxtap::analyze {

/// The widest line of a report, in columns.
inline constexpr std::size_t page_width = 100;

enum class Colour : std::uint8_t { none, bold, dim, red, yellow, green };

/// Colours for a terminal that wants them.
class Painter {
public:
    explicit Painter(bool coloured) noexcept : coloured_(coloured) {}
    /// The text in a colour; as it is without colours.
    [[nodiscard]] std::string paint(std::string_view text, Colour colour) const;

private:
    bool coloured_;
};

struct Cell {
    std::string text;
    Colour colour = Colour::none;
};

/// Columns as wide as what stands in them, two spaces between; no line is wider than the page. What does not fit is cut
/// in the column that yields.
class Table {
public:
    enum class Align : std::uint8_t { left, right };
    struct Column {
        std::string title;
        Align align = Align::right;
        bool yields = false;  ///< gives way where the page is too narrow
    };
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

    /// One cell for each column; missing ones are empty.
    void add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
    [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
    /// Appends the heading and the rows to `out`, indented by `indent` columns.
    void print(std::string& out, const Painter& painter, std::size_t indent = 2) const;

private:
    [[nodiscard]] std::vector<std::size_t> widths(std::size_t indent) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

/// Appends `label  text`, the text broken at spaces and set under itself where it is too long for a line.
void print_field(std::string& out, const Painter& painter, std::string_view label, std::string_view text,
                 Colour colour = Colour::none);

/// Appends an empty line and the heading of a section.
void print_heading(std::string& out, const Painter& painter, std::string_view title);

}  // namespace muxtap::analyze
