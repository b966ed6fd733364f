#pragma once

#include <string>

#include "analyzer/cli/plot/stream_samples.h"
#include "common/base/result.h"

namespace muxtap::analyze {

/// The plots of one stream.
struct StreamPlots {
    std::string name;   ///< how its files' names begin
    std::string title;  ///< over each plot
    PlotData data;
};

/// How the names of a stream's plot files begin: the file's name and the stream's, in letters that every file system
/// takes.
[[nodiscard]] std::string plot_name(const std::string& path, const std::string& stream);

/// Makes the folder for plots if it is not there.
[[nodiscard]] Result<void> make_plot_folder(const std::string& folder);

/// Writes data (.dat) and instructions (.gp) of each plot and lets gnuplot make an .svg of them. What there is nothing
/// to show of is left out. The error names the file that cannot be written, or says that gnuplot is missing or failed;
/// data and instructions stay then.
[[nodiscard]] Result<void> write_plots(const std::string& folder, const StreamPlots& plots);

}  // namespace muxtap::analyze
