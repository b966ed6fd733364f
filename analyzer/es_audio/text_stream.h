#pragma once

#include <cstdint>

#include "analyzer/report/stream_info.h"
#include "common/base/bytes.h"

namespace muxtap::es {

/// What a teletext or DVB subtitle stream was seen to carry. Cumulative.
struct TextCounters {
    std::uint64_t pes_packets = 0;
    std::uint64_t with_content = 0;       ///< that carried more than stuffing
    std::uint64_t foreign = 0;            ///< whose data_identifier or form is not that of the format
    std::uint64_t teletext_units = 0;     ///< EBU teletext data units that are not subtitles
    std::uint64_t subtitle_units = 0;     ///< EBU teletext subtitle data units
    std::uint64_t subtitle_segments = 0;  ///< DVB subtitling segments that are not stuffing

    [[nodiscard]] bool operator==(const TextCounters&) const noexcept = default;
};

/// Tells whether there is text in a teletext (ETSI EN 300 472, 4.2) or DVB subtitle stream (ETSI EN 300 743, 7.1), or
/// only stuffing. Does not read the text. Allocates nothing.
class TextStream {
public:
    /// For `Codec::teletext` and `Codec::dvb_subtitle`; others count their PES packets only.
    explicit TextStream(analyzer::Codec codec) noexcept : codec_(codec) {}

    /// The PES_packet_data_bytes of one PES packet, as many as there are from its start.
    void look(ByteView bytes) noexcept;

    [[nodiscard]] const TextCounters& counters() const noexcept { return counters_; }

private:
    [[nodiscard]] bool look_at_teletext(ByteView bytes) noexcept;
    [[nodiscard]] bool look_at_subtitles(ByteView bytes) noexcept;

    analyzer::Codec codec_;
    TextCounters counters_;
};

}  // namespace muxtap::es
