#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/delivery/sink.h"
#include "common/app/log.h"
#include "common/base/result.h"

namespace muxtap::delivery {

/// Stops the queues of all sinks and waits until each has sent what it can, for at most about `patience`; logs what
/// each has done. The error says what was lost.
template <typename Queue>
[[nodiscard]] Result<void> finish_sinks(const std::vector<std::unique_ptr<Queue>>& sinks,
                                        std::chrono::milliseconds patience, app::Log& log) {
    for (const auto& sink : sinks) sink->stop(patience);
    std::uint64_t lost = 0;
    std::string where;
    for (const auto& sink : sinks) {
        sink->join();
        const SinkFigures figures = sink->figures();
        log.info("sink_totals", figures.name + ": " + std::to_string(figures.delivered) + " records delivered",
                 {{"sink", std::string_view{figures.name}},
                  {"delivered", figures.delivered},
                  {"dropped", figures.dropped},
                  {"waiting", figures.waiting}});
        if (sink->closed()) continue;  // not lost: nobody wanted them
        if (figures.dropped > 0) where += (where.empty() ? "" : ", ") + figures.name;
        lost += figures.dropped;
    }
    if (lost > 0) return fail(std::to_string(lost) + " records were lost: " + where + " could not take them");
    return {};
}

}  // namespace muxtap::delivery
