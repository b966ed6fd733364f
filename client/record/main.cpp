#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <memory>

#include "client/feed/worker_loop.h"
#include "client/record/recorder.h"
#include "common/app/log.h"
#include "common/app/program.h"
#include "common/app/signals.h"
#include "common/options/catalogue.h"

namespace muxtap::record {
namespace {

/// Writes the status line over the one before; log lines overwrite it.
class StatusDisplay {
public:
    StatusDisplay(const RecordConfig& config, app::Log& log)
        : interval_(config.log_interval),
          json_(log.format() == app::LogFormat::json),
          terminal_(!json_ && config.progress && ::isatty(STDERR_FILENO) == 1),
          log_(log),
          next_(steady_now() + interval_) {}

    void update(Recorder& recorder) {
        const SteadyTime now = steady_now();
        if ((!json_ && !terminal_) || now < next_) return;
        next_ = now + interval_;
        const auto report = recorder.report(now);
        if (json_) return log_status(log_, report);
        const std::string line = status_line(report, recorder.disk_alarm()).substr(0, columns());
        std::fprintf(stderr, "\033[K%s\r", line.c_str());
        std::fflush(stderr);
    }

    void clear() const {
        if (terminal_) std::fputs("\033[K", stderr);
    }

private:
    /// A longer line would be broken and not be overwritten.
    static std::size_t columns() {
        winsize size{};
        const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
        return known ? size.ws_col - 1U : 79U;
    }

    std::chrono::nanoseconds interval_;
    bool json_;
    bool terminal_;
    app::Log& log_;
    SteadyTime next_;
};

int run(const app::Options& options) {
    const app::ProgramSpec& program = options::record_program();
    const auto config = read_config(options);
    if (!config) return app::print_failure(program, config.error().message, app::exit_usage);
    app::Signals signals;
    // A limit on file sizes is a failed write like others, not the end.
    std::signal(SIGXFSZ, SIG_IGN);
    app::Log log({.program = std::string{program.name},
                  .format = options.text("log-format") == "json" ? app::LogFormat::json : app::LogFormat::text,
                  .silent = options.boolean("silent"),
                  .debug = options.boolean("debug")});
    service::Health health;
    const auto service = service::Service::start(program, options, health, &log);
    if (!service) return app::print_failure(program, service.error().message, app::exit_failure);
    FileOpener opener;
    auto recorder = Recorder::create(*config, log, health, opener);
    if (!recorder) return app::print_failure(program, recorder.error().message, app::exit_failure);
    for (const std::string& endpoint : config->feed.endpoints) {
        log.info("connecting", "recording from " + endpoint, {{"endpoint", std::string_view{endpoint}}});
    }

    StatusDisplay display(*config, log);
    client::run_worker(**recorder, **service, signals, [&] { display.update(**recorder); });
    display.clear();
    const auto finished = (*recorder)->finish(EndReason::signal);
    return finished ? app::exit_ok : app::print_failure(program, finished.error().message, app::exit_failure);
}

}  // namespace
}  // namespace muxtap::record

int main(int argc, char** argv) {
    return muxtap::app::run_program(muxtap::options::record_program(), muxtap::options::known_names(), argc, argv,
                                    muxtap::record::run);
}
