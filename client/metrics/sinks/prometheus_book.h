#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "client/metrics/records/record.h"
#include "client/metrics/sinks/prometheus_series.h"
#include "common/base/clock.h"
#include "common/counters/exposition.h"

namespace muxtap::metrics {

/// What is kept of every stream and probe for the next scrape: the newest record, and what counters had reached before
/// they began anew, so that none ever falls. Used by one thread at a time.
class PrometheusBook {
public:
    /// A stream that has ended, or of which no record came for so long, leaves the exposition.
    static constexpr std::chrono::minutes leaves_after{5};
    /// Streams that have left and are remembered, in case they come back.
    static constexpr std::size_t most_remembered = 256;

    explicit PrometheusBook(std::size_t pids) : most_pids_(pids) {}

    void take(const RecordPtr& record, SteadyTime now);
    /// Forgets streams that left long ago.
    void tidy(SteadyTime now);

    /// The series of all streams, probes and the worker. `now` decides who has left.
    void put_all(Exposition& out, SteadyTime now) const;

private:
    struct StreamEntry {
        std::string probe_label;
        std::string stream_label;
        RecordPtr record;  ///< newest of an interval; null when there were only events
        SteadyTime heard{};
        SteadyTime ended{};  ///< when it was first said to have ended, 0 while it has not
        std::uint64_t epoch = 0;
        proto::Totals captured;         ///< of this epoch
        proto::Totals captured_before;  ///< of earlier ones together
        Losses losses_before;
        counters::CarriedCounters carried;
        PidChoice pids;
        std::map<std::string, std::uint64_t> events;
    };
    static constexpr std::size_t interface_counters = 6;
    struct InterfaceEntry {
        std::array<std::uint64_t, interface_counters> last{};
        std::array<std::uint64_t, interface_counters> before{};
    };
    struct HostEntry {
        std::shared_ptr<const proto::HostFigures> host;
        std::map<std::string, InterfaceEntry> interfaces;
    };
    using Name = std::pair<std::string, std::string>;

    StreamEntry& entry_of(const client::RecordIdentity& identity);
    void take_interval(const RecordPtr& record, SteadyTime now);
    void take_host(const std::string& probe, const std::shared_ptr<const proto::HostFigures>& host);
    [[nodiscard]] static bool is_shown(const StreamEntry& entry, SteadyTime now);
    static void put_stream(const StreamEntry& entry, Exposition& out);
    static void put_interfaces(const HostEntry& entry, Exposition& out);

    std::size_t most_pids_;
    std::map<Name, StreamEntry> streams_;
    std::set<Name> labels_;  ///< in use: two names may look the same as labels
    std::map<std::string, HostEntry> hosts_;
    RecordPtr newest_;
};

}  // namespace muxtap::metrics
