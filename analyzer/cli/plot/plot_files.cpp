#include "analyzer/cli/plot/plot_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "analyzer/cli/plot/gnuplot.h"
#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

/// PIDs with a line of their own; the others are one line together.
constexpr std::size_t most_lines = 12;

/// One for each line; the same colours in every plot.
constexpr std::array<const char*, most_lines + 1> colours = {"#1f77b4", "#d62728", "#2ca02c", "#9467bd", "#ff7f0e",
                                                             "#17becf", "#8c564b", "#e377c2", "#bcbd22", "#000080",
                                                             "#006400", "#8b0000", "#7f7f7f"};

std::string line_of(std::size_t number, const std::string& title) {
    std::string line = " with lines linecolor rgb \"";
    line += colours[number % colours.size()];
    return line.append("\" title ").append(title);
}

/// One plot: data, what to draw, and the text around it.
struct Plot {
    std::string suffix;
    std::string title;
    std::string x_label;
    std::string y_label;
    std::string data;
    std::string settings;  ///< whole lines
    std::string drawing;   ///< behind "plot "; @ stands for the data file
};

Result<void> write_file(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    file.close();
    if (!file) return fail_os("cannot write \"" + path + "\"", errno);
    return {};
}

/// PIDs with the most packets, and their names.
std::vector<ts::Pid> largest_pids(const analyzer::Report& report) {
    std::vector<const analyzer::PidReport*> pids;
    for (const analyzer::PidReport& pid : report.pids) pids.push_back(&pid);
    std::stable_sort(pids.begin(), pids.end(), [](const auto* one, const auto* other) {
        return one->counters.packets > other->counters.packets;
    });
    std::vector<ts::Pid> largest;
    for (const auto* pid : pids)
        if (largest.size() < most_lines) largest.push_back(pid->pid);
    return largest;
}

std::string use_of(const analyzer::Report& report, ts::Pid pid) {
    for (const analyzer::PidReport& item : report.pids) {
        if (item.pid != pid) continue;
        const bool named = item.stream && item.stream->codec != analyzer::Codec::unknown;
        return pid_text(pid) + " " + (named ? display_name(item.stream->codec) : key_name(item.use));
    }
    return pid_text(pid);
}

/// One column for each of the largest PIDs, one for the rest.
Plot rate_plot(const PlotData& data) {
    Plot plot{.suffix = "bitrate",
              .title = "bit rate",
              .x_label = "s",
              .y_label = "Mb/s",
              .data = {},
              .settings = "set yrange [0:1e-3<*]\n",
              .drawing = {}};
    const std::vector<ts::Pid> pids = largest_pids(data.report);
    for (std::size_t i = 1; i < data.rates.size(); ++i) {
        const RateSample& before = data.rates[i - 1];
        const RateSample& now = data.rates[i];
        const double seconds = now.seconds - before.seconds;
        if (seconds <= 0) continue;
        const auto packets_of = [](const RateSample& sample, ts::Pid pid) {
            const auto found = sample.packets.find(pid);
            return found == sample.packets.end() ? std::uint64_t{0} : found->second;
        };
        const auto megabits = [&](std::uint64_t packets) {
            return fixed(static_cast<double>(packets) * ts::packet_size * 8 / seconds / 1e6, 6);
        };
        plot.data += fixed(now.seconds, 3);
        std::uint64_t rest = 0;
        for (const auto& [pid, count] : now.packets) {
            if (std::find(pids.begin(), pids.end(), pid) == pids.end()) rest += count - packets_of(before, pid);
        }
        for (const ts::Pid pid : pids) plot.data += " " + megabits(packets_of(now, pid) - packets_of(before, pid));
        plot.data += " " + megabits(rest) + "\n";
    }
    for (std::size_t i = 0; i < pids.size(); ++i) {
        plot.drawing += (i == 0 ? "" : ", ") + std::string{"@ using 1:"} + std::to_string(i + 2) +
                        line_of(i, gnuplot_quoted(use_of(data.report, pids[i])));
    }
    if (data.report.pids.size() > pids.size()) {
        plot.drawing += ", @ using 1:" + std::to_string(pids.size() + 2) + line_of(most_lines, "\"others\"");
    }
    return plot;
}

/// PCR against time, a block of lines for each PID. `column` 2: intervals, 3: jitter.
Plot pcr_plot(const PlotData& data, int column) {
    Plot plot{.suffix = column == 2 ? "pcr-interval" : "pcr-jitter",
              .title = column == 2 ? "time from PCR to PCR" : "arrival of a PCR against its value, from PCR to PCR",
              .x_label = "s",
              .y_label = column == 2 ? "ms" : "µs",
              .data = {},
              .settings = {},
              .drawing = {}};
    std::size_t index = 0;
    double least = 0;
    double most = 1;
    for (const auto& [pid, samples] : data.pcrs) {
        if (samples.empty() || index == most_lines) continue;
        for (const PcrSample& sample : samples) {
            const double shown = column == 2 ? sample.interval_ms : sample.jitter_us;
            least = std::min(least, shown);
            most = std::max(most, shown);
            plot.data +=
                fixed(sample.seconds, 6) + " " + fixed(sample.interval_ms, 4) + " " + fixed(sample.jitter_us, 2) + "\n";
        }
        plot.data += "\n\n";
        plot.drawing += (index == 0 ? "" : ", ") + std::string{"@ index "} + std::to_string(index) +
                        " using 1:" + std::to_string(column) + line_of(index, gnuplot_quoted(pid_text(pid)));
        ++index;
    }
    // Said here: gnuplot has no range for values that are all the same.
    plot.settings = "set yrange [" + fixed(least * 1.05, 3) + ":" + fixed(most * 1.05, 3) + "]\n";
    return plot;
}

Plot gap_plot(const PlotData& data) {
    Plot plot{.suffix = "inter-arrival",
              .title = "time between datagrams",
              .x_label = "µs",
              .y_label = "datagrams",
              .data = {},
              .settings = "set logscale xy\nset yrange [0.5:]\nset style fill solid 0.6\n",
              .drawing = "@ using (sqrt($1*$2)):3:($2-$1) with boxes notitle"};
    if (!data.report.arrival) return plot;
    const analyzer::Histogram& bars = data.report.arrival->histogram_us;
    for (std::size_t i = 0; i < bars.size(); ++i) {
        if (bars[i].from <= 0) continue;
        const double until = i + 1 < bars.size() ? bars[i + 1].from : bars[i].from * 1.2;
        plot.data += fixed(bars[i].from, 3) + " " + fixed(until, 3) + " " + std::to_string(bars[i].count) + "\n";
    }
    return plot;
}

std::string script_of(const Plot& plot, const std::string& base, const std::string& title) {
    std::string drawing = plot.drawing;
    const std::string data = gnuplot_quoted(base + ".dat");
    for (std::size_t at = drawing.find('@'); at != std::string::npos; at = drawing.find('@', at + data.size())) {
        drawing.replace(at, 1, data);
    }
    return "set terminal svg size 1200,600 dynamic background rgb \"white\"\nset encoding utf8\nset output " +
           gnuplot_quoted(base + ".svg") + "\nset title " + gnuplot_quoted(title + ": " + plot.title) +
           " noenhanced\nset key outside noenhanced\nset grid\nset xlabel " + gnuplot_quoted(plot.x_label) +
           "\nset ylabel " + gnuplot_quoted(plot.y_label) + "\n" + plot.settings + "plot " + drawing + "\n";
}

}  // namespace

std::string plot_name(const std::string& path, const std::string& stream) {
    std::string name = path == "-" ? "stdin" : std::filesystem::path(path).filename().string();
    if (!stream.empty()) name += "-" + stream;
    for (char& character : name) {
        const bool plain = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
                           (character >= '0' && character <= '9') || character == '-' || character == '.' ||
                           character == '_';
        if (!plain) character = '_';
    }
    return name;
}

Result<void> make_plot_folder(const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (!error && std::filesystem::is_directory(folder)) return {};
    return fail("cannot make the folder \"" + folder +
                "\" (--plot): " + (error ? error.message() : std::string{"a file of this name is there"}));
}

Result<void> write_plots(const std::string& folder, const StreamPlots& plots) {
    std::vector<Plot> all = {rate_plot(plots.data), pcr_plot(plots.data, 2)};
    if (plots.data.report.clock == analyzer::ClockSource::arrival) {
        all.push_back(pcr_plot(plots.data, 3));
        all.push_back(gap_plot(plots.data));
    }
    std::erase_if(all, [](const Plot& plot) { return plot.data.empty() || plot.drawing.empty(); });
    std::vector<std::string> scripts;
    for (const Plot& plot : all) {
        const std::string base = std::string{plots.name}.append("-").append(plot.suffix);
        const std::string path = std::string{folder}.append("/").append(base);
        if (auto written = write_file(path + ".dat", plot.data); !written) return written;
        if (auto written = write_file(path + ".gp", script_of(plot, base, plots.title)); !written) return written;
        scripts.push_back(base + ".gp");
    }
    for (const std::string& script : scripts) {
        if (auto drawn = run_gnuplot(folder, script); !drawn) return drawn;
    }
    return {};
}

}  // namespace muxtap::analyze
