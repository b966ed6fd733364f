#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/es/captions.h"
#include "analyzer/report/stream_info.h"

namespace muxtap::es {

/// What the head of one access unit says of its picture.
struct PictureFacts {
    bool started = false;        ///< the head is that of an access unit, not of a piece of one
    bool random_access = false;  ///< decoding can begin here
    /// Of this picture; `unknown` when it does not say.
    analyzer::ScanType scan = analyzer::ScanType::unknown;
    std::optional<std::uint8_t> active_format;
    std::optional<std::uint8_t> alternative_transfer;  ///< preferred_transfer_characteristics
};

/// Where the readers of one stream put what they find.
struct PictureNotes {
    PictureFacts facts;
    CaptionCollector captions;
};

}  // namespace muxtap::es
