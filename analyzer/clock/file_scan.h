#pragma once

#include <cstddef>
#include <optional>

#include "common/base/bytes.h"
#include "common/ts/packet_view.h"
#include "common/ts/pcr.h"

namespace muxtap::analyzer {

/// A packet with a PCR among others.
struct FoundPcr {
    std::size_t packet = 0;  ///< its number among them
    ts::Pid pid = 0;
    ts::Pcr pcr = ts::Pcr::from_ticks(0);
    bool discontinuity_indicator = false;
};

/// Finds the next valid packet with a PCR and without transport_error_indicator, of the `count` packets that stand
/// `stride` bytes apart in `packets`, from number `from` on. The caller has checked that `count` packets are there.
/// Reads the headers of 16 packets before it looks at them, so that the memory answers them together.
[[nodiscard]] std::optional<FoundPcr> find_pcr(ByteView packets, std::size_t stride, std::size_t from,
                                               std::size_t count) noexcept;

}  // namespace muxtap::analyzer
