#include "common/documents/option_facts.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "common/app/options.h"

namespace muxtap::documents {
namespace {

using app::OptionKind;
using app::OptionSpec;

std::vector<std::string> split_choices(std::string_view text) {
    std::vector<std::string> choices;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find('|', start), text.size());
        choices.emplace_back(text.substr(start, end - start));
        start = end + 1;
    }
    return choices;
}

/// A placeholder of literal words, such as tei|null.
bool lists_words(std::string_view value_name) {
    return value_name.find('|') != std::string_view::npos &&
           std::all_of(value_name.begin(), value_name.end(),
                       [](unsigned char c) { return std::islower(c) || c == '|'; });
}

ValueSource source_of(const OptionSpec& spec) {
    struct Named {
        std::string_view value_name;
        ValueSource source;
    };
    constexpr std::array<Named, 5> named = {{{"FILE", ValueSource::files},
                                             {"PATH", ValueSource::files},
                                             {"PATTERN", ValueSource::files},
                                             {"FOLDER", ValueSource::folders},
                                             {"DEVICE", ValueSource::devices}}};
    if (spec.name == "user") return ValueSource::users;
    const auto* found = std::find_if(named.begin(), named.end(),
                                     [&](const Named& entry) { return entry.value_name == spec.value_name; });
    return found == named.end() ? ValueSource::nothing : found->source;
}

std::string range_of(const OptionSpec& spec) {
    if (spec.kind != OptionKind::integer && spec.kind != OptionKind::decimal) return {};
    const bool is_bounded = spec.maximum != OptionSpec{}.maximum;
    if (!is_bounded && spec.minimum == 0) return {};
    std::string range =
        is_bounded ? "from " + std::to_string(spec.minimum) : "at least " + std::to_string(spec.minimum);
    if (is_bounded) range += " to " + std::to_string(spec.maximum);
    return range;
}

}  // namespace

OptionFacts facts_of(const OptionSpec& spec) {
    OptionFacts facts;
    facts.value = spec.value_name;
    facts.source = source_of(spec);
    if (spec.kind == OptionKind::boolean) {
        facts.value_is_optional = true;
        facts.words = {"true", "false"};
    } else if (spec.kind == OptionKind::choice) {
        facts.words = split_choices(spec.choices);
        facts.value = spec.choices;
    } else if (lists_words(spec.value_name)) {
        facts.words = split_choices(spec.value_name);
    }
    if (!facts.words.empty()) facts.source = ValueSource::words;
    if (facts.value.empty() && !facts.value_is_optional) facts.value = "VALUE";
    facts.range = range_of(spec);
    facts.default_value = spec.default_value;
    facts.environment = app::environment_name(spec);
    facts.repeatable = spec.repeatable;
    return facts;
}

std::vector<OptionGroup> groups_of(const app::ProgramSpec& program) {
    std::vector<OptionGroup> groups;
    for (const auto& table : {program.options, app::general_options()}) {
        for (const OptionSpec& spec : table) {
            auto found = std::find_if(groups.begin(), groups.end(),
                                      [&](const OptionGroup& group) { return group.name == spec.group; });
            if (found == groups.end()) found = groups.insert(groups.end(), {.name = spec.group, .options = {}});
            found->options.push_back(&spec);
        }
    }
    return groups;
}

std::vector<TextPiece> split_flags(std::string_view text) {
    const auto is_flag_letter = [](unsigned char c) {
        return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '-';
    };
    std::vector<TextPiece> pieces;
    std::size_t start = 0;
    for (std::size_t at = text.find("--"); at != std::string_view::npos; at = text.find("--", at)) {
        std::size_t end = at + 2;
        while (end < text.size() && is_flag_letter(static_cast<unsigned char>(text[end]))) ++end;
        const bool begins_word = at == 0 || std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0;
        if (begins_word && end > at + 2) {
            if (at > start) pieces.push_back({.text = text.substr(start, at - start), .is_flag = false});
            pieces.push_back({.text = text.substr(at, end - at), .is_flag = true});
            start = end;
        }
        at = end;
    }
    if (start < text.size()) pieces.push_back({.text = text.substr(start), .is_flag = false});
    return pieces;
}

std::vector<std::string_view> examples_of(const app::ProgramSpec& program) {
    std::vector<std::string_view> examples;
    for (std::string_view rest = program.examples; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
        if (!line.empty()) examples.push_back(line);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return examples;
}

}  // namespace muxtap::documents
