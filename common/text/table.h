#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace muxtap::text {

/// The width of a page of its own, in columns.
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
/// in the columns that yield, then in the others.
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
    /// Appends the heading and the rows to `out`, indented by `indent` columns, on a page of `page` columns.
    void print(std::string& out, const Painter& painter, std::size_t indent = 2, std::size_t page = page_width) const;

private:
    [[nodiscard]] std::vector<std::size_t> widths(std::size_t indent, std::size_t page) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace muxtap::text
