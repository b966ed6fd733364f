#pragma once

#include <memory>
#include <vector>

#include "client/metrics/metrics_config.h"
#include "client/metrics/sink_queue.h"
#include "common/app/log.h"
#include "common/service/health.h"

namespace muxtap::metrics {

/// Checks what can be known of the sinks without opening them: the error is one of usage.
[[nodiscard]] Result<void> check_sinks(const MetricsConfig& config);

/// Opens every sink that was asked for. The health is for those that answer health checks, and outlives the sinks.
[[nodiscard]] Result<std::vector<std::unique_ptr<SinkQueue>>> open_sinks(const MetricsConfig& config, app::Log& log,
                                                                         const service::Health& health);

}  // namespace muxtap::metrics
