#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "client/metrics/sinks/sink.h"
#include "common/base/clock.h"
#include "common/base/result.h"

namespace muxtap::metrics {

/// Serves the newest record of every stream to Prometheus, and tells whether the program is well: docs/prometheus.md.
/// Counters only go up while the program runs.
class PrometheusSink final : public Sink {
public:
    struct Readiness {
        bool ready = true;
        std::string text;  ///< one line: why not
    };
    struct Settings {
        std::string name = "prometheus";       ///< in its figures
        std::string address = "0.0.0.0:9100";  ///< to listen on, as http::Server takes it
        std::size_t pids = 64;                 ///< most PIDs of a stream with series of their own
        std::function<bool()> alive{};         ///< whether the main loop turns; any thread. None: yes
        std::function<Readiness()> ready{};    ///< any thread. None: yes
        std::function<SteadyTime()> now = steady_now;
    };

    /// Listens on the address.
    [[nodiscard]] static Result<std::unique_ptr<PrometheusSink>> open(Settings settings);
    ~PrometheusSink() override;
    PrometheusSink(const PrometheusSink&) = delete;
    PrometheusSink& operator=(const PrometheusSink&) = delete;

    void write(std::span<const RecordPtr> records) override;
    void tick() override;
    void finish(std::chrono::milliseconds patience) override;
    [[nodiscard]] SinkFigures figures() const override;

    /// That it listens on.
    [[nodiscard]] int port() const noexcept;
    /// What a scrape gets. Any thread.
    [[nodiscard]] std::string exposition() const;

private:
    struct Implementation;
    explicit PrometheusSink(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::metrics
