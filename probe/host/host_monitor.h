#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "common/app/log.h"
#include "common/feed/status_board.h"
#include "probe/host/missing_figure.h"

namespace muxtap::probe {

/// Puts the figures of this host on the status board once a second. Two threads of its own, apart from capturing and
/// publishing: one reads what the kernel answers at once; the other reads the disks, where a failing one may hang for
/// as long as it likes. Then the disks are left out, the rest goes on, and the end of the program does not wait: that
/// is why the threads are started here and not by main, as only they may be left behind.
class HostMonitor {
public:
    struct Settings {
        std::chrono::milliseconds first{500};  ///< until the first figures: an interval to take shares over
        std::chrono::milliseconds interval{1000};
        std::chrono::milliseconds disk_interval{5000};
        std::chrono::milliseconds disk_age{15000};  ///< disks that were looked at longer ago are not told
        std::chrono::milliseconds patience{200};    ///< at the end, for a thread that hangs
    };

    /// Where figures come from. Each function is called by one thread, may throw, and may outlive the monitor when it
    /// hangs: it owns what it uses.
    struct Sources {
        std::function<void(proto::HostFigures&)> figures;  ///< all but the disks; the first call is not published
        std::function<std::vector<proto::HostDisk>()> disks;
    };
    using MakeSources = std::function<Sources(const MissingFigure&)>;

    /// `tell_missing` is called once for each figure that cannot be had, by any thread. The board outlives the monitor.
    HostMonitor(const MakeSources& make_sources, feed::StatusBoard& board, MissingFigure tell_missing,
                const Settings& settings);
    /// Nothing is put on the board or told after this.
    ~HostMonitor();
    HostMonitor(const HostMonitor&) = delete;
    HostMonitor& operator=(const HostMonitor&) = delete;

    /// Of the real host. What is missing is logged as debug. Board and log outlive the monitor.
    [[nodiscard]] static std::unique_ptr<HostMonitor> start(feed::StatusBoard& board, app::Log& log);

private:
    struct Shared;
    static void watch_figures(Shared& shared);
    static void watch_disks(Shared& shared);

    std::shared_ptr<Shared> shared_;
    std::thread figures_thread_;
    std::thread disks_thread_;
};

}  // namespace muxtap::probe
