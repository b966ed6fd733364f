#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "client/frames/text/caption_text.h"

namespace muxtap::frames {

/// One caption channel of CEA-608 (ANSI/CTA-608-E): what its codes do to the screen, and the texts that come of it. A
/// text that is shown at once (pop-on) is told when it is gone; of what is written on the screen (roll-up, paint-on)
/// each line is told once, when it is complete.
///
/// libzvbi's decoder is not used: it says that a page changed, not whether a line rolled up, was erased or replaced,
/// only after whole words, and it knows no extended characters.
class Cea608Channel {
public:
    explicit Cea608Channel(CaptionTeller teller);

    /// A pair of control bytes, 10 to 17 and 20 to 7F: without parity, and without the bit of the data channel.
    void control(unsigned first, unsigned second, const MediaTime& time);
    void character(char32_t character, const MediaTime& time);

    /// Whether characters go to text mode (T1 to T4), not to captions.
    [[nodiscard]] bool in_text_mode() const noexcept { return text_mode_; }

    /// Data is missing behind `last`. What was complete on the screen is told, the rest dropped, and nothing is taken
    /// before a place where a text can begin.
    void interrupt(const MediaTime& last);
    /// Tells what is on the screen.
    void finish(const MediaTime& last);

private:
    static constexpr std::size_t rows = 15;
    static constexpr std::size_t columns = 32;
    using Row = std::array<char32_t, columns>;
    using Screen = std::array<Row, rows>;
    enum class Mode : std::uint8_t { none, pop_on, paint_on, roll_up };

    void command(unsigned code, const MediaTime& time);
    void preamble(unsigned first, unsigned second, const MediaTime& time);
    void set_mode(Mode mode, const MediaTime& time);
    void roll_up(std::size_t depth, const MediaTime& time);
    void carriage_return(const MediaTime& time);
    void move_base_row(std::size_t row);
    void backspace();
    void erase_displayed(const MediaTime& time);
    void end_of_caption(const MediaTime& time);
    void end_popped(const MediaTime& end);
    void complete_line(const MediaTime& end);
    /// Where characters are written; nullptr where they are not to be.
    [[nodiscard]] Screen* memory() noexcept;

    CaptionTeller teller_;
    Screen displayed_{};
    Screen hidden_{};
    Mode mode_ = Mode::none;
    bool text_mode_ = false;
    bool damaged_ = false;  ///< part of what is being written was lost
    std::size_t row_ = rows - 1;
    std::size_t column_ = 0;  ///< `columns`: behind the last one
    std::size_t depth_ = 2;   ///< rows of roll-up
    std::optional<ShownText> popped_;
    std::optional<MediaTime> line_begin_;  ///< of the line that is being written on the screen, in `row_`
};

}  // namespace muxtap::frames
