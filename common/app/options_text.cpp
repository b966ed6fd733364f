#include <algorithm>
#include <sstream>

#include "common/app/options.h"

namespace muxtap::app {
namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t help_column = 34;
constexpr std::string_view general = "General";

/// `text` broken at spaces outside of brackets, each line after the first indented by `indent`.
std::string wrap(std::string_view text, std::size_t indent, std::string_view line_start = {}) {
    std::string out;
    std::size_t column = indent;
    std::istringstream words{std::string{text}};
    for (std::string word; words >> word;) {
        for (std::string next; word.starts_with('[') && word.find(']') == std::string::npos && words >> next;)
            word += " " + next;
        if (column != indent && column + 1 + word.size() > line_width) {
            out.append("\n").append(line_start).append(indent - line_start.size(), ' ');
            column = indent;
        } else if (column != indent) {
            out.push_back(' ');
            ++column;
        }
        out += word;
        column += word.size();
    }
    return out;
}

std::string placeholder(const OptionSpec& spec) {
    if (spec.kind == OptionKind::boolean) return spec.default_value == "true" ? "[=false]" : "";
    return " " + std::string{spec.kind == OptionKind::choice ? spec.choices : spec.value_name};
}

std::string described(const OptionSpec& spec) {
    std::string text{spec.help};
    if (spec.repeatable) text += " (repeatable)";
    if (!spec.default_value.empty()) text += " [default: " + std::string{spec.default_value} + "]";
    if (const std::string name = environment_name(spec); !name.empty()) text += " {" + name + "}";
    return text;
}

std::vector<std::string_view> groups_of(const ProgramSpec& program) {
    std::vector<std::string_view> groups;
    for (const OptionSpec& spec : program.options) {
        if (std::find(groups.begin(), groups.end(), spec.group) == groups.end()) groups.push_back(spec.group);
    }
    return groups;
}

void print_group(std::string& out, std::string_view heading, std::span<const OptionSpec> options) {
    out.append("\n").append(heading).append(":\n");
    for (const OptionSpec& spec : options) {
        if (spec.group != heading) continue;
        std::string flag = "  --" + std::string{spec.name} + placeholder(spec);
        if (!spec.alias.empty()) flag += ", --" + std::string{spec.alias};
        if (flag.size() + 2 > help_column) {
            out.append(flag).append("\n").append(help_column, ' ');
        } else {
            out.append(flag).append(help_column - flag.size(), ' ');
        }
        out.append(wrap(described(spec), help_column)).append("\n");
    }
}

void print_assignments(std::string& out, std::string_view group, std::span<const OptionSpec> options) {
    for (const OptionSpec& spec : options) {
        const std::string name = environment_name(spec);
        if (spec.group != group || name.empty()) continue;
        std::string text{spec.help};
        if (!spec.choices.empty()) text += " (" + std::string{spec.choices} + ")";
        if (spec.repeatable) text += " (several: comma-separated)";
        out.append("# ").append(wrap(text, 2, "# ")).append("\n");
        out.append("#").append(name).append("=").append(spec.default_value).append("\n");
    }
}

}  // namespace

std::string format_help(const ProgramSpec& program) {
    std::string out = wrap(std::string{program.name} + ": " + std::string{program.summary}, 0);
    out.append("\n\nUsage: ").append(program.name).append(" ");
    out.append(program.usage).append("\n");
    for (const std::string_view group : groups_of(program)) print_group(out, group, program.options);
    print_group(out, general, general_options());
    out +=
        "\nNames in {} are read from the environment and from the .env file. The command line wins over the\n"
        "environment, the environment over the .env file.\n";
    if (!program.examples.empty()) out.append("\nExamples:\n").append(program.examples);
    return out;
}

std::string format_config(const ProgramSpec& program, const Options& options) {
    std::string out = "# " + std::string{program.name} + " " + MUXTAP_VERSION + ": effective values\n";
    for (const auto& table : {program.options, general_options()}) {
        for (const OptionSpec& spec : table) {
            const std::string variable = environment_name(spec);
            if (variable.empty() && spec.group == general) continue;  // what asks for this, and the like
            const Options::Entry& entry = options.entries_.at(std::string{spec.name});
            std::string line = variable.empty() ? std::string{spec.name} : variable;
            line += "=";
            for (std::size_t i = 0; i < entry.values.size(); ++i)
                line.append(i == 0 ? "" : ",").append(entry.values[i]);
            constexpr std::size_t origin_column = 48;
            line.append(line.size() < origin_column ? origin_column - line.size() : 1, ' ');
            out.append(line).append("# ").append(entry.values.empty() ? "not set" : name_of(entry.origin)).append("\n");
        }
    }
    return out;
}

std::string format_env_example(const ProgramSpec& program) {
    std::string out;
    for (const std::string_view group : groups_of(program)) {
        out.append("\n# --- ").append(program.name).append(": ").append(group).append("\n");
        print_assignments(out, group, program.options);
    }
    return out;
}

std::string format_general_env_example() {
    std::string out = "\n# --- every program\n";
    print_assignments(out, general, general_options());
    return out;
}

}  // namespace muxtap::app
