#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "client/frames/sound/sound_meter.h"

namespace muxtap::frames {

/// Energies of blocks by their loudness, in steps of 0.1 LU from -70 LUFS on. Each step keeps the sum of its energies,
/// so that a mean is exact however long it runs, but for the step in which a relative gate lies. 16 kB.
class GatedEnergies {
public:
    GatedEnergies() : steps_(count) {}

    /// What is below -70 LUFS is gated (ITU-R BS.1770-4, annex 1).
    void add(double energy);
    /// The mean of the blocks that are above the mean of all less `gate` LU; none without blocks.
    [[nodiscard]] std::optional<double> mean_above(double gate) const;
    /// The distance of two percentiles of those blocks in LU.
    [[nodiscard]] std::optional<double> range_above(double gate, double low, double high) const;
    void clear();

private:
    static constexpr std::size_t count = 1000;
    struct Step {
        std::uint64_t blocks = 0;
        double energy = 0;  ///< sum of its blocks

        [[nodiscard]] double mean() const noexcept { return energy / static_cast<double>(blocks); }
    };

    /// The first step that the gate lets through.
    [[nodiscard]] std::size_t first_above(double gate) const;

    std::vector<Step> steps_;
};

/// Loudness by EBU Tech 3341 and 3342 from the energies of steps of 100 ms: K-weighted, channels weighed and summed.
class LoudnessHistory {
public:
    /// Integrated loudness and range begin anew after so many steps; 0: never.
    explicit LoudnessHistory(std::uint64_t integration) : integration_(integration) {}

    void add(double energy);
    [[nodiscard]] Loudness loudness() const;

private:
    static constexpr std::size_t momentary_steps = 4;
    static constexpr std::size_t short_term_steps = 30;

    /// Mean of the last steps; none where not so many of them were heard.
    [[nodiscard]] std::optional<double> mean_of_last(std::size_t steps, std::uint64_t heard) const;

    std::array<double, short_term_steps> energies_{};  ///< a ring
    std::uint64_t steps_ = 0;
    std::uint64_t integrated_steps_ = 0;  ///< since integration began
    std::uint64_t integration_;
    GatedEnergies momentary_;
    GatedEnergies short_term_;
};

}  // namespace muxtap::frames
