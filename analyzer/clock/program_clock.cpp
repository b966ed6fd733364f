#include "analyzer/clock/program_clock.h"

namespace muxtap::analyzer {

void ProgramClock::add(ts::Pcr pcr, std::uint64_t byte_position, std::optional<UnixTime> time,
                       bool continuous) noexcept {
    if (last_ && continuous && byte_position > last_->position) {
        const std::int64_t step = pcr.ticks_since(last_->pcr);
        if (step > 0) last_rate_ = static_cast<double>(step) / static_cast<double>(byte_position - last_->position);
    }
    last_ = Mark{.pcr = pcr, .position = byte_position, .time = time};
}

std::optional<std::int64_t> ProgramClock::at(std::uint64_t byte_position, std::optional<UnixTime> time) const noexcept {
    if (!last_) return std::nullopt;
    const double bytes = byte_position > last_->position ? static_cast<double>(byte_position - last_->position) : 0.0;
    double ticks = 0;
    if (constant_rate_) {
        ticks = bytes * *constant_rate_;
    } else if (time && last_->time) {
        ticks = *time > *last_->time ? static_cast<double>((*time - *last_->time).count()) * 0.027 : 0.0;
    } else if (last_rate_) {
        ticks = bytes * *last_rate_;
    } else if (bytes > 0) {
        return std::nullopt;
    }
    constexpr auto modulus = static_cast<double>(ts::Pcr::modulus);
    // Further than a wrap from any PCR nothing is known of the clock.
    if (!(ticks < modulus)) return std::nullopt;
    const auto sum = last_->pcr.ticks() + static_cast<std::uint64_t>(ticks);
    return static_cast<std::int64_t>(sum % ts::Pcr::modulus);
}

}  // namespace muxtap::analyzer
