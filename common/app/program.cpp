#include "common/app/program.h"

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <string>

namespace muxtap::app {
namespace {

void print(std::FILE* stream, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stream);
}

int load_and_run(const ProgramSpec& program, const KnownNames& known, int argc, const char* const* argv,
                 int (*run)(const Options&)) {
    const auto options = load_options(program, known, argc, argv, environ);
    if (!options) return print_failure(program, options.error().message, exit_usage);
    if (options->boolean("help")) {
        print(stdout, format_help(program));
        return exit_ok;
    }
    if (options->boolean("version")) {
        print(stdout, std::string{program.name} + " " + MUXTAP_VERSION + "\n");
        return exit_ok;
    }
    if (options->boolean("print-config")) {
        print(stdout, format_config(program, *options));
        return exit_ok;
    }
    return run(*options);
}

}  // namespace

int print_failure(const ProgramSpec& program, std::string_view message, int code) {
    print(stderr, std::string{program.name} + ": " + std::string{message} + "\n");
    return code;
}

int run_program(const ProgramSpec& program, const KnownNames& known, int argc, const char* const* argv,
                int (*run)(const Options&)) {
    try {
        return load_and_run(program, known, argc, argv, run);
    } catch (const std::exception& error) {
        return print_failure(program, std::string{"internal error: "} + error.what(), exit_failure);
    }
}

}  // namespace muxtap::app
