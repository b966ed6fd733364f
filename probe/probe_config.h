#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/app/options.h"
#include "common/base/result.h"
#include "common/feed/publisher.h"
#include "probe/flow/flow_table.h"
#include "probe/source/file_source.h"

namespace muxtap::probe {

enum class CaptureMethod : unsigned char { automatic, packet_ring, pcap, socket };

/// The effective settings of a probe, checked.
struct ProbeConfig {
    std::string input;  ///< file name; empty: a network
    FilePace pace = FilePace::fast;
    std::string device;  ///< empty: to be chosen
    bool use_wireless = false;
    CaptureMethod method = CaptureMethod::automatic;
    unsigned capture_threads = 1;
    bool promiscuous = true;
    bool immediate = false;
    std::size_t buffer_bytes = 0;
    int snap_length = 0;
    std::chrono::milliseconds read_time_out{0};
    std::string pcap_filter;
    bool join = true;
    std::string user;

    FlowTable::Settings flows;
    std::string file_stream_name;  ///< of a stream file; empty: after the file
    feed::Publisher::Settings publisher;
    std::size_t wait_subscribers = 0;
    std::chrono::milliseconds linger{0};
    bool linger_given = false;
    bool host_figures = true;

    std::chrono::nanoseconds duration{0};  ///< 0: for ever
    bool silent = false;
    bool progress = true;
    bool pcap_stats = false;
    bool dump_packets = false;
    std::chrono::milliseconds log_interval{0};
};

/// Turns options into settings. The error names the option that is wrong.
[[nodiscard]] Result<ProbeConfig> make_config(const app::Options& options);

}  // namespace muxtap::probe
