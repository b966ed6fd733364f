#include "common/service/service.h"

#include <mutex>

#include "common/app/value_parsers.h"
#include "common/http/http_server.h"
#include "common/service/process_figures.h"
#include "common/service/service_manager.h"

namespace muxtap::service {
namespace {

using counters::Exposition;
using counters::Family;

/// A busy main loop turns thousands of times a second: nobody wants to know more often.
constexpr std::chrono::milliseconds between_looks{100};
constexpr std::chrono::seconds between_counters{1};

double number(std::uint64_t count) {
    return static_cast<double>(count);
}

void put_process(Exposition& out, const app::ProgramSpec& program, UnixTime start) {
    out.put(Family::process_info, {program.name, MUXTAP_VERSION}, 1);
    out.put(Family::process_start, {}, std::chrono::duration<double>(start.time_since_epoch()).count());
    out.put(Family::process_cpu, {}, std::chrono::duration<double>(process_cpu_time()).count());
    out.put(Family::process_memory, {}, number(process_resident_bytes()));
    out.put(Family::process_threads, {}, number(process_threads()));
    out.put(Family::process_files, {}, number(process_open_files()));
}

void put_log(Exposition& out, const app::LogCounts& counts) {
    out.put(Family::log_lines, {"debug"}, number(counts.debug));
    out.put(Family::log_lines, {"info"}, number(counts.info));
    out.put(Family::log_lines, {"warning"}, number(counts.warning));
    out.put(Family::log_lines, {"error"}, number(counts.error));
    out.put(Family::log_repeats, {}, number(counts.repeats));
}

}  // namespace

struct Service::Implementation {
    const app::ProgramSpec& program;
    Health& health;
    app::Log* log;
    UnixTime start = unix_now();
    ServiceManager manager{};
    SteadyTime next_look{};
    SteadyTime next_counters{};
    std::mutex mutex{};
    std::string exposition{};                ///< the newest, guarded by the mutex
    std::unique_ptr<http::Server> server{};  ///< null: nobody asks. Ends first

    void take(const Counters& counters, SteadyTime now) {
        Exposition out;
        out.about_program();
        put_process(out, program, start);
        out.put(Family::process_ready, {}, health.not_ready_because(now).empty() ? 1 : 0);
        if (log != nullptr) put_log(out, log->counts());
        counters(out);
        std::string text = out.take_text();
        const std::scoped_lock lock(mutex);
        exposition.swap(text);
    }

    [[nodiscard]] http::Response metrics() {
        const std::scoped_lock lock(mutex);
        return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = exposition};
    }
    [[nodiscard]] http::Response live() const {
        const std::string hanging = health.hanging(steady_now());
        if (hanging.empty()) return {.body = "alive\n"};
        return {.status = 503, .body = "hangs: " + hanging + "\n"};
    }
    [[nodiscard]] http::Response ready() const {
        const std::string reason = health.not_ready_because(steady_now());
        if (reason.empty()) return {.body = "ready\n"};
        return {.status = 503, .body = reason + "\n"};
    }
};

Result<std::unique_ptr<Service>> Service::start(const app::ProgramSpec& program, const app::Options& options,
                                                Health& health, app::Log* log) {
    std::unique_ptr<Implementation> all(new Implementation{.program = program, .health = health, .log = log});
    if (options.is_set("metrics-port")) {
        const auto address = app::parse_listen_address(options.text("metrics-port"));
        if (!address) return fail("--metrics-port: " + address.error().message);
        all->take([](Exposition&) {}, steady_now());
        Implementation& self = *all;
        auto server = http::Server::listen(*address, {{"/metrics", [&self] { return self.metrics(); }},
                                                      {"/livez", [&self] { return self.live(); }},
                                                      {"/readyz", [&self] { return self.ready(); }}});
        if (!server) return fail("--metrics-port: " + server.error().message);
        all->server = std::move(*server);
        if (log != nullptr) {
            log->info("metrics_port", "answers /metrics, /livez and /readyz",
                      {{"port", std::uint64_t{static_cast<unsigned>(all->server->port())}}});
        }
    }
    return std::unique_ptr<Service>(new Service(std::move(all)));
}

Service::Service(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Service::~Service() = default;

void Service::started() {
    implementation_->health.main_loop().turned(steady_now());
    implementation_->health.started();
    implementation_->manager.ready();
}

void Service::turn(SteadyTime now, const Counters& counters) {
    Implementation& all = *implementation_;
    all.health.main_loop().turned(now);
    if (now < all.next_look) return;
    all.next_look = now + between_looks;
    if (all.log != nullptr) all.log->tell_repeats(now);
    if (all.health.hanging(now).empty()) all.manager.alive(now);
    if (now < all.next_counters) return;
    all.next_counters = now + between_counters;
    const std::string reason = all.health.not_ready_because(now);
    all.manager.set_status(reason.empty() ? "working" : reason);
    if (all.server) all.take(counters, now);
}

void Service::stopping(const Counters& counters) {
    Implementation& all = *implementation_;
    all.health.stopping();
    all.health.main_loop().rests();
    all.manager.stopping();
    if (all.server) all.take(counters, steady_now());
}

}  // namespace muxtap::service
