#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace muxtap::ts {

/// Why something that arrived for a stream did not enter its feed. One unit counted is one packet, for `not_ts`
/// one datagram.
enum class RejectReason : std::uint8_t {
    sync_byte,          ///< the packet's first byte is not 0x47
    reserved_afc,       ///< adaptation_field_control is the reserved 00
    adaptation_length,  ///< adaptation_field_length points past the end of the packet
    truncated,  ///< the packet was cut off: by the end of its datagram, by the snap length or at the end of input
    not_ts,     ///< no transport stream was found in the datagram
    accepted,   ///< not a reason: the packet may enter the feed
};

inline constexpr std::size_t reject_reason_count = static_cast<std::size_t>(RejectReason::accepted);

/// The reason's name, as in counters and in JSON.
[[nodiscard]] constexpr std::string_view name_of(RejectReason reason) noexcept {
    constexpr std::array<std::string_view, reject_reason_count + 1> names = {
        "sync_byte", "reserved_afc", "adaptation_length", "truncated", "not_ts", "accepted"};
    return names[static_cast<std::size_t>(reason)];
}

/// How many were rejected for each reason.
class RejectCounts {
public:
    void add(RejectReason reason, std::uint64_t count = 1) noexcept {
        counts_[static_cast<std::size_t>(reason)] += count;
    }
    void add(const RejectCounts& other) noexcept {
        for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    }
    [[nodiscard]] std::uint64_t of(RejectReason reason) const noexcept {
        return counts_[static_cast<std::size_t>(reason)];
    }
    [[nodiscard]] std::uint64_t total() const noexcept {
        std::uint64_t sum = 0;
        for (const std::uint64_t count : counts_) sum += count;
        return sum;
    }
    [[nodiscard]] bool operator==(const RejectCounts&) const noexcept = default;

private:
    std::array<std::uint64_t, reject_reason_count> counts_{};
};

}  // namespace muxtap::ts
