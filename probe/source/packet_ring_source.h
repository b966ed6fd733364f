#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "probe/source/source.h"

namespace muxtap::probe {

/// Captures from one interface through an AF_PACKET TPACKET_V3 ring shared with the kernel (Linux). Frames are looked
/// at where the kernel put them; nanosecond stamps; merged frames come with their segment size.
class PacketRingSource : public Source {
public:
    struct Settings {
        std::string device;
        std::string filter;  ///< pcap filter expression
        bool promiscuous = true;
        std::size_t buffer_bytes = std::size_t{64} << 20;
        std::chrono::milliseconds block_time_out{5};  ///< longest time a frame waits for its block to fill
        /// Several sources with the same number above 0 share the interface's flows among them by destination.
        unsigned fanout_group = 0;
    };
    [[nodiscard]] static Result<std::unique_ptr<Source>> open(const Settings& settings);
};

}  // namespace muxtap::probe
