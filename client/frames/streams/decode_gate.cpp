#include "client/frames/streams/decode_gate.h"

namespace muxtap::frames {
namespace {

using std::chrono::nanoseconds;

/// Key frames that come this much too late or early are still on time.
constexpr nanoseconds tolerance(nanoseconds interval) {
    return interval / 10;
}

/// The queue before a decoder: beyond the first share pictures are skipped until it is below the second.
constexpr double too_full = 0.5;
constexpr double emptied = 0.2;
/// So many key frames must have come close together before the pictures between them are left out.
constexpr unsigned enough_key_frames = 3;
constexpr std::chrono::seconds longest_wait{5};

}  // namespace

PictureClock::PictureClock(PictureRate rate)
    : interval_(rate.numerator == 0 ? nanoseconds{0}
                                    : nanoseconds{std::chrono::seconds{rate.denominator}} / rate.numerator),
      rest_(rate.numerator == 0 ? 0 : nanoseconds{std::chrono::seconds{rate.denominator}}.count() % rate.numerator),
      parts_(rate.numerator == 0 ? 1 : rate.numerator) {}

void PictureClock::advance(nanoseconds from) {
    rests_ += rest_;
    next_ = from + interval_ + nanoseconds{rests_ / parts_};
    rests_ %= parts_;
}

bool PictureClock::due(nanoseconds position) const {
    if (interval_ == nanoseconds{0} || !next_) return true;
    return position >= *next_ - tolerance(interval_) || position < *next_ - 2 * interval_;
}

bool PictureClock::take(nanoseconds position) {
    if (!due(position)) return false;
    if (interval_ == nanoseconds{0}) return true;
    const bool on_time = next_ && position >= *next_ - tolerance(interval_) && position < *next_ + interval_;
    // Behind a gap the multiples begin anew.
    advance(on_time ? *next_ : position);
    return true;
}

DecodeGate::DecodeGate(DecodeMode mode, PictureRate rate)
    : mode_(mode),
      clock_(rate),
      key_frames_only_(mode == DecodeMode::key_frames ||
                       (mode == DecodeMode::automatic && clock_.interval() > nanoseconds{0})) {}

void DecodeGate::note_key_frame(nanoseconds position) {
    const nanoseconds interval = clock_.interval();
    if (last_key_frame_) {
        const nanoseconds apart = position - *last_key_frame_;
        close_key_frames_ =
            apart >= nanoseconds{0} && apart <= interval + tolerance(interval) ? close_key_frames_ + 1 : 0;
    }
    last_key_frame_ = position;
}

void DecodeGate::choose_mode(bool key_frame, nanoseconds position) {
    if (mode_ != DecodeMode::automatic || clock_.interval() == nanoseconds{0}) return;
    const nanoseconds interval = clock_.interval();
    if (!first_) first_ = position;
    const bool overdue = position - last_key_frame_.value_or(*first_) > interval + tolerance(interval);
    if (key_frame) note_key_frame(position);
    if (key_frames_only_ && overdue) {
        key_frames_only_ = false;
        waiting_ = Waiting::to_begin;
        close_key_frames_ = 0;
    } else if (!key_frames_only_ && key_frame && close_key_frames_ >= enough_key_frames) {
        key_frames_only_ = true;
    }
}

void DecodeGate::interrupt() {
    if (waiting_ == Waiting::no) waiting_ = Waiting::to_catch_up;
    waiting_since_.reset();
}

DecodeGate::Verdict DecodeGate::judge(bool key_frame, nanoseconds position, double fill) {
    choose_mode(key_frame, position);
    skipping_ = fill > too_full || (skipping_ && fill > emptied);
    if (key_frames_only_) {
        if (!key_frame || !clock_.due(position)) return Verdict::not_needed;
        if (skipping_) return Verdict::skipped;
        (void)clock_.take(position);
        return Verdict::decode;
    }
    if (skipping_) {
        waiting_ = Waiting::to_catch_up;
        waiting_since_.reset();
        return Verdict::skipped;
    }
    if (!waiting_since_) waiting_since_ = position;
    // Streams that are refreshed bit by bit have no key frames at all.
    const bool in_vain = position - *waiting_since_ > longest_wait;
    if (key_frame || in_vain) waiting_ = Waiting::no;
    switch (waiting_) {
        case Waiting::no: waiting_since_ = position; return Verdict::decode;
        case Waiting::to_begin: return Verdict::not_needed;
        case Waiting::to_catch_up: break;
    }
    return Verdict::skipped;
}

}  // namespace muxtap::frames
