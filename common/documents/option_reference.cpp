#include "common/documents/documents.h"
#include "common/documents/option_facts.h"
#include "common/documents/program_texts.h"
#include "common/options/catalogue.h"

namespace muxtap::documents {
namespace {

/// In a table cell a bar would begin the next cell.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|' || c == '*' || c == '_' || c == '[' || c == '<') out.push_back('\\');
        out.push_back(c);
    }
    return out;
}

std::string code(std::string_view text) {
    std::string out = "`";
    for (const char c : text) {
        if (c == '|') out.push_back('\\');
        out.push_back(c);
    }
    return out + "`";
}

std::string anchor(const app::ProgramSpec& program, std::string_view option) {
    return std::string{program.name} + "--" + std::string{option};
}

bool has_option(const app::ProgramSpec& program, std::string_view flag) {
    for (const OptionGroup& group : groups_of(program)) {
        for (const app::OptionSpec* spec : group.options) {
            if (flag.substr(2) == spec->name) return true;
        }
    }
    return false;
}

/// Help, in which flags of the program lead to their own lines.
std::string prose(const app::ProgramSpec& program, std::string_view text) {
    std::string out;
    for (const TextPiece& piece : split_flags(text)) {
        if (!piece.is_flag) {
            out += cell(piece.text);
        } else if (has_option(program, piece.text)) {
            out += "[" + code(piece.text) + "](#" + anchor(program, piece.text.substr(2)) + ")";
        } else {
            out += code(piece.text);
        }
    }
    return out;
}

std::string option_line(const app::ProgramSpec& program, const app::OptionSpec& spec) {
    const OptionFacts facts = facts_of(spec);
    const std::string value = facts.value_is_optional ? "[=true|false]" : " " + facts.value;
    std::string out =
        "| <a id=\"" + anchor(program, spec.name) + "\"></a>" + code("--" + std::string{spec.name} + value);
    if (!spec.alias.empty()) out += ", " + code("--" + std::string{spec.alias});
    out += " | " + (facts.default_value.empty() ? "" : code(facts.default_value));
    out += " | " + (facts.environment.empty() ? "" : code(facts.environment));
    out += " | " + prose(program, spec.help);
    if (facts.repeatable) out += "; repeatable";
    if (!facts.range.empty()) out += "; " + facts.range;
    return out + " |\n";
}

std::string part(const app::ProgramSpec& program) {
    const ProgramTexts& texts = texts_of(program);
    std::string out = "\n## " + std::string{program.name} + "\n\n";
    out += code(std::string{program.name} + " " + std::string{program.usage}) + ": " + std::string{program.summary} +
           ". Guide: [" + std::string{texts.guide} + "](" + std::string{texts.guide} + ").\n";
    for (const OptionGroup& group : groups_of(program)) {
        out += "\n### " + std::string{program.name} + ": " + std::string{group.name} +
               "\n\n| option | default | environment | |\n|---|---|---|---|\n";
        for (const app::OptionSpec* spec : group.options) out += option_line(program, *spec);
    }
    return out;
}

}  // namespace

std::string option_reference() {
    std::string out =
        "# Options\n\n"
        "Every option of every program, made from the tables in `common/options/` that the programs themselves use: "
        "the man "
        "pages, the completion of bash and\n`.env.example` say the same.\n\n"
        "- The command line wins over the environment, the environment over the `.env` file (`--env-file`), that over "
        "the "
        "default.\n"
        "- A flag without a value means true; false is `--flag=false`.\n"
        "- Times take `ns`, `us`, `ms`, `s`, `m`, `h` or `d`; sizes `K`, `M`, `G` or `T`, powers of 1024.\n"
        "- What is repeatable takes several values in the environment separated by commas. An empty variable counts as "
        "not "
        "set.\n"
        "- `PROGRAM --print-config` tells the effective values and where each comes from.\n\nPrograms:";
    std::string separator = " ";
    for (const app::ProgramSpec* program : options::programs()) {
        const std::string name{program->name};
        out.append(separator).append("[`").append(name).append("`](#").append(name).append(")");
        separator = ", ";
    }
    out += ".\n";
    for (const app::ProgramSpec* program : options::programs()) out += part(*program);
    return out;
}

}  // namespace muxtap::documents
