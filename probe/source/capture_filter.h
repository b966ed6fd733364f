#pragma once

#include <linux/filter.h>

#include <span>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "probe/flow/stream_selector.h"

namespace muxtap::probe {

/// The pcap filter expression for these streams: their datagrams, the later fragments of them that carry no port, and
/// frames with a second VLAN tag, which a filter cannot look into. With many streams, or when every flow is wanted,
/// all UDP: sorting out is cheaper in the flow table than in a long filter.
[[nodiscard]] std::string filter_expression(std::span<const StreamSelector> selectors, bool every_flow);

/// Compiles an expression for Ethernet frames of up to `snap_length` bytes, without a device. The error names the
/// expression and libpcap's reason.
[[nodiscard]] Result<std::vector<sock_filter>> compile_filter(const std::string& expression, int snap_length);

}  // namespace muxtap::probe
