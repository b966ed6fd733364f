#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyzer/es/nal_units.h"
#include "analyzer/es/picture_facts.h"
#include "analyzer/es/video_format.h"

namespace muxtap::es {

/// Reads the heads of MPEG-1 and MPEG-2 pictures: sequence headers, picture headers and user data up to the first
/// slice.
class Mpeg2Pictures {
public:
    /// The head of a picture as far as it is known; starts as in the call before.
    Wants look(ByteView bytes, bool last, PictureNotes& notes);
    /// The next call of `look` is about another picture.
    void restart() noexcept;
    /// Format of the last sequence header that could be read; null before.
    [[nodiscard]] const VideoFormat* format() const noexcept { return known_ ? &format_ : nullptr; }
    /// Another number each time `format` has become known or may have changed.
    [[nodiscard]] std::uint32_t version() const noexcept { return version_; }

private:
    void end_sequence(ByteView block);
    void read(ByteView unit, PictureNotes& notes) noexcept;

    UnitWalker walker_;
    std::vector<std::uint8_t> sequence_;  ///< the bytes that gave `format_`
    VideoFormat format_;
    bool known_ = false;
    std::uint32_t version_ = 0;
    static constexpr std::size_t no_sequence = SIZE_MAX;
    std::size_t sequence_begin_ = no_sequence;  ///< of one that has not ended yet
    bool sequence_seen_ = false;                ///< in this picture's head
    bool picture_seen_ = false;
};

}  // namespace muxtap::es
