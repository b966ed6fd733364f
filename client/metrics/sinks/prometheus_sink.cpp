#include "client/metrics/sinks/prometheus_sink.h"

#include <atomic>
#include <mutex>
#include <utility>

#include "client/metrics/sinks/prometheus_book.h"
#include "common/http/http_server.h"

namespace muxtap::metrics {

struct PrometheusSink::Implementation {
    explicit Implementation(Settings chosen) : settings(std::move(chosen)), book(settings.pids) {}

    [[nodiscard]] std::string exposition() {
        // The records are shared and never change: the lock is held only while the book is copied.
        const PrometheusBook copy = [this] {
            const std::scoped_lock lock(mutex);
            return book;
        }();
        Exposition out;
        copy.put_all(out, settings.now());
        out.about_program();
        out.put(Family::scrapes, {}, static_cast<double>(++scrapes));
        return out.take_text();
    }

    [[nodiscard]] http::Response health(const char* path) const {
        http::Response response;
        if (std::string_view{path} == "/livez") {
            const bool alive = !settings.alive || settings.alive();
            response.status = alive ? 200 : 503;
            response.body = alive ? "alive\n" : "the main loop does not turn\n";
        } else {
            const Readiness readiness = settings.ready ? settings.ready() : Readiness{};
            response.status = readiness.ready ? 200 : 503;
            response.body = readiness.text.empty() ? (readiness.ready ? "ready" : "not ready") : readiness.text;
            response.body += "\n";
        }
        return response;
    }

    Settings settings;
    std::mutex mutex;
    PrometheusBook book;
    std::atomic<std::uint64_t> scrapes = 0;
    std::atomic<std::uint64_t> delivered = 0;
    std::unique_ptr<http::Server> server;  // last: its threads use the rest
};

PrometheusSink::PrometheusSink(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
PrometheusSink::~PrometheusSink() = default;

Result<std::unique_ptr<PrometheusSink>> PrometheusSink::open(Settings settings) {
    auto implementation = std::make_unique<Implementation>(std::move(settings));
    Implementation* const all = implementation.get();
    // Made first: a scrape may come at once.
    std::unique_ptr<PrometheusSink> sink(new PrometheusSink(std::move(implementation)));
    std::map<std::string, http::Server::Handler> paths;
    paths["/metrics"] = [all] {
        return http::Response{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = all->exposition()};
    };
    for (const char* path : {"/livez", "/readyz"}) {
        paths[path] = [all, path] { return all->health(path); };
    }
    Result<std::unique_ptr<http::Server>> server = http::Server::listen(all->settings.address, std::move(paths));
    if (!server) {
        std::string reason = server.error().message;
        if (reason.find("in use") != std::string::npos) reason += " (another --to prometheus:PORT?)";
        return fail(std::move(reason));
    }
    all->server = std::move(*server);
    return sink;
}

void PrometheusSink::write(std::span<const RecordPtr> records) {
    const SteadyTime now = implementation_->settings.now();
    for (const RecordPtr& record : records) {
        const std::scoped_lock lock(implementation_->mutex);
        implementation_->book.take(record, now);
    }
    implementation_->delivered += records.size();
}

void PrometheusSink::tick() {
    const std::scoped_lock lock(implementation_->mutex);
    implementation_->book.tidy(implementation_->settings.now());
}

void PrometheusSink::finish(std::chrono::milliseconds /*patience*/) {}

SinkFigures PrometheusSink::figures() const {
    SinkFigures figures;
    figures.name = implementation_->settings.name;
    figures.delivered = implementation_->delivered;
    return figures;
}

int PrometheusSink::port() const noexcept {
    return implementation_->server->port();
}

std::string PrometheusSink::exposition() const {
    return implementation_->exposition();
}

}  // namespace muxtap::metrics
