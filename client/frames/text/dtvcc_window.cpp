#include "client/frames/text/dtvcc_window.h"

#include <algorithm>
#include <utility>

namespace muxtap::frames {

void DtvccWindow::define(std::span<const std::uint8_t, 6> parameters) {
    visible_ = (parameters[0] & 0x20U) != 0;
    relative_ = (parameters[1] & 0x80U) != 0;
    anchor_ = parameters[1] & 0x7F;
    anchor_point_ = parameters[3] >> 4;
    rows_ = std::min<std::size_t>((parameters[3] & 0x0FU) + 1U, most_rows);
    columns_ = std::min<std::size_t>((parameters[4] & 0x3FU) + 1U, most_columns);
    const unsigned style = parameters[5] >> 3 & 7U;
    if (style != 0) wraps_ = style >= 4 && style <= 6;  // those for roll-up
    if (pen_row_ >= rows_) {
        line_begin_.reset();
        pen_row_ = rows_ - 1;
    }
}

void DtvccWindow::set_attributes(std::span<const std::uint8_t, 4> parameters) {
    wraps_ = (parameters[2] & 0x40U) != 0;
}

int DtvccWindow::top() const noexcept {
    // The screen is 75 units high, or 100 with relative positioning, 15 rows of text in either. Anchor points are in
    // three rows of three: at the window's top, middle, bottom.
    constexpr int scale = 60;
    const int above = static_cast<int>(std::min(anchor_point_ / 3, 2U) * rows_ * scale / 2);
    return anchor_ * scale * static_cast<int>(most_rows) / (relative_ ? 100 : 75) - above;
}

void DtvccWindow::write(char32_t character, const MediaTime& time) {
    Row& row = text_[pen_row_];
    row.cells[std::min(pen_column_, most_columns - 1)] = character;
    pen_column_ = std::min(pen_column_ + 1, most_columns);
    if (!visible_ || character == U' ' || character == U'\u00A0') return;
    row.written_visibly = true;
    if (!line_begin_) line_begin_ = time;
}

void DtvccWindow::backspace() {
    if (pen_column_ == 0) return;
    --pen_column_;
    text_[pen_row_].cells[pen_column_] = 0;
}

void DtvccWindow::erase() {
    text_ = {};
    line_begin_.reset();
    move_pen(0, 0);
}

void DtvccWindow::erase_row() {
    text_[pen_row_] = {};
    line_begin_.reset();
    pen_column_ = 0;
}

void DtvccWindow::carriage_return() {
    pen_column_ = 0;
    if (pen_row_ + 1 < rows_) {
        ++pen_row_;
        return;
    }
    std::move(text_.begin() + 1, text_.begin() + static_cast<std::ptrdiff_t>(rows_), text_.begin());
    text_[rows_ - 1] = {};
}

void DtvccWindow::move_pen(std::size_t row, std::size_t column) noexcept {
    pen_row_ = std::min(row, rows_ - 1);
    pen_column_ = std::min(column, most_columns - 1);
}

ShownText DtvccWindow::take_line() {
    if (!line_begin_) return {};
    ShownText line{{}, *std::exchange(line_begin_, std::nullopt)};
    const auto& cells = text_[pen_row_].cells;
    append_line(line.content, {cells.data(), cells.size()});
    return line;
}

void DtvccWindow::append_popped(std::string& content) const {
    for (std::size_t i = 0; i < rows_; ++i) {
        const Row& row = text_[i];
        if (!row.written_visibly) append_line(content, {row.cells.data(), row.cells.size()});
    }
}

}  // namespace muxtap::frames
