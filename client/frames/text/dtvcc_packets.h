#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

#include "common/base/bytes.h"

namespace muxtap::frames {

/// Puts DTVCC packets together from the triplets of cc_data and takes them apart into service blocks (CTA-708-E, 5 and
/// 6).
class DtvccPackets {
public:
    using BlockHandler = std::function<void(unsigned service, ByteView block)>;

    /// `block` gets each service block, borrowed until it returns; `gap` is called where packets are missing.
    DtvccPackets(BlockHandler block, std::function<void()> gap);

    /// A triplet with cc_valid; `start`: DTVCC_PACKET_START.
    void pair(bool start, std::uint8_t first, std::uint8_t second);
    /// A triplet without cc_valid: nothing follows of the packet before.
    void stuffing();

    /// Data is missing: what there is of a packet is dropped.
    void clear() noexcept;

private:
    void close();

    BlockHandler block_;
    std::function<void()> gap_;
    std::array<std::uint8_t, 128> packet_{};
    std::size_t size_ = 0;
    std::size_t wanted_ = 0;                 ///< size of the packet that has begun; 0: none has
    std::optional<unsigned> next_sequence_;  ///< sequence_number of the next packet
};

}  // namespace muxtap::frames
