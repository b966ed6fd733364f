#pragma once

#include "common/app/option_spec.h"
#include "common/app/options.h"

namespace muxtap::app {

/// Exit codes of every program.
inline constexpr int exit_ok = 0;
inline constexpr int exit_failure = 1;  ///< something failed at run time
inline constexpr int exit_usage = 2;    ///< the command line, environment or .env file is wrong

/// Prints `program: message` on stderr and returns `code`, for `return` from main.
int print_failure(const ProgramSpec& program, std::string_view message, int code);

/// Loads the options and answers --help, --version and --print-config. Calls `run` with the options; exceptions that
/// reach here (none should) are printed, never thrown on.
int run_program(const ProgramSpec& program, const KnownNames& known, int argc, const char* const* argv,
                int (*run)(const Options&));

}  // namespace muxtap::app
