#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "client/frames/text/caption_text.h"

namespace muxtap::frames {

/// One window of a caption service (CTA-708-E, 8.4): its text and pen. Written in rows from left to right, rolling up.
class DtvccWindow {
public:
    /// The parameters of DefineWindow; sent again they change the window and leave text and pen as they are.
    void define(std::span<const std::uint8_t, 6> parameters);
    void set_attributes(std::span<const std::uint8_t, 4> parameters);

    [[nodiscard]] bool visible() const noexcept { return visible_; }
    void set_visible(bool visible) noexcept { visible_ = visible; }
    /// Where its first row is on the screen, in a measure that is good for comparing only.
    [[nodiscard]] int top() const noexcept;

    void write(char32_t character, const MediaTime& time);
    void backspace();
    void erase();      ///< all text; the pen goes to the first place
    void erase_row();  ///< text of the pen's row; the pen goes to its begin
    void carriage_return();
    void move_pen(std::size_t row, std::size_t column) noexcept;
    [[nodiscard]] std::size_t pen_row() const noexcept { return pen_row_; }
    /// The next character needs a new row.
    [[nodiscard]] bool row_is_full() const noexcept { return wraps_ && pen_column_ >= columns_; }

    /// The line that was being written while the window was visible, which is complete now. Empty where there is none.
    [[nodiscard]] ShownText take_line();
    /// Appends the text that was not written while the window was visible.
    void append_popped(std::string& content) const;

private:
    static constexpr std::size_t most_rows = 15;
    static constexpr std::size_t most_columns = 42;
    struct Row {
        std::array<char32_t, most_columns> cells{};
        bool written_visibly = false;  ///< told as a line
    };

    std::array<Row, most_rows> text_{};
    std::size_t rows_ = 1;
    std::size_t columns_ = 1;
    std::size_t pen_row_ = 0;
    std::size_t pen_column_ = 0;
    bool visible_ = false;
    bool wraps_ = false;
    int anchor_ = 0;
    unsigned anchor_point_ = 0;
    bool relative_ = false;
    std::optional<MediaTime> line_begin_;
};

}  // namespace muxtap::frames
