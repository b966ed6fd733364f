#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "client/frames/text/cea608_channel.h"

namespace muxtap::frames {

/// The pairs of bytes of one field of line 21 (ANSI/CTA-608-E): sorts them to its two caption channels. Text mode and
/// extended data (XDS) are left out.
class Cea608Field {
public:
    /// `field` 1: CC1 and CC2, 2: CC3 and CC4. `found` outlives this object.
    Cea608Field(unsigned field, ts::Pid pid, const FindingHandler& found);

    /// A pair as it was sent, with parity. True where it belongs to captions, whatever it does there.
    bool pair(std::uint8_t first, std::uint8_t second, const MediaTime& time);

    void interrupt(const MediaTime& last);
    void finish(const MediaTime& last);

private:
    bool control(unsigned first, unsigned second, const MediaTime& time);

    unsigned field_;
    std::array<Cea608Channel, 2> channels_;
    std::size_t current_ = 0;
    bool extended_data_ = false;
    unsigned last_control_ = 0;  ///< the pair before, where it was a control code that took effect
};

}  // namespace muxtap::frames
