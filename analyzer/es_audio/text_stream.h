#pragma once

#include <cstdint>

#include "analyzer/report/stream_info.h"
#include "common/base/bytes.h"

namespace muxtap::es {

/// Tells whether there is text in a teletext (ETSI EN 300 472, 4.2) or DVB subtitle stream (ETSI EN 300 743, 7.1), or
/// only stuffing. Does not read the text. Allocates nothing.
class TextStream {
public:
    /// For `Codec::teletext` and `Codec::dvb_subtitle`; others count their PES packets only.
    explicit TextStream(analyzer::Codec codec) noexcept : codec_(codec) {}

    /// The PES_packet_data_bytes of one PES packet, as many as there are from its start.
    void look(ByteView bytes) noexcept;

    [[nodiscard]] const analyzer::TextInfo& counters() const noexcept { return counters_; }

private:
    [[nodiscard]] bool look_at_teletext(ByteView bytes) noexcept;
    [[nodiscard]] bool look_at_subtitles(ByteView bytes) noexcept;

    analyzer::Codec codec_;
    analyzer::TextInfo counters_;
};

}  // namespace muxtap::es
