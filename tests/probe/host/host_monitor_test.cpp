#include "probe/host/host_monitor.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

namespace muxtap::probe {
namespace {

/// Longest wait for anything in these tests: only a failure takes that long.
constexpr std::chrono::seconds time_limit{20};

HostMonitor::Settings fast_settings() {
    return {.first = std::chrono::milliseconds{1},
            .interval = std::chrono::milliseconds{1},
            .disk_interval = std::chrono::milliseconds{1},
            .disk_age = std::chrono::hours{1},
            .patience = std::chrono::seconds{20}};
}

/// Where a source hangs until it is let go.
class Gate {
public:
    void wait() {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
        ++passed_;
        changed_.notify_all();
    }
    void open() {
        const std::scoped_lock lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    [[nodiscard]] bool somebody_waits() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time_limit, [this] { return waiting_ > 0; });
    }
    [[nodiscard]] bool somebody_passed() {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, time_limit, [this] { return passed_ > 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
    int waiting_ = 0;
    int passed_ = 0;
};

void ignore_missing(std::string_view /*figure*/, const std::string& /*reason*/) {}

template <typename Condition>
std::shared_ptr<const proto::HostFigures> wait_for_figures(const feed::StatusBoard& board, const Condition& condition) {
    const SteadyTime deadline = steady_now() + time_limit;
    while (steady_now() < deadline) {
        const auto figures = board.host();
        if (figures != nullptr && condition(*figures)) return figures;
        std::this_thread::yield();
    }
    return nullptr;
}

/// Figures with a number that grows with each call.
auto counting_figures() {
    return [count = std::uint32_t{0}](proto::HostFigures& figures) mutable { figures.process_count = count++; };
}

std::vector<proto::HostDisk> one_disk() {
    return {{"/dev/sda1", "/", 1000, 10, false}};
}

TEST_CASE("figures come again and again with the disks, and the first of all, without shares, is kept back") {
    feed::StatusBoard board(1);
    const auto sources = [](const MissingFigure&) {
        return HostMonitor::Sources{.figures = counting_figures(), .disks = one_disk};
    };
    const HostMonitor monitor(sources, board, ignore_missing, fast_settings());
    const auto first = wait_for_figures(board, [](const auto&) { return true; });
    REQUIRE(first != nullptr);
    CHECK(first->process_count >= 1);
    CHECK(wait_for_figures(board, [](const auto& figures) {
              return figures.process_count > 10 && figures.disks == one_disk();
          }) != nullptr);
}

TEST_CASE("a disk that hangs holds up nothing but the disks, not even the end") {
    feed::StatusBoard board(1);
    const auto gate = std::make_shared<Gate>();
    const auto sources = [gate](const MissingFigure& missing) {
        return HostMonitor::Sources{.figures = counting_figures(), .disks = [gate, missing] {
                                        gate->wait();
                                        missing("disks", "told too late");
                                        return one_disk();
                                    }};
    };
    std::atomic<int> told{0};
    HostMonitor::Settings settings = fast_settings();
    settings.patience = std::chrono::milliseconds{1};
    {
        const HostMonitor monitor(
            sources, board, [&](std::string_view, const std::string&) { ++told; }, settings);
        REQUIRE(gate->somebody_waits());
        const auto figures = wait_for_figures(board, [](const auto& newest) { return newest.process_count > 10; });
        REQUIRE(figures != nullptr);
        CHECK(figures->disks.empty());
    }
    const auto last = board.host();
    gate->open();
    CHECK(gate->somebody_passed());
    CHECK(board.host() == last);
    CHECK(told == 0);
}

TEST_CASE("disks that were looked at too long ago are not told any more") {
    feed::StatusBoard board(1);
    const auto gate = std::make_shared<Gate>();
    const auto hanging = std::make_shared<std::atomic<bool>>(false);
    const auto sources = [gate, hanging](const MissingFigure&) {
        return HostMonitor::Sources{.figures = counting_figures(), .disks = [gate, hanging] {
                                        if (*hanging) gate->wait();
                                        return one_disk();
                                    }};
    };
    HostMonitor::Settings settings = fast_settings();
    settings.disk_age = std::chrono::milliseconds{100};
    {
        const HostMonitor monitor(sources, board, ignore_missing, settings);
        CHECK(wait_for_figures(board, [](const auto& figures) { return !figures.disks.empty(); }) != nullptr);
        *hanging = true;
        REQUIRE(gate->somebody_waits());
        CHECK(wait_for_figures(board, [](const auto& figures) { return figures.disks.empty(); }) != nullptr);
        gate->open();
        CHECK(wait_for_figures(board, [](const auto& figures) { return !figures.disks.empty(); }) != nullptr);
    }
}

TEST_CASE("a figure that is missing is told once, another one too, and what throws ends nothing") {
    feed::StatusBoard board(1);
    const auto sources = [](const MissingFigure& missing) {
        return HostMonitor::Sources{.figures =
                                        [missing, calls = 0](proto::HostFigures& figures) mutable {
                                            missing("load", "no /proc/loadavg");
                                            if (++calls % 2 == 0) throw std::runtime_error("out of luck");
                                            figures.process_count = static_cast<std::uint32_t>(calls);
                                        },
                                    .disks = one_disk};
    };
    std::mutex mutex;
    std::vector<std::string> told;
    const auto tell = [&](std::string_view figure, const std::string& reason) {
        const std::scoped_lock lock(mutex);
        told.push_back(std::string{figure} + ": " + reason);
    };
    {
        const HostMonitor monitor(sources, board, tell, fast_settings());
        CHECK(wait_for_figures(board, [](const auto& figures) { return figures.process_count > 20; }) != nullptr);
    }
    CHECK(told == std::vector<std::string>{"load: no /proc/loadavg", "figures: out of luck"});
}

}  // namespace
}  // namespace muxtap::probe
