#pragma once

#include <cstdint>

namespace muxtap::record {

/// Most bytes that all streams together may hold while their files cannot be written. Used by one thread.
class MemoryBudget {
public:
    explicit MemoryBudget(std::uint64_t limit_bytes) noexcept : limit_(limit_bytes) {}

    /// False when that is too much; then nothing is taken.
    [[nodiscard]] bool take(std::uint64_t bytes) noexcept {
        if (used_ >= limit_ || bytes > limit_ - used_) return false;
        used_ += bytes;
        return true;
    }
    /// For what is written at once.
    void take_anyway(std::uint64_t bytes) noexcept { used_ += bytes; }
    void give_back(std::uint64_t bytes) noexcept { used_ -= bytes; }
    [[nodiscard]] std::uint64_t used() const noexcept { return used_; }

private:
    std::uint64_t limit_;
    std::uint64_t used_ = 0;
};

}  // namespace muxtap::record
