#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "client/feed/worker_loop.h"
#include "client/metrics/metrics_worker.h"
#include "client/metrics/sink_factory.h"
#include "common/app/log.h"
#include "common/app/program.h"
#include "common/app/signals.h"
#include "common/options/catalogue.h"

namespace muxtap::metrics {
namespace {

/// Log lines would be drawn into a table on the same terminal: then only warnings are.
bool shares_terminal_with_table(const MetricsConfig& config) {
    return ::isatty(STDERR_FILENO) == 1 &&
           std::any_of(config.sinks.begin(), config.sinks.end(),
                       [](const SinkChoice& choice) { return choice.kind == SinkKind::table; });
}

int run(const app::Options& options) {
    const app::ProgramSpec& program = options::metrics_program();
    const auto config = read_config(options, ::isatty(STDOUT_FILENO) == 1);
    if (!config) return app::print_failure(program, config.error().message, app::exit_usage);
    if (const auto checked = check_sinks(*config); !checked) {
        return app::print_failure(program, checked.error().message, app::exit_usage);
    }
    app::Signals signals;
    // A limit on file sizes is a failed write like others, not the end.
    std::signal(SIGXFSZ, SIG_IGN);
    app::Log log({.program = std::string{program.name},
                  .format = options.text("log-format") == "json" ? app::LogFormat::json : app::LogFormat::text,
                  .silent = options.boolean("silent") || shares_terminal_with_table(*config),
                  .debug = options.boolean("debug")});
    service::Health health;
    const auto service = service::Service::start(program, options, health, &log);
    if (!service) return app::print_failure(program, service.error().message, app::exit_failure);
    auto sinks = open_sinks(*config, log, health);
    if (!sinks) return app::print_failure(program, sinks.error().message, app::exit_failure);
    auto follower = client::FeedFollower::connect(config->feed, log, health, client::FeedFollower::Receiving::ahead);
    if (!follower) return app::print_failure(program, follower.error().message, app::exit_failure);
    for (const std::string& endpoint : config->feed.endpoints) {
        log.info("connecting", "watching " + endpoint, {{"endpoint", std::string_view{endpoint}}});
    }

    MetricsWorker worker(*config, log, std::move(*follower), std::move(*sinks));
    client::run_worker(worker, **service, signals);
    const auto finished = worker.finish(config->sink_settings.kafka.timeout);
    return finished ? app::exit_ok : app::print_failure(program, finished.error().message, app::exit_failure);
}

}  // namespace
}  // namespace muxtap::metrics

int main(int argc, char** argv) {
    return muxtap::app::run_program(muxtap::options::metrics_program(), muxtap::options::known_names(), argc, argv,
                                    muxtap::metrics::run);
}
