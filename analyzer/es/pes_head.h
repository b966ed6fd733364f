#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "common/base/bytes.h"
#include "common/base/result.h"
#include "common/ts/pes_header.h"

namespace muxtap::es {

/// The first bytes of one PES packet, collected from the payloads of its transport packets into a buffer of fixed size.
/// Never allocates. What does not fit is left out.
class PesHead {
public:
    static constexpr std::size_t capacity = 4096;

    /// A PES packet starts with `payload`, that of a packet with payload_unit_start_indicator; the one before is
    /// dropped.
    void start(ByteView payload) noexcept;
    /// The payload that follows. Ignored while no PES packet has started.
    void append(ByteView payload) noexcept;
    /// Drops what was collected, as after a loss: nothing is taken until the next `start`.
    void clear() noexcept;

    /// Header of the PES packet (ISO/IEC 13818-1, 2.4.3.6), or why there is none (yet).
    [[nodiscard]] Result<ts::PesHeader, ts::PesVerdict> parse() const noexcept;

    /// The elementary stream's bytes behind the whole PES header (PES_header_data_length taken into account), as far as
    /// they were collected and belong to the packet by PES_packet_length. Empty while the header is not whole or is
    /// none. Borrowed until the next `start` or `clear`; further calls of `append` make it longer and move nothing.
    [[nodiscard]] ByteView elementary() const noexcept;

    /// No more bytes will be taken: the buffer is full.
    [[nodiscard]] bool full() const noexcept { return size_ == capacity; }
    /// By PES_packet_length all bytes of the packet are here. Never so where the length is not bounded.
    [[nodiscard]] bool complete() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

private:
    [[nodiscard]] ByteView bytes() const noexcept { return ByteView(buffer_.data(), size_); }
    void take(ByteView payload) noexcept;
    /// Offset of the first byte behind the header; 0 while that is not known.
    [[nodiscard]] std::size_t payload_begin() const noexcept;
    /// Offset behind the packet whose payload begins at `begin`; SIZE_MAX when it is not bounded.
    [[nodiscard]] std::size_t packet_end(std::size_t begin) const noexcept;

    std::array<std::uint8_t, capacity> buffer_;
    std::size_t size_ = 0;
};

}  // namespace muxtap::es
