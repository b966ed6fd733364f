#pragma once

#include <cstdint>

#include "analyzer/es/nal_units.h"
#include "analyzer/es/parameter_sets.h"
#include "analyzer/es/picture_facts.h"
#include "analyzer/es/vvc_sps.h"

namespace muxtap::es {

/// Reads the heads of VVC access units: the sequence parameter set and user data in SEI up to the first slice.
class VvcPictures {
public:
    /// The head of an access unit as far as it is known; starts as in the call before.
    Wants look(ByteView bytes, bool last, PictureNotes& notes);
    /// The next call of `look` is about another access unit.
    void restart() noexcept { walker_.restart(); }
    /// Format of the newest sequence parameter set of the base layer; null before one was read.
    [[nodiscard]] const VideoFormat* format() const noexcept { return known_ ? &active_ : nullptr; }
    /// Another number each time `format` has become known or may have changed.
    [[nodiscard]] std::uint32_t version() const noexcept { return version_; }

private:
    void read(ByteView unit, PictureNotes& notes);

    UnitWalker walker_;
    ParameterSets<VvcSps> sets_;
    VideoFormat active_;
    bool known_ = false;
    std::uint32_t version_ = 0;
};

}  // namespace muxtap::es
