#pragma once

namespace muxtap::metrics {

inline constexpr const char* metrics_record_name = "muxtap.metrics/1";
inline constexpr const char* rsprobe_record_name = "rsprobe";

}  // namespace muxtap::metrics
