#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "probe/source/source.h"

namespace muxtap::probe {

/// Captures from one interface, or from all with "any", through libpcap: the portable way.
class PcapLiveSource : public Source {
public:
    struct Settings {
        std::string device;
        std::string filter;  ///< pcap filter expression
        bool promiscuous = true;
        bool immediate = false;
        std::size_t buffer_bytes = std::size_t{64} << 20;
        int snap_length = 65535;
        std::chrono::milliseconds read_time_out{5};
    };
    [[nodiscard]] static Result<std::unique_ptr<Source>> open(const Settings& settings);
};

}  // namespace muxtap::probe
