#include "client/frames/pictures/picture_judge.h"

#include <algorithm>
#include <utility>

#include "client/frames/pictures/luma_sums.h"
#include "common/text/numbers.h"

namespace muxtap::frames {
namespace {

using client::WorkerEvent;
using std::chrono::nanoseconds;

nanoseconds between(const MediaTime& from, const MediaTime& to) {
    return std::max(nanoseconds::zero(), to.position - from.position);
}

/// As FFmpeg's blackdetect has it for full range: the fraction is cut off.
std::uint8_t dark_level(double share) {
    return static_cast<std::uint8_t>(std::clamp(share, 0.0, 1.0) * 255);
}

std::string began_text(WorkerEvent kind) {
    return kind == WorkerEvent::black_began ? "the picture is black" : "the picture is frozen";
}

std::string ended_text(WorkerEvent kind, nanoseconds duration) {
    const double seconds = std::chrono::duration<double>(duration).count();
    return std::string{"the picture was "} + (kind == WorkerEvent::black_ended ? "black" : "frozen") + " for " +
           text::fixed(seconds, 1) + " s";
}

}  // namespace

PictureJudge::PictureJudge(const PictureLimits& limits, FindingHandler found)
    : limits_(limits), found_(std::move(found)), dark_level_(dark_level(limits.black_level)) {}

PictureFacts PictureJudge::judge(const Picture& picture, const MediaTime& time) {
    PictureFacts facts;
    const auto samples = static_cast<double>(picture.luma.samples.size());
    if (samples > 0) {
        const LumaSums sums = luma_sums(picture.luma.samples, dark_level_);
        facts.mean_luma = static_cast<double>(sums.sum) / samples;
        facts.black_share = static_cast<double>(sums.dark) / samples;
        facts.black = facts.black_share >= limits_.black_share;
    }
    facts.hash = hasher_.hash(picture.luma);
    if (last_) facts.distance = hash_distance(facts.hash, last_hash_);

    // What ends is told before what begins.
    if (!facts.black) follow_black(false, time);
    follow_freeze(picture, facts, time);
    if (facts.black) follow_black(true, time);
    facts.frozen = freeze_.told;
    facts.duplicates = duplicates_;
    last_ = time;
    last_hash_ = facts.hash;
    return facts;
}

void PictureJudge::follow_black(bool black, const MediaTime& time) {
    if (!black) {
        end(black_, time, WorkerEvent::black_ended);
        return;
    }
    if (!black_.began) black_.began = time;
    begin(black_, limits_.black_hold, time, WorkerEvent::black_began);
}

void PictureJudge::follow_freeze(const Picture& picture, const PictureFacts& facts, const MediaTime& time) {
    if (goes_on(picture.luma, facts)) {
        ++duplicates_;
        previous_ = picture.luma;
        if (!facts.black) begin(freeze_, limits_.freeze_hold, time, WorkerEvent::freeze_began);
        return;
    }
    end(freeze_, time, WorkerEvent::freeze_ended);
    freeze_.began = time;
    run_is_black_ = facts.black;
    duplicates_ = 0;
    first_hash_ = facts.hash;
    first_ = picture.luma;
}

bool PictureJudge::goes_on(const Plane& luma, const PictureFacts& facts) const {
    if (!freeze_.began || run_is_black_ != facts.black) return false;
    const unsigned furthest = std::max(facts.distance.value_or(0), hash_distance(facts.hash, first_hash_));
    if (furthest > limits_.freeze_distance) return false;
    return same(luma, first_) && (duplicates_ == 0 || same(luma, previous_));
}

bool PictureJudge::same(const Plane& one, const Plane& other) const {
    if (one.width != other.width || one.height != other.height) return false;
    const auto difference = static_cast<double>(luma_difference(one.samples, other.samples));
    return difference <= limits_.freeze_difference * static_cast<double>(one.samples.size());
}

void PictureJudge::begin(Spell& spell, nanoseconds hold, const MediaTime& now, WorkerEvent kind) {
    if (spell.told || between(*spell.began, now) < hold) return;
    spell.told = true;
    Finding finding;
    finding.kind = kind;
    finding.time = *spell.began;
    finding.text = began_text(kind);
    if (found_) found_(std::move(finding));
}

void PictureJudge::end(Spell& spell, const MediaTime& time, WorkerEvent kind) {
    const Spell ended = std::exchange(spell, {});
    if (!ended.told) return;
    const nanoseconds duration = between(*ended.began, time);
    Finding finding;
    finding.kind = kind;
    finding.time = time;
    finding.duration = duration;
    finding.text = ended_text(kind, duration);
    if (found_) found_(std::move(finding));
}

void PictureJudge::interrupt() {
    if (!black_.told) black_ = {};
    if (!freeze_.told) freeze_ = {};
}

void PictureJudge::finish() {
    if (!last_) return;
    end(black_, *last_, WorkerEvent::black_ended);
    end(freeze_, *last_, WorkerEvent::freeze_ended);
    last_.reset();
}

}  // namespace muxtap::frames
