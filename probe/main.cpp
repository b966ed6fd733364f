#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <thread>

#include "common/app/log.h"
#include "common/app/privileges.h"
#include "common/app/program.h"
#include "common/app/signals.h"
#include "common/options/catalogue.h"
#include "common/service/service.h"
#include "probe/capture_stage.h"
#include "probe/host/host_monitor.h"
#include "probe/packet_dump.h"
#include "probe/probe_config.h"
#include "probe/probe_counters.h"
#include "probe/source/source_factory.h"
#include "probe/status_report.h"

namespace muxtap::probe {
namespace {

/// Part of the second in which the program is to end.
constexpr std::chrono::milliseconds longest_drain{200};

/// Threads and shutdown, in the order in which they end:
///   1. main sets `stopping` (signal, --duration), or a capture thread finds its input ended;
///   2. each capture thread hands on what it has and finishes its queue end;
///   3. the publisher thread drains the queue, sends the last statuses and ends;
///   4. main ends the host monitor, whose threads only write to the board;
///   5. main closes the sockets, which lets the last messages leave within the linger time.
class Probe {
public:
    Probe(const ProbeConfig& config, app::Log& log, app::Signals& signals, service::Health& health,
          service::Service& service)
        : config_(config),
          log_(log),
          signals_(signals),
          health_(health),
          service_(service),
          pool_(config.flows.assembler.batch_packets, std::size_t{64} << 20),
          board_(config.capture_threads) {}

    Result<void> run() {
        app::use_permitted_net_raw();
        auto opened = open_sources(config_);
        if (!opened) return tl::unexpected<Error>(opened.error());
        auto publisher = feed::Publisher::bind(config_.publisher, pool_, board_);
        if (!publisher) return tl::unexpected<Error>(publisher.error());
        publisher_ = std::move(*publisher);
        if (auto dropped = app::drop_privileges(config_.user); !dropped) return dropped;

        make_stages(*opened);
        announce(*opened);
        ProbeCounters own(config_.publisher.probe, board_, stages_, publisher_->counters());
        put_counters_ = [&own](counters::Exposition& out) { own.put(out); };
        service_.started();
        std::unique_ptr<HostMonitor> host;
        if (config_.host_figures) host = HostMonitor::start(board_, log_);
        std::thread publishing([this, &loop = health_.add_loop("publisher")] {
            while (publisher_->do_work(std::chrono::seconds{1})) note_turn(loop);
            loop.rests();
        });
        const bool interrupted = !wait_for_subscribers();
        if (interrupted) stop();
        std::vector<std::thread> capturing;
        for (const auto& stage : stages_) {
            service::Loop& loop = health_.add_loop("capture " + std::to_string(capturing.size() + 1));
            capturing.emplace_back([this, &stage, &loop] { capture(*stage, loop); });
        }

        StatusReport report({.status_line = config_.progress && !config_.silent && ::isatty(STDERR_FILENO) != 0,
                             .pcap_stats = config_.pcap_stats,
                             .interface = opened->interface,
                             .is_file = !config_.input.empty()},
                            log_, board_, stages_, publisher_->counters());
        watch(report);
        service_.stopping(put_counters_);
        for (std::thread& thread : capturing) thread.join();
        publishing.join();
        host.reset();
        report.finish();
        // A file's last messages may take their time; after a signal nobody waits.
        const bool patient = !config_.input.empty() && !stopping_ && !config_.linger_given;
        publisher_->close(patient ? std::chrono::seconds{10} : config_.linger);
        publisher_.reset();
        if (!failure_.empty()) return fail(failure_);
        return {};
    }

private:
    void make_stages(OpenedSources& opened) {
        FlowTable::Settings flows = config_.flows;
        flows.interface = opened.interface;
        flows.is_file = opened.is_stream_file;
        if (opened.is_stream_file) {
            StreamSelector selector;
            selector.name =
                config_.file_stream_name.empty() ? stream_name_of_file(opened.interface) : config_.file_stream_name;
            flows.selectors = {selector};
            flows.discover = false;
        }
        for (std::size_t i = 0; i < opened.sources.size(); ++i) {
            std::unique_ptr<feed::BatchQueueWriter> writer = publisher_->make_writer();
            if (config_.dump_packets) writer = std::make_unique<PacketDump>(std::move(writer), stdout);
            stages_.push_back(
                std::make_unique<CaptureStage>(std::move(opened.sources[i]), flows, std::move(writer), board_, i));
        }
    }

    void announce(const OpenedSources& opened) {
        for (const std::string& note : opened.notes) log_.warning("note", note);
        for (const std::string& endpoint : publisher_->bound_endpoints()) {
            log_.info("publishing", "publishing", {{"endpoint", std::string_view{endpoint}}});
        }
        log_.info("started", "started",
                  {{"source", std::string_view{opened.description}},
                   {"probe", std::string_view{config_.publisher.probe}},
                   {"streams", std::uint64_t{config_.flows.selectors.size()}}});
    }

    /// False when a signal came first.
    bool wait_for_subscribers() {
        // A subscription follows its connection within a moment: the count shall have stood for a while.
        constexpr std::chrono::milliseconds settled{200};
        SteadyTime since = steady_now();
        std::uint32_t last = 0;
        while (config_.wait_subscribers > 0) {
            const std::uint32_t now = publisher_->counters().subscribers.load();
            if (now != last || now < config_.wait_subscribers) since = steady_now();
            last = now;
            if (steady_now() - since >= settled) return true;
            service_.turn(steady_now(), put_counters_);
            if (signals_.wait(std::chrono::milliseconds{10}) == app::Signals::Event::stop) return false;
        }
        return true;
    }

    void capture(CaptureStage& stage, service::Loop& loop) {
        while (!stopping_.load(std::memory_order_relaxed)) {
            note_turn(loop);
            const auto more = stage.do_work();
            if (!more) {
                const std::scoped_lock lock(failure_mutex_);
                failure_ = more.error().message;
            }
            if (!more || !*more) break;
        }
        // What was captured before the stop may still wait in the kernel's ring.
        if (stopping_ && config_.input.empty()) stage.drain(config_.read_time_out, longest_drain);
        stage.finish();
        loop.rests();
        ++finished_;
    }

    /// A file may be made to wait by its subscribers for as long as they like; a live source by nobody.
    void note_turn(service::Loop& loop) const {
        if (config_.input.empty()) {
            loop.turned(steady_now());
        } else {
            loop.rests();
        }
    }

    void stop() {
        stopping_ = true;
        publisher_->stop_waiting();
    }

    /// The main thread's part: signals, time limit and status, until every capture thread is done.
    void watch(StatusReport& report) {
        // A file may be over soon; a live capture is ended by a signal, which ends the wait.
        const std::chrono::milliseconds step{config_.input.empty() ? 200 : 5};
        const SteadyTime started = steady_now();
        SteadyTime next_tick = started + config_.log_interval;
        while (finished_ < stages_.size()) {
            const auto event = signals_.wait(step);
            const bool time_over = config_.duration.count() > 0 && steady_now() - started >= config_.duration;
            if (event == app::Signals::Event::stop || time_over) stop();
            service_.turn(steady_now(), put_counters_);
            if (steady_now() >= next_tick) {
                report.tick();
                next_tick += config_.log_interval;
            }
        }
    }

    static std::string stream_name_of_file(const std::string& file) {
        std::string name;
        for (const char c : file) name.push_back(c > ' ' && c <= '~' && c != '"' && c != '\\' ? c : '_');
        name.resize(std::min(name.size(), proto::max_stream_name));
        return proto::is_stream_name(name) ? name : "file";
    }

    const ProbeConfig& config_;
    app::Log& log_;
    app::Signals& signals_;
    service::Health& health_;
    service::Service& service_;
    service::Service::Counters put_counters_;
    feed::BatchPool pool_;
    feed::StatusBoard board_;
    std::unique_ptr<feed::Publisher> publisher_;
    std::vector<std::unique_ptr<CaptureStage>> stages_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> finished_{0};
    std::mutex failure_mutex_;
    std::string failure_;
};

int run(const app::Options& options) {
    app::Signals signals;
    const auto config = make_config(options);
    if (!config) return app::print_failure(options::probe_program(), config.error().message, app::exit_usage);
    app::Log log({.program = "muxtap-probe",
                  .format = options.text("log-format") == "json" ? app::LogFormat::json : app::LogFormat::text,
                  .silent = config->silent,
                  .debug = options.boolean("debug")});
    service::Health health;
    const auto service = service::Service::start(options::probe_program(), options, health, &log);
    if (!service) return app::print_failure(options::probe_program(), service.error().message, app::exit_failure);
    const auto result = Probe(*config, log, signals, health, **service).run();
    if (!result) return app::print_failure(options::probe_program(), result.error().message, app::exit_failure);
    return app::exit_ok;
}

}  // namespace
}  // namespace muxtap::probe

int main(int argc, char** argv) {
    return muxtap::app::run_program(muxtap::options::probe_program(), muxtap::options::known_names(), argc, argv,
                                    muxtap::probe::run);
}
