#pragma once

#include <memory>
#include <string>
#include <vector>

#include "probe/probe_config.h"
#include "probe/source/group_membership.h"
#include "probe/source/source.h"

namespace muxtap::probe {

/// A probe's opened input.
struct OpenedSources {
    std::vector<std::unique_ptr<Source>> sources;  ///< one for each capture thread
    GroupMemberships memberships;                  ///< left when this goes
    std::string description;                       ///< "eth0 (afpacket)", for the log and the streams' descriptions
    std::string interface;                         ///< "eth0", or the file's name
    bool is_stream_file = false;                   ///< one bare stream without network frames
    std::vector<std::string> notes;                ///< lines for the operator
};

/// Opens what the settings ask for: file, sockets, or a live capture with its group memberships.
[[nodiscard]] Result<OpenedSources> open_sources(const ProbeConfig& config);

}  // namespace muxtap::probe
