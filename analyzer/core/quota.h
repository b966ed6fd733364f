#pragma once

#include <cstddef>
#include <cstdint>

namespace muxtap::analyzer {

/// How many PIDs may have something that takes memory, and how many went without.
class Quota {
public:
    explicit Quota(std::size_t cap) noexcept : cap_(cap) {}

    /// One more, unless `most` of them or the cap are taken.
    [[nodiscard]] bool take(std::size_t most = SIZE_MAX) noexcept {
        if (taken_ >= cap_ || taken_ >= most) return false;
        ++taken_;
        return true;
    }
    void give_back() noexcept { --taken_; }
    /// A PID went without, for the first time.
    void count_left_out() noexcept { ++left_out_; }
    [[nodiscard]] std::size_t cap() const noexcept { return cap_; }
    [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

private:
    std::size_t cap_;
    std::size_t taken_ = 0;
    std::uint64_t left_out_ = 0;
};

}  // namespace muxtap::analyzer
