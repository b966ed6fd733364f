#pragma once

#include <string>

#include "common/app/option_spec.h"

/// Documents of a program that are made from its option table, so that they never say anything else than --help does.
namespace muxtap::documents {

/// The man page in section 1, as roff for groff's or mandoc's `man` macros. ASCII only.
[[nodiscard]] std::string man_page(const app::ProgramSpec& program);

/// The completion of the program's command line, to be read by bash 4.4 or later; needs nothing of bash-completion.
[[nodiscard]] std::string bash_completion(const app::ProgramSpec& program);

/// The settings of the program as a service, each a comment: for systemd's EnvironmentFile.
[[nodiscard]] std::string settings_file(const app::ProgramSpec& program);

/// The option reference of all programs: docs/options.md. Each option has the anchor `PROGRAM--OPTION`.
[[nodiscard]] std::string option_reference();

}  // namespace muxtap::documents
