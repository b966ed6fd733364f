#include "probe/host/host_monitor.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "probe/host/disk_list.h"
#include "probe/host/host_reader.h"
#include "probe/host/statgrab.h"

namespace muxtap::probe {

/// What the threads work on. Theirs too, as one of them may be left behind.
struct HostMonitor::Shared {
    Settings settings;
    Sources sources;

    std::mutex mutex;
    std::condition_variable changed;
    // Both null from the end of the monitor on.
    feed::StatusBoard* board = nullptr;
    MissingFigure tell;
    bool figures_done = false;
    bool disks_done = false;
    std::set<std::string, std::less<>> missing;  ///< what was told to be
    std::vector<proto::HostDisk> disks;
    SteadyTime disks_taken{};  ///< 0: never

    void tell_missing(std::string_view figure, const std::string& reason) {
        const std::scoped_lock lock(mutex);
        if (tell != nullptr && missing.emplace(figure).second) tell(figure, reason);
    }

    /// Whether that time has come; false when the monitor has ended first.
    [[nodiscard]] bool wait_until(SteadyTime time) {
        std::unique_lock lock(mutex);
        return !changed.wait_until(lock, time, [this] { return board == nullptr; });
    }

    void publish(std::shared_ptr<proto::HostFigures> figures) {
        const std::scoped_lock lock(mutex);
        if (board == nullptr) return;
        if (disks_taken != SteadyTime{} && steady_now() - disks_taken <= settings.disk_age) figures->disks = disks;
        board->set_host(std::move(figures));
    }

    void keep(std::vector<proto::HostDisk> newest, SteadyTime taken) {
        const std::scoped_lock lock(mutex);
        disks = std::move(newest);
        disks_taken = taken;
    }

    /// Whether it came to an end: what goes wrong with a figure is no reason to end the probe.
    template <typename Work>
    bool attempt(std::string_view figure, const Work& work) {
        try {
            work();
            return true;
        } catch (const std::exception& error) {
            tell_missing(figure, error.what());
            return false;
        }
    }

    void finish(bool Shared::*done) {
        const std::scoped_lock lock(mutex);
        this->*done = true;
        changed.notify_all();
    }
};

void HostMonitor::watch_figures(Shared& shared) {
    // The beginning of the first interval.
    (void)shared.attempt("figures", [&] {
        proto::HostFigures unused;
        shared.sources.figures(unused);
    });
    SteadyTime next = steady_now() + shared.settings.first;
    while (shared.wait_until(next)) {
        (void)shared.attempt("figures", [&] {
            auto figures = std::make_shared<proto::HostFigures>();
            shared.sources.figures(*figures);
            shared.publish(std::move(figures));
        });
        next = std::max(next + shared.settings.interval, steady_now());
    }
    shared.finish(&Shared::figures_done);
}

void HostMonitor::watch_disks(Shared& shared) {
    SteadyTime next = steady_now();
    while (shared.wait_until(next)) {
        const SteadyTime taken = steady_now();
        (void)shared.attempt("disks", [&] { shared.keep(shared.sources.disks(), taken); });
        next = std::max(next + shared.settings.disk_interval, steady_now());
    }
    shared.finish(&Shared::disks_done);
}

HostMonitor::HostMonitor(const MakeSources& make_sources, feed::StatusBoard& board, MissingFigure tell_missing,
                         const Settings& settings)
    : shared_(std::make_shared<Shared>()) {
    shared_->settings = settings;
    shared_->board = &board;
    shared_->tell = std::move(tell_missing);
    // Kept by what it keeps: no cycle, or what a monitor used would never go.
    shared_->sources =
        make_sources([weak = std::weak_ptr(shared_)](std::string_view figure, const std::string& reason) {
            if (const auto shared = weak.lock()) shared->tell_missing(figure, reason);
        });
    figures_thread_ = std::thread([shared = shared_] { watch_figures(*shared); });
    disks_thread_ = std::thread([shared = shared_] { watch_disks(*shared); });
}

HostMonitor::~HostMonitor() {
    std::unique_lock lock(shared_->mutex);
    shared_->board = nullptr;
    shared_->tell = nullptr;
    shared_->changed.notify_all();
    shared_->changed.wait_for(lock, shared_->settings.patience,
                              [this] { return shared_->figures_done && shared_->disks_done; });
    const bool figures_done = shared_->figures_done;
    const bool disks_done = shared_->disks_done;
    lock.unlock();
    for (const auto& [thread, done] :
         {std::pair{&figures_thread_, figures_done}, std::pair{&disks_thread_, disks_done}}) {
        if (done) {
            thread->join();
        } else {
            thread->detach();
        }
    }
}

std::unique_ptr<HostMonitor> HostMonitor::start(feed::StatusBoard& board, app::Log& log) {
    open_statgrab();
    const auto make_sources = [](const MissingFigure& missing) {
        auto reader = std::make_shared<HostReader>(missing);
        return Sources{.figures = [reader](proto::HostFigures& figures) { reader->read(figures); },
                       .disks = [missing] { return read_disks(missing); }};
    };
    const auto tell_missing = [&log](std::string_view figure, const std::string& reason) {
        log.debug("host_figure_missing", "a figure of the host cannot be had",
                  {{"figure", figure}, {"reason", std::string_view{reason}}});
    };
    return std::make_unique<HostMonitor>(make_sources, board, tell_missing, Settings{});
}

}  // namespace muxtap::probe
