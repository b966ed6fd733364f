#pragma once

#include <array>

#include "common/app/option_spec.h"

namespace muxtap::options {

/// The options by which a worker finds its probes and streams. `stream_help` says what is done with the streams,
/// `buffer_help` what the buffer is for.
[[nodiscard]] constexpr std::array<app::OptionSpec, 7> feed_options(std::string_view stream_help,
                                                                    std::string_view stream_environment,
                                                                    std::string_view buffer_help) {
    using enum app::OptionKind;
    constexpr std::string_view feed = "Feed";
    return {{
        {.name = "connect",
         .group = feed,
         .kind = text,
         .value_name = "ENDPOINT",
         .default_value = {},
         .help = "probe to connect to, such as tcp://10.0.0.5:5556 or ipc:///run/muxtap.sock; default: --target-ip and "
                 "--target-port",
         .repeatable = true},
        {.name = "target-ip",
         .group = feed,
         .kind = text,
         .value_name = "ADDRESS",
         .default_value = "127.0.0.1",
         .help = "address of the probe"},
        {.name = "target-port",
         .group = feed,
         .kind = integer,
         .value_name = "PORT",
         .default_value = "5556",
         .help = "TCP port of the probe",
         .minimum = 1,
         .maximum = 65535},
        {.name = "ipc-path",
         .group = feed,
         .kind = text,
         .value_name = "PATH",
         .default_value = {},
         .help = "local socket of the probe, instead of its address and port"},
        {.name = "stream",
         .group = feed,
         .kind = text,
         .value_name = "NAME",
         .default_value = {},
         .help = stream_help,
         .repeatable = true,
         .environment = stream_environment},
        {.name = "receive-buffer",
         .group = feed,
         .kind = bytes,
         .value_name = "BYTES",
         .default_value = "64M",
         .help = buffer_help},
        {.name = "silence",
         .group = feed,
         .kind = duration,
         .value_name = "TIME",
         .default_value = "3s",
         .help = "say so when a stream or a probe has been silent for this long; a bare number is in seconds",
         .bare_unit = "s"},
    }};
}

/// Two tables of options as one.
template <std::size_t first_count, std::size_t second_count>
[[nodiscard]] constexpr auto join(const std::array<app::OptionSpec, first_count>& first,
                                  const std::array<app::OptionSpec, second_count>& second) {
    std::array<app::OptionSpec, first_count + second_count> all{};
    for (std::size_t i = 0; i < first_count; ++i) all[i] = first[i];
    for (std::size_t i = 0; i < second_count; ++i) all[first_count + i] = second[i];
    return all;
}

}  // namespace muxtap::options
