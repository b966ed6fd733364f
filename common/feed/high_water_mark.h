#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace muxtap::feed {

/// Translates a budget in bytes into ZeroMQ's high-water mark, which counts messages, from the sizes of the messages
/// that pass. Pure arithmetic; the owner applies the result to its socket.
class HighWaterMark {
public:
    explicit HighWaterMark(std::uint64_t budget_bytes) noexcept : budget_bytes_(budget_bytes) {}

    /// Mark before any message was seen: as if all were of the largest size in use, 263,200 bytes.
    [[nodiscard]] int messages() const noexcept { return messages_for(mean_bytes_); }

    /// Notes a message of so many bytes of memory. The new mark when it differs by more than a fifth from the last one
    /// returned; the caller then sets it on the socket.
    [[nodiscard]] std::optional<int> note(std::size_t bytes) noexcept {
        // A large message raises the mean at once, small ones lower it slowly: the budget errs on the safe side.
        const auto size = static_cast<double>(bytes);
        mean_bytes_ = size > mean_bytes_ ? size : mean_bytes_ + (size - mean_bytes_) / 256;
        const int mark = messages_for(mean_bytes_);
        if (mark * 5 >= applied_ * 4 && mark * 5 <= applied_ * 6) return std::nullopt;
        applied_ = mark;
        return mark;
    }

private:
    [[nodiscard]] int messages_for(double mean) const noexcept {
        constexpr double most = 100'000;
        const double count = static_cast<double>(budget_bytes_) / mean;
        return count < 2 ? 2 : static_cast<int>(count > most ? most : count);
    }

    std::uint64_t budget_bytes_;
    double mean_bytes_ = 263'200;
    int applied_ = messages_for(mean_bytes_);
};

}  // namespace muxtap::feed
