#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "client/frames/text/teletext_packet.h"

namespace muxtap::frames {

/// The designation code of a packet 26 to 29; empty where it is damaged.
[[nodiscard]] std::optional<std::size_t> designation_code(const TeletextPacket& packet) noexcept;

/// What has been sent of a page since it was erased.
class TeletextPageContent {
public:
    static constexpr std::size_t rows = 26;
    static constexpr std::size_t designations = 16;
    using Packets = std::array<std::optional<TeletextPacket>, designations>;

    void erase() noexcept { *this = {}; }
    /// A packet of the page that is not its header. Of a row sent again, characters with wrong parity leave those in
    /// place that were there; else they are spaces.
    void add(const TeletextPacket& packet);

    [[nodiscard]] const std::array<std::optional<TeletextPacket>, rows>& row_packets() const noexcept { return rows_; }
    /// By designation code: X/26, characters put over those of the rows; X/28, among others character sets.
    [[nodiscard]] const Packets& enhancements() const noexcept { return enhancements_; }
    [[nodiscard]] const Packets& designation_packets() const noexcept { return designations_; }

private:
    std::array<std::optional<TeletextPacket>, rows> rows_;
    Packets enhancements_;
    Packets designations_;
};

}  // namespace muxtap::frames
