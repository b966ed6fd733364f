#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "client/frames/finding.h"
#include "client/frames/media_time.h"
#include "client/frames/pictures/picture.h"
#include "client/frames/pictures/picture_hash.h"

namespace muxtap::frames {

/// What is seen in one picture.
struct PictureFacts {
    double mean_luma = 0;    ///< 0 is black, 255 is white
    double black_share = 0;  ///< share of samples that are as dark as black, 0 to 1
    bool black = false;      ///< this picture, however long it is shown
    bool frozen = false;     ///< it has been the same for the hold time, this picture included
    std::uint64_t hash = 0;  ///< perceptual hash of 64 bits: alike pictures differ in few bits
    std::optional<unsigned>
        distance;                  ///< bits in which the hash differs from the previous picture's; none for the first
    std::uint64_t duplicates = 0;  ///< how many pictures directly before it were the same, one after another

    [[nodiscard]] bool operator==(const PictureFacts&) const = default;
};

/// When pictures count as black or frozen.
struct PictureLimits {
    double black_level = 0.10;  ///< samples up to this share of the range are dark, as FFmpeg's blackdetect has it
    double black_share = 0.98;  ///< a picture with at least this share of dark samples is black
    std::chrono::nanoseconds black_hold{std::chrono::seconds{2}};  ///< black for this long is an event
    unsigned freeze_distance = 2;    ///< hashes that differ in at most so many bits are the same
    double freeze_difference = 0.5;  ///< and their luma differs on average by at most this much, of 255
    std::chrono::nanoseconds freeze_hold{std::chrono::seconds{2}};  ///< frozen for this long is an event
};

/// Judges the pictures of one video stream in the order in which they are shown, and finds where black and freeze
/// begin and end. An event of a beginning is told once the hold time has passed, with the time of the first such
/// picture. A picture that is black is never told as frozen. Used by one thread.
class PictureJudge {
public:
    PictureJudge(const PictureLimits& limits, FindingHandler found);

    [[nodiscard]] PictureFacts judge(const Picture& picture, const MediaTime& time);

    /// Pictures are missing before the next one, or the stream was restarted: what is black or frozen stays so until
    /// the next picture tells; what was not yet told begins anew.
    void interrupt();

    /// No pictures come any more: what lasts ends at the last one's time.
    void finish();

private:
    /// Something that lasts and is told from the hold time on.
    struct Spell {
        std::optional<MediaTime> began;
        bool told = false;
    };

    void follow_black(bool black, const MediaTime& time);
    void follow_freeze(const Picture& picture, const PictureFacts& facts, const MediaTime& time);
    [[nodiscard]] bool goes_on(const Plane& luma, const PictureFacts& facts) const;
    [[nodiscard]] bool same(const Plane& one, const Plane& other) const;
    void begin(Spell& spell, std::chrono::nanoseconds hold, const MediaTime& now, client::WorkerEvent kind);
    void end(Spell& spell, const MediaTime& time, client::WorkerEvent kind);

    PictureLimits limits_;
    FindingHandler found_;
    std::uint8_t dark_level_;
    PictureHasher hasher_;

    std::optional<MediaTime> last_;  ///< of the picture judged last
    std::uint64_t last_hash_ = 0;
    Spell black_;

    // The run of pictures that are the same. Each is compared with the first one, or slow fades and movements would
    // freeze, and with the one before it, or something small that moves would that was not yet in the first one.
    Spell freeze_;  ///< its beginning is the run's, also where the run is black and so never told
    bool run_is_black_ = false;
    std::uint64_t duplicates_ = 0;
    std::uint64_t first_hash_ = 0;
    Plane first_;     ///< luma
    Plane previous_;  ///< luma; not set while the run has but its first picture
};

}  // namespace muxtap::frames
