#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "client/frames/finding.h"
#include "client/frames/media_time.h"
#include "common/base/bytes.h"

namespace muxtap::frames {

/// Closed captions as text: CEA-608 (CC1 to CC4) and CEA-708 (services 1 to 63), from the cc_data of pictures. A text
/// is told as a finding `caption` when it goes from the screen or is replaced, with the time at which it was shown
/// first and for how long; of roll-up and paint-on captions each line once, when it is complete, and until then is its
/// duration. Bounded memory; any bytes are taken. Used by one thread.
class CaptionDecoder {
public:
    CaptionDecoder(ts::Pid pid, FindingHandler found);
    ~CaptionDecoder();
    CaptionDecoder(const CaptionDecoder&) = delete;
    CaptionDecoder& operator=(const CaptionDecoder&) = delete;

    /// `cc_data`: triplets of cc_valid and cc_type, cc_data_1, cc_data_2 (ANSI/CTA-708, 4.4; ETSI TS 101 154, B.5) of
    /// one picture, in the order in which pictures are shown. True where captions are among them: stuffing, text mode
    /// and extended data are none.
    bool add(ByteView cc_data, const MediaTime& time);

    /// Data is missing before the next picture: texts begun are dropped, those that are on the screen as a whole are
    /// told with the time of the last picture as their end.
    void interrupt();
    /// Tells what is on the screen, with the time of the last picture as its end.
    void finish();

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::frames
