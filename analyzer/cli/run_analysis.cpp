#include "analyzer/cli/run_analysis.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "analyzer/cli/capture_analysis.h"
#include "analyzer/cli/plot/plot_files.h"
#include "analyzer/cli/plot/stream_samples.h"
#include "analyzer/cli/selection.h"
#include "analyzer/cli/stream_file.h"
#include "analyzer/cli/text/event_line.h"
#include "analyzer/cli/text/sections.h"
#include "analyzer/json/report_json.h"
#include "common/app/program.h"
#include "common/options/catalogue.h"

namespace muxtap::analyze {
namespace {

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

/// One run over all inputs.
class Run {
public:
    using OnRead = std::function<void(std::uint64_t bytes, std::uint64_t input)>;

    Run(const AnalyzeConfig& config, const OnRead& on_read)
        : config_(config),
          on_read_(on_read),
          painter_(wants_colour(config.colour, ::isatty(STDOUT_FILENO) == 1, std::getenv("NO_COLOR"),
                                std::getenv("TERM"))) {}

    int all() {
        for (const std::string& path : config_.inputs) {
            if (const auto done = one(path); !done) fail_with(done.error().message);
        }
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) fail_with("cannot write to standard output");
        if (failed_) return app::exit_failure;
        return indicator_failed_ ? exit_indicator : app::exit_ok;
    }

private:
    void fail_with(const std::string& message) {
        failed_ = true;
        std::fflush(stdout);
        app::print_failure(options::analyze_program(), message, app::exit_failure);
    }

    Result<void> one(const std::string& path) {
        auto input = open_input(path);
        if (!input) return tl::unexpected<Error>(input.error());
        if (!config_.plot_folder.empty()) {
            if (auto folder = make_plot_folder(config_.plot_folder); !folder) return folder;
        }
        path_ = path;
        is_capture_ = input->kind != net::FileKind::other;
        const bool show_progress = config_.progress && ::isatty(STDERR_FILENO) == 1;
        Result<InputResult> result = InputResult{};
        {
            std::uint64_t read = 0;
            Progress progress(show_progress, path, input->size, [&, size = input->size](std::uint64_t bytes) {
                read = bytes;
                on_read_(read_before_ + bytes, size);
            });
            result = analyze(std::move(*input), progress);
            read_before_ += read;
        }
        if (!result) return tl::unexpected<Error>(result.error());
        for (StreamResult& stream : result->streams) {
            indicator_failed_ |= fails(stream.report, config_.fail_on);
            select(stream.report, config_.selection);
            if (!config_.events) show(*result, stream);
        }
        return plot();
    }

    Result<InputResult> analyze(Input input, Progress& progress) {
        SubjectSettings subject{.options = config_.analyzer, .on_event = {}, .samples = !config_.plot_folder.empty()};
        if (config_.events) {
            subject.on_event = [this](const std::string& stream, const analyzer::Event& event) {
                on_event(stream, event);
            };
        }
        const auto on_end = [this](StreamSubject& ended) { keep_plots(ended); };
        if (is_capture_) {
            const CaptureSettings settings{.subject = std::move(subject), .streams = config_.streams};
            return analyze_capture(std::move(input), settings, progress, on_end);
        }
        const StreamFileSettings settings{.subject = std::move(subject), .bitrate = config_.bitrate};
        return analyze_stream_file(std::move(input), settings, progress, on_end);
    }

    [[nodiscard]] analyzer::RecordIdentity identity(const std::string& stream) const {
        return {.file = path_, .stream = stream, .probe = {}, .epoch = {}};
    }

    void on_event(const std::string& stream, const analyzer::Event& event) {
        if (!is_selected(event, config_.selection)) return;
        const auto clock = is_capture_ ? analyzer::ClockSource::arrival : analyzer::ClockSource::pcr;
        print(config_.json ? to_json(event, identity(stream)) : event_line(event, stream, clock, painter_));
        print("\n");
    }

    void show(const InputResult& input, const StreamResult& stream) {
        if (config_.json) {
            print(to_json(stream.report, identity(stream.name)) + "\n");
            return;
        }
        if (shown_++ > 0) print("\n\n");
        print(text_report({.input = input, .stream = stream, .painter = painter_}));
    }

    void keep_plots(StreamSubject& ended) {
        if (StreamSamples* const samples = ended.samples(); samples != nullptr) {
            plots_.push_back(
                {.name = plot_name(path_, ended.name()),
                 .title = (path_ == "-" ? "standard input" : path_) + (ended.name().empty() ? "" : " " + ended.name()),
                 .data = samples->take(ended.report())});
        }
    }

    Result<void> plot() {
        for (const StreamPlots& plots : plots_) {
            if (auto written = write_plots(config_.plot_folder, plots); !written) {
                plots_.clear();
                return written;
            }
        }
        plots_.clear();
        return {};
    }

    const AnalyzeConfig& config_;
    const OnRead& on_read_;
    std::uint64_t read_before_ = 0;  ///< of the inputs before this one
    Painter painter_;
    std::string path_;
    bool is_capture_ = false;
    std::vector<StreamPlots> plots_;
    std::size_t shown_ = 0;
    bool failed_ = false;
    bool indicator_failed_ = false;
};

}  // namespace

int run_analysis(const AnalyzeConfig& config, const Run::OnRead& on_read) {
    return Run(config, on_read).all();
}

}  // namespace muxtap::analyze
