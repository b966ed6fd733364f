#include <algorithm>
#include <map>

#include "common/app/options.h"
#include "common/documents/documents.h"
#include "common/documents/option_facts.h"

namespace muxtap::documents {
namespace {

/// Finds out which value is being typed; the rest is made from the table. Bash splits the line at =.
constexpr std::string_view beginning = R"(    local current=${COMP_WORDS[COMP_CWORD]} flag="" assigned=""
    COMPREPLY=()
    if [[ $current == = ]]; then
        flag=${COMP_WORDS[COMP_CWORD - 1]} current="" assigned=yes
    elif [[ $COMP_CWORD -ge 2 && ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
        flag=${COMP_WORDS[COMP_CWORD - 2]} assigned=yes
    else
        flag=${COMP_WORDS[COMP_CWORD - 1]}
    fi
    case $flag in
)";

constexpr std::string_view words_action = "mapfile -t COMPREPLY < <(compgen -W '";

std::string words_of(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out.append(out.empty() ? "" : " ").append(word);
    return out;
}

std::string from_words(const std::vector<std::string>& words) {
    return std::string{words_action} + words_of(words) + "' -- \"$current\")";
}

/// What answers for an option whose value is being typed.
std::string action_of(const OptionFacts& facts) {
    switch (facts.source) {
        case ValueSource::words: return from_words(facts.words);
        case ValueSource::files:
            return "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")";
        case ValueSource::folders:
            return "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- \"$current\")";
        case ValueSource::devices:
            return "mapfile -t COMPREPLY < <(compgen -W \"$(command ls /sys/class/net 2>/dev/null)\" -- \"$current\")";
        case ValueSource::users: return "mapfile -t COMPREPLY < <(compgen -u -- \"$current\")";
        case ValueSource::nothing: break;
    }
    return "";
}

std::vector<std::string> flags_of(const app::OptionSpec& spec) {
    std::vector<std::string> flags{"--" + std::string{spec.name}};
    if (!spec.alias.empty()) flags.push_back("--" + std::string{spec.alias});
    return flags;
}

}  // namespace

std::string bash_completion(const app::ProgramSpec& program) {
    std::string function = "_" + std::string{program.name};
    std::replace(function.begin(), function.end(), '-', '_');

    // Options of one answer share a branch. A boolean takes its value only behind =.
    std::map<std::string, std::string> branches;
    std::string booleans;
    std::vector<std::string> flags;
    for (const auto& table : {program.options, app::general_options()}) {
        for (const app::OptionSpec& spec : table) {
            const OptionFacts facts = facts_of(spec);
            for (const std::string& flag : flags_of(spec)) {
                std::string& patterns = facts.value_is_optional ? booleans : branches[action_of(facts)];
                patterns.append(patterns.empty() ? "" : " | ").append(flag);
                flags.push_back(flag);
            }
        }
    }

    std::string out = "# bash completion of " + std::string{program.name} + ", made from its option table\n\n";
    out += function + "() {\n" + std::string{beginning};
    for (const auto& [action, patterns] : branches) {
        out += "        " + patterns + ")\n";
        if (!action.empty()) out += "            " + action + "\n";
        out += "            return\n            ;;\n";
    }
    out += "        " + booleans + ")\n            if [[ $assigned ]]; then\n                " +
           from_words({"true", "false"}) + "\n                return\n            fi\n            ;;\n    esac\n";
    out += "    # Behind = of a flag that is not known here\n    [[ ! $assigned ]] || return 0\n";
    out += "    if [[ $current == -* ]]; then\n        " + from_words(flags) + "\n";
    if (program.positional.empty()) {
        out += "    elif [[ -z $current ]]; then\n        " + from_words(flags) + "\n";
    } else {
        out +=
            "    else\n        compopt -o filenames 2>/dev/null\n        mapfile -t COMPREPLY < <(compgen -f -- "
            "\"$current\")\n";
    }
    out += "    fi\n}\ncomplete -F " + function + " " + std::string{program.name} + "\n";
    return out;
}

}  // namespace muxtap::documents
