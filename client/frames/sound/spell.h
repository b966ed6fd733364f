#pragma once

#include <cstdint>

#include "client/frames/media_time.h"

namespace muxtap::frames {

/// A state that counts once it has lasted for a while. Told stretch by stretch, in the order of the sound; stretches
/// that are left out count neither way.
class Spell {
public:
    enum class Change : std::uint8_t { none, began, ended };

    /// In samples of a channel: it has begun after so many with it, and is over after so many without; 0: at once.
    Spell(std::uint64_t begin_hold, std::uint64_t end_hold) noexcept : begin_hold_(begin_hold), end_hold_(end_hold) {}

    /// The next stretch, from `time` on, is in the state or not.
    Change update(bool in_state, const MediaTime& time, std::uint64_t frames) noexcept {
        if (in_state) return with(time, frames);
        with_ = 0;
        if (!lasts_) return Change::none;
        if (without_ == 0) ended_ = time;
        without_ += frames;
        return without_ >= end_hold_ ? end() : Change::none;
    }

    /// Nothing comes any more; the last stretch ended at `time`.
    Change finish(const MediaTime& time) noexcept {
        with_ = 0;
        if (!lasts_) return Change::none;
        if (without_ == 0) ended_ = time;
        return end();
    }

    [[nodiscard]] bool lasts() const noexcept { return lasts_; }
    /// When what lasts, or lasted last, began.
    [[nodiscard]] const MediaTime& began() const noexcept { return began_; }
    /// When what lasted last ended.
    [[nodiscard]] const MediaTime& ended() const noexcept { return ended_; }

private:
    Change with(const MediaTime& time, std::uint64_t frames) noexcept {
        without_ = 0;
        if (lasts_) return Change::none;
        if (with_ == 0) began_ = time;
        with_ += frames;
        if (with_ < begin_hold_) return Change::none;
        lasts_ = true;
        return Change::began;
    }
    Change end() noexcept {
        lasts_ = false;
        without_ = 0;
        return Change::ended;
    }

    std::uint64_t begin_hold_;
    std::uint64_t end_hold_;
    std::uint64_t with_ = 0;     ///< samples in the state so far, while it has not begun
    std::uint64_t without_ = 0;  ///< samples out of it so far, while it lasts
    bool lasts_ = false;
    MediaTime began_;
    MediaTime ended_;
};

}  // namespace muxtap::frames
