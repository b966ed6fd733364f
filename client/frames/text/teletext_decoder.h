#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/frames/finding.h"
#include "client/frames/media_time.h"
#include "common/base/bytes.h"

namespace muxtap::frames {

/// A teletext page that carries subtitles, from the teletext_descriptor (EN 300 468, 6.2.43).
struct TeletextPage {
    unsigned page = 0;  ///< 100 to 899
    std::string language;

    [[nodiscard]] bool operator==(const TeletextPage&) const = default;
};

/// Teletext subtitles as UTF-8 text (ETSI EN 300 472, EN 300 706). A text is told as a finding `caption` when it goes
/// from the screen or is replaced, with the time at which it was shown first and for how long. Bounded memory; any
/// bytes are taken. Used by one thread.
class TeletextDecoder {
public:
    /// `pages`: those to follow; empty: every page that is sent as subtitles (C6).
    TeletextDecoder(ts::Pid pid, std::vector<TeletextPage> pages, FindingHandler found);
    ~TeletextDecoder();
    TeletextDecoder(const TeletextDecoder&) = delete;
    TeletextDecoder& operator=(const TeletextDecoder&) = delete;

    /// The payload of one PES packet: data_identifier and data units (EN 300 472, 4.3). True where a page that
    /// is followed begins in it, with text or without.
    bool add(ByteView pes_payload, const MediaTime& time);

    /// Data is missing before the next packet: pages that are being sent are dropped. What is on the screen stays there
    /// until its page is sent again; if that shows something else, the last packet before the gap counts as its end.
    void interrupt();
    /// Tells what is on the screen, with the time of the last packet as its end.
    void finish();

private:
    class Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::frames
