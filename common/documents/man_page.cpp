#include <algorithm>
#include <cctype>

#include "common/documents/documents.h"
#include "common/documents/option_facts.h"
#include "common/documents/program_texts.h"
#include "common/options/catalogue.h"

namespace muxtap::documents {
namespace {

/// Text as it is: no character of it is an instruction to roff, nor typeset as another one.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '\\': out += "\\e"; break;
            case '-': out += "\\-"; break;
            case '\'': out += "\\(aq"; break;
            case '`': out += "\\(ga"; break;
            case '^': out += "\\(ha"; break;
            case '~': out += "\\(ti"; break;
            default: out.push_back(c);
        }
    }
    return out;
}

std::string bold(std::string_view text) {
    return "\\fB" + escaped(text) + "\\fR";
}
std::string italic(std::string_view text) {
    return "\\fI" + escaped(text) + "\\fR";
}

/// A line of text: a dot at its beginning is no request.
std::string line(const std::string& text) {
    return (text.starts_with('.') ? "\\&" : "") + text + "\n";
}

/// Prose, with flags in bold.
std::string prose(std::string_view text) {
    std::string out;
    for (const TextPiece& piece : split_flags(text)) out += piece.is_flag ? bold(piece.text) : escaped(piece.text);
    return out;
}

/// tei|null: literal words in bold, placeholders in italics.
std::string value_text(const OptionFacts& facts) {
    if (facts.words.empty()) return italic(facts.value);
    std::string out;
    for (const std::string& word : facts.words) out += (out.empty() ? "" : "|") + bold(word);
    return out;
}

std::string flag_text(const app::OptionSpec& spec, const OptionFacts& facts) {
    const auto one = [&](std::string_view name) {
        std::string text = bold("--" + std::string{name});
        return text + (facts.value_is_optional ? "[=" + value_text(facts) + "]" : " " + value_text(facts));
    };
    return one(spec.name) + (spec.alias.empty() ? "" : ", " + one(spec.alias));
}

std::string option_text(const app::OptionSpec& spec) {
    const OptionFacts facts = facts_of(spec);
    std::string out = ".TP\n" + line(flag_text(spec, facts)) + line(prose(spec.help) + ".");
    std::string more;
    const auto add = [&](const std::string& sentence) { more += (more.empty() ? "" : " ") + sentence; };
    if (facts.repeatable) add("May be given several times.");
    if (!facts.range.empty()) {
        std::string range = facts.range;
        range[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(range[0])));
        add(escaped(range) + ".");
    }
    if (!facts.default_value.empty()) add("Default: " + bold(facts.default_value) + ".");
    if (!facts.environment.empty()) add("Environment: " + bold(facts.environment) + ".");
    if (!more.empty()) out += ".br\n" + line(more);
    return out;
}

std::string heading(std::string_view name) {
    std::string upper{name};
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return ".SH " + upper + "\n";
}

std::string entries(std::span<const Entry> all) {
    std::string out;
    for (const Entry& entry : all) out += ".TP\n" + line(bold(entry.name)) + line(prose(entry.text) + ".");
    return out;
}

/// muxtap-send FILE [OPTIONS]: words in capitals are placeholders.
std::string synopsis(const app::ProgramSpec& program) {
    std::string out = bold(program.name) + " ";
    std::string word;
    const auto flush = [&] {
        out += italic(word);
        word.clear();
    };
    for (const char c : program.usage) {
        if (std::isupper(static_cast<unsigned char>(c)) != 0) {
            word.push_back(c);
            continue;
        }
        if (!word.empty()) flush();
        out += escaped(std::string_view{&c, 1});
    }
    if (!word.empty()) flush();
    return line(out);
}

std::string environment(const app::ProgramSpec& program) {
    std::string out = heading("Environment");
    out +=
        line(prose("Options have a name in the environment, which each option above tells; several values of one are "
                   "separated by commas. An empty variable counts as not set. The command line wins over the "
                   "environment, the environment over the file of --env-file, that over the default."));
    for (const app::OptionSpec& spec : program.options) {
        const std::string name = app::environment_name(spec);
        if (name.empty()) continue;
        out += ".TP\n" + line(bold(name)) + line("As " + bold("--" + std::string{spec.name}) + ".");
    }
    return out;
}

std::string see_also(const app::ProgramSpec& program) {
    std::string out = heading("See also");
    std::string separator;
    for (const app::ProgramSpec* other : options::programs()) {
        if (other->name == program.name) continue;
        out += separator + ".BR " + escaped(other->name) + " (1)";
        separator = ",\n";
    }
    return out + "\n";
}

}  // namespace

std::string man_page(const app::ProgramSpec& program) {
    const ProgramTexts& texts = texts_of(program);
    std::string upper{program.name};
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    std::string out = ".\\\" Made from the option table of " + std::string{program.name} + ".\n";
    out += ".TH " + escaped(upper) + " 1 \"\" \"muxtap " MUXTAP_VERSION "\" muxtap\n";
    // Options are long: words are neither torn apart nor spread over the line.
    out += ".nh\n.ad l\n";
    out += heading("Name") + line(escaped(program.name) + " \\- " + escaped(program.summary));
    out += heading("Synopsis") + synopsis(program);
    out += heading("Description");
    for (std::size_t i = 0; i < texts.description.size(); ++i) {
        out += (i == 0 ? "" : ".PP\n") + line(prose(texts.description[i]));
    }
    out += heading("Options");
    out +=
        line(prose("A flag without a value means true; false is --flag=false. Times take ns, us, ms, s, m, h or d, "
                   "sizes K, M, G or T as powers of 1024."));
    for (const OptionGroup& group : groups_of(program)) {
        out += ".SS " + escaped(group.name) + "\n";
        for (const app::OptionSpec* spec : group.options) out += option_text(*spec);
    }
    out += environment(program);
    out += heading("Files") + ".TP\n" + line(bold(".env")) +
           line(prose("Lines NAME=value with the names of the environment, read from the working directory when it "
                      "exists; --env-file names another. All programs may share one file; a name that none of them "
                      "knows is an error.")) +
           entries(texts.files);
    constexpr Entry wrong_usage{"2", "wrong usage: the command line, the environment or the file of --env-file"};
    out += heading("Exit status") + entries(texts.exit_status) + entries(std::span{&wrong_usage, 1});
    out += heading("Examples");
    for (const std::string_view example : examples_of(program)) {
        out += ".PP\n.nf\n.RS\n" + line(escaped(example)) + ".RE\n.fi\n";
    }
    return out + see_also(program);
}

}  // namespace muxtap::documents
