#pragma once

#include <array>
#include <cstdint>

#include "analyzer/es/h264_sps.h"
#include "analyzer/es/nal_units.h"
#include "analyzer/es/parameter_sets.h"
#include "analyzer/es/picture_facts.h"

namespace muxtap::es {

/// Reads the heads of H.264 access units: parameter sets and SEI up to the first slice.
class H264Pictures {
public:
    /// The head of an access unit as far as it is known; starts as in the call before.
    Wants look(ByteView bytes, bool last, PictureNotes& notes);
    /// The next call of `look` is about another access unit.
    void restart() noexcept { walker_.restart(); }
    /// Format of the active sequence parameter set; null before one was read. Never that of MVC or SVC subset sets.
    [[nodiscard]] const VideoFormat* format() const noexcept { return known_ ? &active_.format : nullptr; }
    /// Another number each time `format` has become known or may have changed.
    [[nodiscard]] std::uint32_t version() const noexcept { return version_; }

private:
    void read(ByteView unit, PictureNotes& notes);
    void read_sps(ByteView unit);
    void read_pps(ByteView unit) noexcept;
    void read_sei(ByteView unit, PictureNotes& notes) noexcept;
    void read_pic_timing(ByteView payload, PictureNotes& notes) const noexcept;
    void read_slice(ByteView unit);
    void activate(const H264Sps& sps);

    UnitWalker walker_;
    UnitSizes sizes_{.header = 1, .start = 2};
    ParameterSets<H264Sps> sets_;
    H264Sps active_;  ///< a copy: the set's place may be taken by another
    bool known_ = false;
    std::uint32_t version_ = 0;
    /// seq_parameter_set_id by pic_parameter_set_id; `no_set` where none was seen.
    static constexpr std::uint8_t no_set = 0xFF;
    std::array<std::uint8_t, 256> sps_of_pps_ = filled();

    static constexpr std::array<std::uint8_t, 256> filled() noexcept {
        std::array<std::uint8_t, 256> map{};
        for (std::uint8_t& entry : map) entry = no_set;
        return map;
    }
};

}  // namespace muxtap::es
