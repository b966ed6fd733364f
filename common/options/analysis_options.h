#pragma once

#include <array>

#include "common/app/option_spec.h"

namespace muxtap::options {

/// A time-out of TR 101 290; a bare number is in milliseconds.
[[nodiscard]] constexpr app::OptionSpec limit(std::string_view name, std::string_view default_value,
                                              std::string_view help) {
    return {.name = name,
            .group = "Limits of TR 101 290",
            .kind = app::OptionKind::duration,
            .value_name = "TIME",
            .default_value = default_value,
            .help = help};
}

/// The limits that every program with an analyzer has.
inline constexpr auto limit_options = std::to_array<app::OptionSpec>({
    limit("pat-timeout", "500ms", "1.3: longest time between sections of the PAT"),
    limit("pmt-timeout", "500ms", "1.5: longest time between sections of a PMT"),
    limit("pid-timeout", "5s", "1.6: longest time without a video or audio PID that a PMT lists"),
    limit("pcr-repetition", "100ms", "2.3a: longest time between two PCRs"),
    limit("pcr-discontinuity", "100ms", "2.3b: largest step of a PCR"),
    limit("pcr-accuracy", "500ns", "2.4: largest error of a PCR, either way"),
    limit("pts-timeout", "700ms", "2.5: longest time between two PTS"),
    limit("nit-actual-timeout", "10s", "3.1.a: longest time between NIT sections of this network"),
    limit("nit-other-timeout", "10s", "3.1.b: the same of another network"),
    limit("sdt-actual-timeout", "2s", "3.5.a: longest time between SDT sections of this stream"),
    limit("sdt-other-timeout", "10s", "3.5.b: the same of another stream"),
    limit("eit-actual-timeout", "2s", "3.6.a: longest time between EIT present/following sections of this stream"),
    limit("eit-other-timeout", "10s", "3.6.b: the same of another stream"),
    limit("tdt-timeout", "30s", "3.8: longest time between two TDT"),
    limit("section-gap", "25ms", "3.1 to 3.8: shortest time between two sections of a table"),
    limit("unreferenced-timeout", "500ms", "3.4: longest time that a PID may be in no table"),
});

}  // namespace muxtap::options
