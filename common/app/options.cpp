#include "common/app/options.h"

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "common/app/env_file.h"
#include "common/app/near_name.h"
#include "common/app/value_parsers.h"

namespace muxtap::app {
namespace po = boost::program_options;

namespace {

/// The check of one value; the result holds nothing but the verdict.
Result<void> check_value(const OptionSpec& spec, const std::string& text) {
    const auto verdict = [](const auto& parsed) -> Result<void> {
        if (!parsed) return tl::unexpected<Error>(parsed.error());
        return {};
    };
    switch (spec.kind) {
        case OptionKind::boolean: return verdict(parse_boolean(text));
        case OptionKind::integer: return verdict(parse_integer(text, spec.minimum, spec.maximum));
        case OptionKind::decimal:
            return verdict(parse_decimal(text, static_cast<double>(spec.minimum), static_cast<double>(spec.maximum)));
        case OptionKind::duration: return verdict(parse_duration(text, spec.bare_unit));
        case OptionKind::bytes: return verdict(parse_bytes(text));
        case OptionKind::choice:
            for (const std::string& choice : split_names(spec.choices, '|')) {
                if (choice == text) return {};
            }
            return fail("expected one of " + std::string{spec.choices});
        case OptionKind::address: return verdict(parse_listen_address(text));
        case OptionKind::text: return {};
    }
    return {};
}

const OptionSpec* find_spec(const ProgramSpec& program, auto&& matches) {
    for (const auto& table : {program.options, general_options()}) {
        const auto found = std::find_if(table.begin(), table.end(), matches);
        if (found != table.end()) return &*found;
    }
    return nullptr;
}

std::vector<std::string> flag_names(const ProgramSpec& program) {
    std::vector<std::string> names;
    for (const auto& table : {program.options, general_options()}) {
        for (const OptionSpec& spec : table) {
            names.emplace_back(spec.name);
            if (!spec.alias.empty()) names.emplace_back(spec.alias);
        }
    }
    return names;
}

std::string did_you_mean(std::string_view prefix, const std::optional<std::string>& near) {
    return near ? "; did you mean " + std::string{prefix} + *near + "?" : std::string{};
}

void add_to(po::options_description& description, const OptionSpec& spec, std::string_view name) {
    auto* value = po::value<std::vector<std::string>>();
    if (spec.kind == OptionKind::boolean) value->implicit_value({"true"}, "true")->zero_tokens();
    description.add_options()(std::string{name}.c_str(), value);
}

}  // namespace

/// Fills `Options` source by source, weakest first.
class OptionLoader {
public:
    OptionLoader(const ProgramSpec& program, const KnownNames& known) : program_(program), known_(known) {
        for (const auto& table : {program.options, general_options()}) {
            for (const OptionSpec& spec : table) {
                Options::Entry entry{.spec = &spec, .values = {}};
                if (!spec.default_value.empty()) entry.values.emplace_back(spec.default_value);
                options_.entries_.emplace(spec.name, std::move(entry));
            }
        }
    }

    Result<void> read_command_line(int argc, const char* const* argv) {
        po::options_description description;
        for (const auto& table : {program_.options, general_options()}) {
            for (const OptionSpec& spec : table) {
                add_to(description, spec, spec.name);
                if (!spec.alias.empty()) add_to(description, spec, spec.alias);
            }
        }
        po::positional_options_description positional;
        if (!program_.positional.empty()) positional.add(std::string{program_.positional}.c_str(), -1);
        using namespace po::command_line_style;
        try {
            // Words after "--" are never options; a boolean takes its value only as --flag=value.
            const std::vector<std::string> words = rewrite_booleans(argc, argv);
            po::command_line_parser parser(words);
            parser.options(description);
            parser.style(allow_long | long_allow_adjacent | long_allow_next | allow_short | short_allow_next |
                         allow_dash_for_short);
            if (!program_.positional.empty()) parser.positional(positional);
            const po::parsed_options parsed = parser.run();
            std::map<std::string, std::vector<std::string>> given;
            for (const auto& option : parsed.options) {
                if (option.string_key.empty()) {
                    return fail("unexpected word \"" + option.value.at(0) + "\": every argument needs its --flag" +
                                see_help());
                }
                auto& values = given[canonical(option.string_key)];
                values.insert(values.end(), option.value.begin(), option.value.end());
                if (option.value.empty()) values.emplace_back("true");  // a bare flag
            }
            for (auto& [flag, value] : explicit_booleans_) given[flag].push_back(std::move(value));
            for (auto& [name, values] : given) {
                if (auto set = assign(name, std::move(values), Origin::command_line, "--" + name); !set) return set;
            }
        } catch (const po::unknown_option& error) {
            const std::string name = flag_in(error.get_option_name());
            return fail("unknown option --" + name + did_you_mean("--", nearest_name(name, flag_names(program_))) +
                        see_help());
        } catch (const po::error_with_option_name& error) {
            return fail("option --" + flag_in(error.get_option_name()) + " needs a value" + see_help());
        } catch (const po::error& error) {
            return fail(std::string{error.what()} + see_help());
        }
        return {};
    }

    Result<void> read_environment(const char* const* environment) {
        for (; environment != nullptr && *environment != nullptr; ++environment) {
            const std::string_view variable{*environment};
            const auto equals = variable.find('=');
            const std::string name{variable.substr(0, equals)};
            const OptionSpec* spec = by_environment_name(name);
            if (spec == nullptr || equals == std::string_view::npos) continue;
            auto set = assign_text(*spec, variable.substr(equals + 1), Origin::environment, "environment " + name);
            if (!set) return set;
        }
        return {};
    }

    /// `required` when the user named the file.
    Result<void> read_env_file(const std::string& path, bool required) {
        std::ifstream file(path);
        if (!file) {
            if (required) return fail_os("cannot read the environment file \"" + path + "\" (--env-file)", errno);
            return {};
        }
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        const auto assignments = parse_env_file(text);
        if (!assignments) return fail(path + ", " + assignments.error().message);
        for (const EnvAssignment& assignment : *assignments) {
            const std::string where = path + ", line " + std::to_string(assignment.line) + ", " + assignment.name;
            if (const OptionSpec* spec = by_environment_name(assignment.name)) {
                if (auto set = assign_text(*spec, assignment.value, Origin::env_file, where); !set) return set;
            } else if (std::find(known_.begin(), known_.end(), assignment.name) == known_.end()) {
                return fail(path + ", line " + std::to_string(assignment.line) + ": unknown key " + assignment.name +
                            did_you_mean("", nearest_name(assignment.name, known_)));
            }
        }
        return {};
    }

    [[nodiscard]] const Options& current() const noexcept { return options_; }
    [[nodiscard]] Options take() { return std::move(options_); }

private:
    [[nodiscard]] std::string see_help() const { return "; see " + std::string{program_.name} + " --help"; }

    /// The name in `--name` or `--name=value`.
    static std::string flag_in(const std::string& word) {
        const auto start = std::min(word.find_first_not_of('-'), word.size());
        return word.substr(start, word.find('=') - start);
    }

    [[nodiscard]] std::string canonical(const std::string& flag) const {
        const OptionSpec* spec = find_spec(
            program_, [&](const OptionSpec& candidate) { return candidate.name == flag || candidate.alias == flag; });
        return spec == nullptr ? flag : std::string{spec->name};
    }

    [[nodiscard]] const OptionSpec* by_environment_name(std::string_view name) const {
        if (name.empty()) return nullptr;
        return find_spec(program_, [&](const OptionSpec& candidate) { return environment_name(candidate) == name; });
    }

    /// Boost's parser has no boolean that takes an optional value: `--flag=false` is kept for later.
    [[nodiscard]] std::vector<std::string> rewrite_booleans(int argc, const char* const* argv) {
        std::vector<std::string> words;
        for (int i = 1; i < argc; ++i) {
            const std::string word{argv[i]};
            if (word == "--") {
                words.insert(words.end(), argv + i, argv + argc);
                break;
            }
            const auto equals = word.find('=');
            if (word.starts_with("--") && equals != std::string::npos) {
                const std::string flag = canonical(word.substr(2, equals - 2));
                const auto found = options_.entries_.find(flag);
                if (found != options_.entries_.end() && found->second.spec->kind == OptionKind::boolean) {
                    explicit_booleans_.emplace_back(flag, word.substr(equals + 1));
                    continue;
                }
            }
            words.push_back(word);
        }
        return words;
    }

    Result<void> assign_text(const OptionSpec& spec, std::string_view text, Origin origin, const std::string& where) {
        // An empty variable means "not set", as compose files write it.
        if (text.empty()) return {};
        std::vector<std::string> values =
            spec.repeatable ? split_names(text, ',') : std::vector<std::string>{std::string{text}};
        return assign(std::string{spec.name}, std::move(values), origin, where);
    }

    Result<void> assign(const std::string& name, std::vector<std::string> values, Origin origin,
                        const std::string& where) {
        Options::Entry& entry = options_.entries_.at(name);
        if (values.size() > 1 && !entry.spec->repeatable) return fail(where + " was given more than once");
        for (const std::string& value : values) {
            if (auto ok = check_value(*entry.spec, value); !ok) {
                std::string message = where;
                message.append(": \"").append(value).append("\": ").append(ok.error().message);
                return fail(std::move(message));
            }
        }
        entry.values = std::move(values);
        entry.origin = origin;
        return {};
    }

    const ProgramSpec& program_;
    const KnownNames& known_;
    Options options_;
    std::vector<std::pair<std::string, std::string>> explicit_booleans_;
};

Result<Options> load_options(const ProgramSpec& program, const KnownNames& known, int argc, const char* const* argv,
                             const char* const* environment) {
    // The command line is read twice: first it may name the environment file, last it overrides all.
    OptionLoader first(program, known);
    if (auto read = first.read_command_line(argc, argv); !read) return tl::unexpected<Error>(read.error());
    const bool named = first.current().origin("env-file") == Origin::command_line;
    const std::string& path = first.current().text("env-file");

    OptionLoader loader(program, known);
    auto read = loader.read_env_file(path, named);
    if (read) read = loader.read_environment(environment);
    if (read) read = loader.read_command_line(argc, argv);
    if (!read) return tl::unexpected<Error>(read.error());
    return loader.take();
}

std::string_view name_of(Origin origin) noexcept {
    constexpr std::array<std::string_view, 4> names = {"default", ".env file", "environment", "command line"};
    return names[static_cast<std::size_t>(origin)];
}

std::string environment_name(const OptionSpec& spec) {
    if (spec.environment == "-") return {};
    std::string name{spec.environment.empty() ? spec.name : spec.environment};
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
    return name;
}

const Options::Entry& Options::entry(std::string_view name) const {
    const auto found = entries_.find(name);
    if (found == entries_.end()) throw std::logic_error("no such option: " + std::string{name});
    return found->second;
}

bool Options::is_set(std::string_view name) const {
    return !entry(name).values.empty();
}
Origin Options::origin(std::string_view name) const {
    return entry(name).origin;
}

const std::string& Options::text(std::string_view name) const {
    static const std::string none;
    const Entry& found = entry(name);
    return found.values.empty() ? none : found.values.front();
}

const std::vector<std::string>& Options::list(std::string_view name) const {
    return entry(name).values;
}
bool Options::boolean(std::string_view name) const {
    return is_set(name) && parse_boolean(text(name)).value();
}

std::int64_t Options::integer(std::string_view name) const {
    const OptionSpec& spec = *entry(name).spec;
    return parse_integer(text(name), spec.minimum, spec.maximum).value();
}

double Options::decimal(std::string_view name) const {
    const OptionSpec& spec = *entry(name).spec;
    return parse_decimal(text(name), static_cast<double>(spec.minimum), static_cast<double>(spec.maximum)).value();
}

std::chrono::nanoseconds Options::duration(std::string_view name) const {
    return parse_duration(text(name), entry(name).spec->bare_unit).value();
}

std::uint64_t Options::bytes(std::string_view name) const {
    return parse_bytes(text(name)).value();
}

std::span<const OptionSpec> general_options() noexcept {
    static constexpr std::array<OptionSpec, 5> options = {{
        {.name = "metrics-port",
         .group = "General",
         .kind = OptionKind::address,
         .value_name = "[ADDRESS:]PORT",
         .default_value = {},
         .help =
             "answer /metrics (Prometheus), /livez and /readyz there, for the program itself; without ADDRESS on all "
             "IPv4 addresses; no two programs of a host can share a port"},
        {.name = "help",
         .group = "General",
         .kind = OptionKind::boolean,
         .value_name = {},
         .default_value = {},
         .help = "print this help",
         .environment = "-"},
        {.name = "version",
         .group = "General",
         .kind = OptionKind::boolean,
         .value_name = {},
         .default_value = {},
         .help = "print the version",
         .environment = "-"},
        {.name = "print-config",
         .group = "General",
         .kind = OptionKind::boolean,
         .value_name = {},
         .default_value = {},
         .help = "print the effective values and where each comes from, then exit",
         .environment = "-"},
        {.name = "env-file",
         .group = "General",
         .kind = OptionKind::text,
         .value_name = "FILE",
         .default_value = ".env",
         .help = "file with NAME=value lines, read when it exists",
         .environment = "-"},
    }};
    return options;
}

}  // namespace muxtap::app
