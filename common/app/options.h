#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/app/option_spec.h"
#include "common/base/result.h"

namespace muxtap::app {

/// Where an effective value came from, strongest last.
enum class Origin : std::uint8_t { default_value, env_file, environment, command_line };
[[nodiscard]] std::string_view name_of(Origin origin) noexcept;

/// The effective values of one program's options: command line > environment > `.env` file > default.
/// All values have been checked against their kinds, so the getters cannot fail; asking for an option the program
/// does not have, or for the wrong kind, is a programming error and terminates.
class Options {
public:
    [[nodiscard]] bool is_set(std::string_view name) const;  ///< given, or has a default
    [[nodiscard]] Origin origin(std::string_view name) const;
    [[nodiscard]] const std::string& text(std::string_view name) const;  ///< empty when not set
    [[nodiscard]] const std::vector<std::string>& list(std::string_view name) const;
    [[nodiscard]] bool boolean(std::string_view name) const;  ///< false when not set
    [[nodiscard]] std::int64_t integer(std::string_view name) const;
    [[nodiscard]] double decimal(std::string_view name) const;
    [[nodiscard]] std::chrono::nanoseconds duration(std::string_view name) const;
    [[nodiscard]] std::uint64_t bytes(std::string_view name) const;

private:
    friend class OptionLoader;
    struct Entry {
        const OptionSpec* spec = nullptr;
        std::vector<std::string> values;
        Origin origin = Origin::default_value;
    };
    [[nodiscard]] const Entry& entry(std::string_view name) const;
    std::map<std::string, Entry, std::less<>> entries_;
    friend std::string format_config(const ProgramSpec& program, const Options& options);
};

/// Every option name of every muxtap program as it may stand in a `.env` file that all of them share.
using KnownNames = std::vector<std::string>;

/// Reads a program's options. `environment` is the process environment (NAME=value, ended by nullptr) and `known`
/// what else may stand in the shared `.env` file. The error names the option, where it was given, and a near name.
[[nodiscard]] Result<Options> load_options(const ProgramSpec& program, const KnownNames& known, int argc,
                                           const char* const* argv, const char* const* environment);

/// `--help`, `--print-config` and one program's part of `.env.example`.
[[nodiscard]] std::string format_help(const ProgramSpec& program);
[[nodiscard]] std::string format_config(const ProgramSpec& program, const Options& options);
[[nodiscard]] std::string format_env_example(const ProgramSpec& program);
/// The part of `.env.example` that is of every program.
[[nodiscard]] std::string format_general_env_example();

/// Options of every program: metrics-port, help, version, print-config, env-file.
[[nodiscard]] std::span<const OptionSpec> general_options() noexcept;

}  // namespace muxtap::app
