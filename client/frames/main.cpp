#include <csignal>

#include "client/feed/worker_loop.h"
#include "client/frames/frames_worker.h"
#include "common/app/log.h"
#include "common/app/program.h"
#include "common/app/signals.h"
#include "common/options/catalogue.h"

namespace muxtap::frames {
namespace {

/// For what waits at the end; Kafka has a time of its own.
constexpr std::chrono::milliseconds finish_time{5000};

int run(const app::Options& options) {
    const app::ProgramSpec& program = options::frames_program();
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
    if (const auto started = start_gstreamer(config->decoding); !started) {
        return app::print_failure(program, started.error().message, app::exit_failure);
    }
    auto outputs = OutputSet::open(*config, log);
    if (!outputs) return app::print_failure(program, outputs.error().message, app::exit_failure);
    auto follower = client::FeedFollower::connect(config->feed, log, health, client::FeedFollower::Receiving::ahead);
    if (!follower) return app::print_failure(program, follower.error().message, app::exit_failure);
    for (const std::string& endpoint : config->feed.endpoints) {
        log.info("connecting", "watching " + endpoint, {{"endpoint", std::string_view{endpoint}}});
    }
    FramesWorker worker(*config, log, std::move(*follower), std::move(*outputs));
    client::run_worker(worker, **service, signals);
    const auto finished = worker.finish(finish_time);
    return finished ? app::exit_ok : app::print_failure(program, finished.error().message, app::exit_failure);
}

}  // namespace
}  // namespace muxtap::frames

int main(int argc, char** argv) {
    return muxtap::app::run_program(muxtap::options::frames_program(), muxtap::options::known_names(), argc, argv,
                                    muxtap::frames::run);
}
