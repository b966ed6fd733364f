#pragma once

#include <array>

#include "common/app/option_spec.h"

namespace muxtap::options {

inline constexpr std::string_view worker_group = "Output and limits";

/// How the workers that make records end and log.
inline constexpr auto worker_options = std::to_array<app::OptionSpec>({
    {.name = "exit-on-end",
     .group = worker_group,
     .kind = app::OptionKind::boolean,
     .value_name = {},
     .default_value = "false",
     .help = "end when the probe says that every stream has ended"},
    {.name = "silent",
     .group = worker_group,
     .kind = app::OptionKind::boolean,
     .value_name = {},
     .default_value = "false",
     .help = "print only warnings and errors"},
    {.name = "log-format",
     .group = worker_group,
     .kind = app::OptionKind::choice,
     .value_name = {},
     .default_value = "text",
     .help = "log lines for people or one JSON object per line",
     .choices = "text|json"},
    {.name = "debug",
     .group = worker_group,
     .kind = app::OptionKind::boolean,
     .value_name = {},
     .default_value = "false",
     .help = "log more"},
});

}  // namespace muxtap::options
