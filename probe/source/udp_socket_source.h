#pragma once

#include <memory>
#include <span>
#include <string>

#include "probe/flow/stream_selector.h"
#include "probe/source/source.h"

namespace muxtap::probe {

/// Receives the selected streams on UDP sockets, one for each, bound to its address and joined to its group. Needs no
/// privileges. Plain transport stream lands in the open batch by itself (recvmmsg).
class UdpSocketSource : public Source {
public:
    struct Settings {
        std::string device;  ///< interface to join groups on; empty: the kernel's choice
        std::size_t buffer_bytes = std::size_t{64} << 20;
        bool join = true;
    };
    /// `note` gets a line when the kernel allows less buffer than asked for, else it stays empty.
    [[nodiscard]] static Result<std::unique_ptr<Source>> open(std::span<const StreamSelector> selectors,
                                                              const Settings& settings, std::string& note);
};

}  // namespace muxtap::probe
