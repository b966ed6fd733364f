#include "client/frames/text/cea608_channel.h"

#include <algorithm>
#include <utility>

#include "client/frames/text/cea608_characters.h"

namespace muxtap::frames {
namespace {

/// Miscellaneous control codes (CTA-608-E, table 52).
enum Command : unsigned {
    resume_caption_loading = 0x20,
    backspace_command = 0x21,
    delete_to_end_of_row = 0x24,
    roll_up_2 = 0x25,
    roll_up_4 = 0x27,
    flash_on = 0x28,
    resume_direct_captioning = 0x29,
    text_restart = 0x2A,
    resume_text_display = 0x2B,
    erase_displayed_memory = 0x2C,
    carriage_return_command = 0x2D,
    erase_non_displayed_memory = 0x2E,
    end_of_caption_command = 0x2F,
};

template <typename Row>
std::u32string_view text_of(const Row& row) {
    return {row.data(), row.size()};
}

}  // namespace

Cea608Channel::Cea608Channel(CaptionTeller teller) : teller_(std::move(teller)) {}

Cea608Channel::Screen* Cea608Channel::memory() noexcept {
    if (text_mode_ || damaged_ || mode_ == Mode::none) return nullptr;
    return mode_ == Mode::pop_on ? &hidden_ : &displayed_;
}

void Cea608Channel::character(char32_t character, const MediaTime& time) {
    Screen* const screen = memory();
    if (screen == nullptr) return;
    (*screen)[row_][std::min(column_, columns - 1)] = character;
    column_ = std::min(column_ + 1, columns);
    const bool visible = character != 0 && character != U' ';
    if (screen == &displayed_ && visible && !line_begin_) line_begin_ = time;
}

void Cea608Channel::control(unsigned first, unsigned second, const MediaTime& time) {
    if (second >= 0x40) {
        preamble(first, second, time);
    } else if (first == 0x14 || first == 0x15) {
        if (second < 0x30) command(second, time);
    } else if (first == 0x11) {
        // A mid-row code takes up a space.
        character(second < 0x30 ? U' ' : cea608_special_character(second), time);
    } else if (first == 0x12 || first == 0x13) {
        backspace();
        character(cea608_extended_character(first, second), time);
    } else if (first == 0x17 && second >= 0x21 && second <= 0x23 && memory() != nullptr) {
        column_ = std::min(column_ + (second & 3U), columns - 1);  // tab offset
    }
}

void Cea608Channel::command(unsigned code, const MediaTime& time) {
    switch (code) {
        case resume_caption_loading: set_mode(Mode::pop_on, time); break;
        case resume_direct_captioning: set_mode(Mode::paint_on, time); break;
        case backspace_command: backspace(); break;
        case flash_on: character(U' ', time); break;
        case text_restart:
        case resume_text_display: text_mode_ = true; break;
        case erase_displayed_memory: erase_displayed(time); break;
        case carriage_return_command: carriage_return(time); break;
        case end_of_caption_command: end_of_caption(time); break;
        case erase_non_displayed_memory:
            hidden_ = {};
            if (mode_ == Mode::pop_on || mode_ == Mode::none) damaged_ = false;
            break;
        case delete_to_end_of_row:
            if (Screen* const screen = memory()) {
                Row& row = (*screen)[row_];
                std::fill(row.begin() + static_cast<std::ptrdiff_t>(std::min(column_, columns)), row.end(), U'\0');
            }
            break;
        default:
            if (code >= roll_up_2 && code <= roll_up_4) roll_up(code - roll_up_2 + 2, time);
            break;
    }
}

void Cea608Channel::set_mode(Mode mode, const MediaTime& time) {
    text_mode_ = false;
    if (mode == mode_) return;
    complete_line(time);
    mode_ = mode;
}

void Cea608Channel::preamble(unsigned first, unsigned second, const MediaTime& time) {
    // By the first byte: the row, counted from 1, without and with bit 5 of the second (CTA-608-E, table 53).
    static constexpr std::uint8_t rows_by_code[8][2] = {{11, 0},  {1, 2}, {3, 4}, {12, 13},
                                                        {14, 15}, {5, 6}, {7, 8}, {9, 10}};
    const std::size_t row = rows_by_code[first & 7U][second >> 5 & 1U];
    if (row == 0 || text_mode_ || mode_ == Mode::none) return;
    if (mode_ == Mode::roll_up) {
        move_base_row(std::max(row, depth_) - 1);
    } else {
        if (mode_ == Mode::paint_on) {
            if (row - 1 != row_) complete_line(time);
            damaged_ = false;
        }
        row_ = row - 1;
    }
    const bool indented = (second & 0x10U) != 0;
    column_ = indented ? (second & 0x0EU) * 2 : 0;
}

void Cea608Channel::roll_up(std::size_t depth, const MediaTime& time) {
    text_mode_ = false;
    if (mode_ != Mode::roll_up) {
        erase_displayed(time);
        hidden_ = {};
        mode_ = Mode::roll_up;
        row_ = rows - 1;
        column_ = 0;
    }
    depth_ = depth;
    row_ = std::max(row_, depth_ - 1);
}

void Cea608Channel::carriage_return(const MediaTime& time) {
    if (mode_ != Mode::roll_up || text_mode_) return;
    complete_line(time);
    damaged_ = false;
    const std::size_t top = row_ + 1 - depth_;
    for (std::size_t row = 0; row < row_; ++row) displayed_[row] = row < top ? Row{} : displayed_[row + 1];
    displayed_[row_] = {};
    column_ = 0;
}

void Cea608Channel::move_base_row(std::size_t row) {
    if (row == row_) return;
    Screen moved{};
    for (std::size_t i = 0; i < depth_ && i <= row && i <= row_; ++i) moved[row - i] = displayed_[row_ - i];
    displayed_ = moved;
    row_ = row;
}

void Cea608Channel::backspace() {
    Screen* const screen = memory();
    if (screen == nullptr || column_ == 0) return;
    --column_;
    (*screen)[row_][column_] = 0;
}

void Cea608Channel::erase_displayed(const MediaTime& time) {
    complete_line(time);
    end_popped(time);
    displayed_ = {};
}

void Cea608Channel::end_of_caption(const MediaTime& time) {
    text_mode_ = false;
    complete_line(time);
    mode_ = Mode::pop_on;
    damaged_ = false;  // what was lost went to the memory that is shown now: after an interruption that one is empty
    std::swap(displayed_, hidden_);
    std::string content;
    for (const Row& row : displayed_) append_line(content, text_of(row));
    if (popped_ && popped_->content == content) return;
    end_popped(time);
    if (!content.empty()) popped_ = ShownText{std::move(content), time};
}

void Cea608Channel::end_popped(const MediaTime& end) {
    if (popped_) teller_.tell(*popped_, end);
    popped_.reset();
}

void Cea608Channel::complete_line(const MediaTime& end) {
    if (!line_begin_) return;
    ShownText line{{}, *line_begin_};
    append_line(line.content, text_of(displayed_[row_]));
    line_begin_.reset();
    teller_.tell(line, end);
}

void Cea608Channel::interrupt(const MediaTime& last) {
    line_begin_.reset();
    end_popped(last);
    displayed_ = {};
    hidden_ = {};
    mode_ = Mode::none;
    damaged_ = true;
}

void Cea608Channel::finish(const MediaTime& last) {
    erase_displayed(last);
}

}  // namespace muxtap::frames
