#pragma once

#include <cstdint>

#include "analyzer/report/stream_info.h"
#include "common/base/bytes.h"

namespace muxtap::es {

/// Notes which closed captions there are in the pictures of one stream. Pictures come in decoding order, captions are
/// meant in the order of display: therefore nothing is put together across pictures. Fixed size, no allocation but when
/// a channel or service is first seen.
class CaptionCollector {
public:
    /// cc_data() of ATSC A/53 part 4, 6.2.3.1 (CTA-708-E, 4.3), from the byte with process_cc_data_flag on. Constructs
    /// without cc_valid are left out.
    void cc_data(ByteView bytes) noexcept;

    /// A pair of CTA-608-E bytes with parity, of `field` 1 or 2. Pairs with wrong parity and null pairs do not count.
    void line_21_pair(unsigned field, std::uint8_t first, std::uint8_t second) noexcept;

    /// The picture's data is complete: notes it in `info`.
    void end_picture(analyzer::CaptionInfo& info);

    /// What was noted of the current picture is dropped.
    void drop_picture() noexcept { in_picture_ = false; }

private:
    /// What the characters of a field belong to, by the control code before them.
    enum class Mode : std::uint8_t { unknown, caption, text, extended_data };

    void control_code(unsigned field, unsigned first, unsigned second) noexcept;
    void dtvcc_packet(ByteView packet) noexcept;

    Mode modes_[2] = {};
    std::uint8_t channels_ = 0;   ///< bit n: CCn seen
    std::uint64_t services_ = 0;  ///< bit n: service n seen
    bool cea608_ = false;
    bool in_picture_ = false;
    std::uint8_t written_channels_ = 0;  ///< as in the report
    std::uint64_t written_services_ = 0;
};

}  // namespace muxtap::es
