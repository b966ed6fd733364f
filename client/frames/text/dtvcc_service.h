#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "client/frames/text/caption_text.h"
#include "client/frames/text/dtvcc_window.h"
#include "common/base/bytes.h"

namespace muxtap::frames {

/// One caption service of CEA-708 (ANSI/CTA-708-E, 7 and 8): carries its codes out and tells the texts that come of it.
/// What is shown with its window is one text over all windows of the service, told when it is gone; what is written
/// into a window that is visible is told line by line, each once, when it is complete.
class DtvccService {
public:
    explicit DtvccService(CaptionTeller teller);

    void add(ByteView block, const MediaTime& time);
    /// All blocks of a picture are there: looks at what its viewers see.
    void end_picture(const MediaTime& time);

    /// Data is missing behind `last`. What was complete on the screen is told, the rest dropped.
    void interrupt(const MediaTime& last);
    /// Tells what is on the screen.
    void finish(const MediaTime& last);

private:
    /// Carries out what has come, unless a delay stops it.
    void run(const MediaTime& time);
    void execute(ByteView code, const MediaTime& time);
    void control(unsigned code, const MediaTime& time);
    void window_command(ByteView code, const MediaTime& time);
    void define_window(std::size_t number, std::span<const std::uint8_t, 6> parameters, const MediaTime& time);
    void move_pen(std::size_t row, std::size_t column, const MediaTime& time);
    void write(char32_t character, const MediaTime& time);
    void hide(std::optional<DtvccWindow>& window, const MediaTime& time);
    void complete_line(DtvccWindow& window, const MediaTime& time);
    void end_shown(const MediaTime& end);
    [[nodiscard]] DtvccWindow* current() noexcept;
    [[nodiscard]] bool delay_is_cancelled() const noexcept;
    [[nodiscard]] std::string visible_text() const;

    CaptionTeller teller_;
    std::array<std::optional<DtvccWindow>, 8> windows_;
    std::size_t current_ = 0;
    std::vector<std::uint8_t> input_;  ///< not carried out yet
    std::optional<std::chrono::nanoseconds> delayed_until_;
    bool changed_ = false;  ///< since the last picture
    std::optional<ShownText> shown_;
};

}  // namespace muxtap::frames
