#pragma once

#include <cstddef>
#include <cstdint>

#include "common/ts/packet_view.h"

namespace muxtap::analyzer {

enum class BufferFault : std::uint8_t {
    transport_overflow,     ///< TB or TBsys was full (TR 101 290, 3.3)
    transport_not_emptied,  ///< TB or TBsys was not empty for a second (3.9)
    main_overflow,          ///< more in B, or MB and EB, than fits (3.3)
    main_underflow,         ///< an access unit began to arrive after its decoding time (3.3)
};

/// One fault of a buffer. An overflow or underflow that goes on is one finding, from where it began until all was well
/// again; a buffer that is not emptied is found again every second.
struct BufferFinding {
    BufferFault fault{};
    ts::Pid pid = 0;
    std::int64_t time_ticks = 0;  ///< 27 MHz, on the time scale that the caller goes by
    std::size_t packet = 0;       ///< of the packets given to `run`, from 0; 0 for main buffers

    [[nodiscard]] bool operator==(const BufferFinding&) const noexcept = default;
};

}  // namespace muxtap::analyzer
