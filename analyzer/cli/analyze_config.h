#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analyzer/options.h"
#include "common/app/options.h"
#include "common/base/result.h"

namespace muxtap::analyze {

/// What a user wants to see. Nothing set: everything.
struct Selection {
    std::vector<ts::Pid> pids;
    std::vector<std::uint16_t> programs;

    [[nodiscard]] bool all() const noexcept { return pids.empty() && programs.empty(); }
};

enum class ColourChoice : std::uint8_t { automatic, always, never };

/// The options of muxtap-analyze, checked.
struct AnalyzeConfig {
    std::vector<std::string> inputs;   ///< never empty
    std::vector<std::string> streams;  ///< of a capture; empty: all
    std::optional<std::uint64_t> bitrate;
    bool json = false;
    bool events = false;
    Selection selection;
    ColourChoice colour = ColourChoice::automatic;
    std::string plot_folder;  ///< empty: no plots
    bool progress = true;
    unsigned fail_on = 0;  ///< lowest priority that fails; 0: none
    analyzer::AnalyzerOptions analyzer;
};

/// The error names the option and what it expects.
[[nodiscard]] Result<AnalyzeConfig> read_config(const app::Options& options);

/// Whether colours go out: as chosen, else on a terminal unless the environment has a NO_COLOR (no-color.org).
[[nodiscard]] bool wants_colour(ColourChoice choice, bool is_terminal, const char* no_color, const char* term) noexcept;

}  // namespace muxtap::analyze
