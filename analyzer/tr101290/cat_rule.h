#pragma once

#include <chrono>
#include <optional>

#include "analyzer/tr101290/rule_context.h"

namespace muxtap::analyzer {

/// TR 101 290, 2.6 CAT_error: scrambled packets without a CAT, or a foreign section on PID 1.
///
/// No standard says how often a CAT has to come. Here it is missing when a packet was scrambled and no valid CAT
/// section came within `grace` before or after it. The error lasts until one comes, or until no packet has been
/// scrambled for as long.
class CatRule {
public:
    static constexpr std::chrono::nanoseconds grace = std::chrono::seconds(2);

    explicit CatRule(const RuleContext& context) : context_(context) {}

    /// Sections on PID 1.
    void on_section(const SectionSeen& section);
    /// Any packet whose transport_scrambling_control is not 00; `shadow` of the packet is not looked at.
    void on_scrambled(const Finding& packet) {
        if (expects_scrambled(packet.time)) return;
        expire(packet.time, packet.packet);
        last_scrambled_ = packet.time;
        if (!first_without_) first_without_ = packet;
    }
    /// As `on_scrambled`, for the many that change nothing; false when it may be the first one without a CAT.
    [[nodiscard]] bool expects_scrambled(UnixTime time) noexcept {
        const bool known = first_without_ ? time - last_scrambled_ <= grace : last_cat_ && time - *last_cat_ <= grace;
        if (known) last_scrambled_ = time;
        return known;
    }
    void expire(UnixTime now, std::uint64_t packet);

    /// Packets are scrambled and no CAT has said yet which PIDs have EMMs.
    [[nodiscard]] bool awaited() const noexcept { return first_without_ && !last_cat_ && !raised_; }

private:
    void raise(std::uint64_t packet);
    void end(UnixTime time);

    RuleContext context_;
    std::optional<UnixTime> last_cat_;
    std::optional<Finding> first_without_;  ///< first scrambled packet that no CAT goes with
    UnixTime last_scrambled_{};
    bool raised_ = false;
};

}  // namespace muxtap::analyzer
