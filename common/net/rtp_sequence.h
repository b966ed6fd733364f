#pragma once

#include <bit>
#include <cstdint>

namespace muxtap::net {

/// Counts what is missing and what is out of place in the sequence numbers of one RTP stream (RFC 3550, 5.1 and A.1).
/// A number counts as lost only when it has not come within the 64 that follow, so that a late packet is not both lost
/// and reordered; `settle` ends that wait. A number further back than that is a new beginning only when its successor
/// comes next: a single one is a packet that came very late, or by a longer path.
class RtpSequence {
public:
    void on_packet(std::uint16_t number, std::uint32_t ssrc) noexcept {
        if (!started_ || ssrc != ssrc_) {
            restart(number, ssrc);
            return;
        }
        const bool begins_anew = far_back_ && number == static_cast<std::uint16_t>(far_back_number_ + 1);
        if (far_back_ && !begins_anew) ++reordered_;
        far_back_ = false;
        const auto ahead = static_cast<std::uint16_t>(number - newest_);
        constexpr std::uint16_t half = 0x8000;
        if (ahead != 0 && ahead < half) {
            advance(ahead);
            newest_ = number;
            return;
        }
        const auto behind = static_cast<std::uint16_t>(newest_ - number);
        if (behind >= window && begins_anew) {
            restart(number, ssrc);
            return;
        }
        if (behind >= window) {
            far_back_ = true;
            far_back_number_ = number;
            return;
        }
        ++reordered_;
        duplicated_ += received_ >> behind & 1U;
        seen_ |= std::uint64_t{1} << behind;
        received_ |= std::uint64_t{1} << behind;
    }

    /// Counts what is still missing as lost now: at the end, or when the stream has fallen silent.
    void settle() noexcept {
        lost_ += static_cast<std::uint64_t>(std::popcount(~seen_));
        seen_ = ~std::uint64_t{0};
        if (far_back_) ++reordered_;
        far_back_ = false;
    }

    /// Whether the newest number follows the one before it.
    [[nodiscard]] bool is_contiguous() const noexcept { return (seen_ & 2U) != 0; }

    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }
    /// Packets that came after a later one, or a second time.
    [[nodiscard]] std::uint64_t reordered() const noexcept { return reordered_; }
    /// Of these, the ones that came a second time within the 64 that followed the first.
    [[nodiscard]] std::uint64_t duplicated() const noexcept { return duplicated_; }

private:
    static constexpr unsigned window = 64;

    void restart(std::uint16_t number, std::uint32_t ssrc) noexcept {
        settle();
        started_ = true;
        ssrc_ = ssrc;
        newest_ = number;
        received_ = 1;
    }

    void advance(unsigned steps) noexcept {
        received_ = (steps >= window ? 0 : received_ << steps) | 1;
        // Bit i of seen_ stands for the number newest_ - i. What leaves the window unseen is lost.
        if (steps >= window) {
            lost_ += static_cast<std::uint64_t>(std::popcount(~seen_)) + (steps - window);
            seen_ = 1;
            return;
        }
        lost_ += static_cast<std::uint64_t>(std::popcount(~seen_ >> (window - steps)));
        seen_ = seen_ << steps | 1;
    }

    bool started_ = false;
    bool far_back_ = false;  ///< the last number was too far behind the newest to be in the window
    std::uint16_t far_back_number_ = 0;
    std::uint16_t newest_ = 0;
    std::uint32_t ssrc_ = 0;
    std::uint64_t seen_ = ~std::uint64_t{0};  ///< or given up, or from before the beginning
    std::uint64_t received_ = 0;
    std::uint64_t lost_ = 0;
    std::uint64_t reordered_ = 0;
    std::uint64_t duplicated_ = 0;
};

}  // namespace muxtap::net
