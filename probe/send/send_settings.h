#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "common/app/options.h"
#include "common/base/result.h"
#include "probe/send/fault_plan.h"
#include "probe/send/playout.h"
#include "probe/send/sent_log.h"
#include "probe/send/transmitter.h"

namespace muxtap::send {

/// What a run was asked to do, from its options.
struct SendSettings {
    std::string input;
    std::vector<std::string> destinations;  ///< as given, for `parse_destinations`
    std::string interface_name;             ///< that multicast leaves by; empty: as the routes say
    std::optional<std::uint64_t> bitrate;   ///< bits of transport stream per second
    std::optional<ts::Pid> pcr_pid;
    Playout::Settings playout;
    Transmitter::Settings transmitter;
    SentLog::Settings sent_log;
};

/// Reads the texts alone: addresses and interfaces are looked up later. The error names the option.
[[nodiscard]] Result<SendSettings> read_settings(const app::Options& options);

}  // namespace muxtap::send
