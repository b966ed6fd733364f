#pragma once

#include <array>
#include <cstdint>

#include "analyzer/es/hevc_parameter_sets.h"
#include "analyzer/es/nal_units.h"
#include "analyzer/es/parameter_sets.h"
#include "analyzer/es/picture_facts.h"

namespace muxtap::es {

/// Reads the heads of HEVC access units: parameter sets and SEI of the base layer up to the first slice segment.
class HevcPictures {
public:
    /// The head of an access unit as far as it is known; starts as in the call before.
    Wants look(ByteView bytes, bool last, PictureNotes& notes);
    /// The next call of `look` is about another access unit.
    void restart() noexcept { walker_.restart(); }
    /// Format of the active sequence parameter set; null before one was read.
    [[nodiscard]] const VideoFormat* format() const noexcept { return known_ ? &active_.format : nullptr; }
    /// Another number each time `format` has become known or may have changed.
    [[nodiscard]] std::uint32_t version() const noexcept { return version_; }

private:
    void read(ByteView unit, PictureNotes& notes);
    void read_vps(ByteView unit);
    void read_sps(ByteView unit);
    void read_pps(ByteView unit) noexcept;
    void read_sei(ByteView unit, PictureNotes& notes) noexcept;
    void read_pic_timing(ByteView payload, PictureNotes& notes) const noexcept;
    void read_slice(ByteView unit);
    void activate(const HevcSps& sps);

    UnitWalker walker_;
    UnitSizes sizes_{.header = 2, .start = 3};
    ParameterSets<HevcVps> video_sets_;
    ParameterSets<HevcSps> sets_;
    HevcSps active_;  ///< a copy: the set's place may be taken by another
    bool known_ = false;
    std::uint32_t version_ = 0;
    /// sps_seq_parameter_set_id by pps_pic_parameter_set_id; `no_set` where none was seen.
    static constexpr std::uint8_t no_set = 0xFF;
    std::array<std::uint8_t, 64> sps_of_pps_ = filled();

    static constexpr std::array<std::uint8_t, 64> filled() noexcept {
        std::array<std::uint8_t, 64> map{};
        for (std::uint8_t& entry : map) entry = no_set;
        return map;
    }
};

}  // namespace muxtap::es
