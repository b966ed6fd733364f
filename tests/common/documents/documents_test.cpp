#include "common/documents/documents.h"

#include <array>
#include <catch2/catch.hpp>

#include "common/app/options.h"
#include "common/documents/program_texts.h"
#include "common/options/catalogue.h"

namespace muxtap::documents {
namespace {

using app::OptionKind;
using app::OptionSpec;
using Catch::Contains;

/// A program of the catalogue's name, with options that are awkward to set.
app::ProgramSpec awkward_program() {
    static constexpr auto table = std::to_array<OptionSpec>({
        {.name = "pattern",
         .group = "It's",
         .kind = OptionKind::text,
         .value_name = "PATTERN",
         .default_value = "a\\b",
         .help = ".dots and 'quotes' with --seed-me and a \\ in it"},
        {.name = "mode",
         .group = "It's",
         .kind = OptionKind::choice,
         .value_name = {},
         .default_value = "on",
         .help = "a mode",
         .choices = "on|off",
         .environment = "-",
         .alias = "way"},
    });
    return {.name = "muxtap-send",
            .summary = "a summary",
            .usage = "FILE [OPTIONS]",
            .examples = "  muxtap-send 'a b'\n",
            .options = table};
}

TEST_CASE("nothing in a table is taken for an instruction to roff") {
    const std::string page = man_page(awkward_program());
    CHECK_THAT(page, Contains("\n\\&.dots and \\(aqquotes\\(aq with \\fB\\-\\-seed\\-me\\fR and a \\e in it.\n"));
    CHECK_THAT(page, Contains("Default: \\fBa\\eb\\fR."));
    CHECK_THAT(page, Contains("\nmuxtap\\-send \\(aqa b\\(aq\n"));
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
        INFO(line);
        CHECK(line.find('\'') != 0);
        const bool is_request = line.starts_with('.');
        if (is_request) CHECK_THAT(line, Catch::Matches("\\.(TH|SH|SS|TP|PP|BR|RS|RE|nf|fi|br|nh|ad|\\\\\").*"));
    }
}

TEST_CASE("a man page has its sections in the usual order") {
    for (const app::ProgramSpec* program : options::programs()) {
        const std::string page = man_page(*program);
        std::size_t last = 0;
        for (const std::string_view section : {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT", "FILES",
                                               "EXIT STATUS", "EXAMPLES", "SEE ALSO"}) {
            INFO(program->name << " " << section);
            const std::size_t at = page.find("\n.SH " + std::string{section} + "\n");
            REQUIRE(at != std::string::npos);
            CHECK(at > last);
            last = at;
        }
    }
}

TEST_CASE("a flag with another name has both, and one without a name in the environment has none") {
    const std::string page = man_page(awkward_program());
    CHECK_THAT(page, Contains("\\fB\\-\\-mode\\fR \\fBon\\fR|\\fBoff\\fR, \\fB\\-\\-way\\fR"));
    CHECK_THAT(page, !Contains("MODE"));
    const std::string completion = bash_completion(awkward_program());
    CHECK_THAT(completion, Contains("--mode | --way)"));
    CHECK_THAT(completion, Contains("compgen -W 'on off'"));
}

TEST_CASE("the reference has an anchor for every option, and every link within it leads to one") {
    const std::string text = option_reference();
    for (const app::ProgramSpec* program : options::programs()) {
        for (const auto& table : {program->options, app::general_options()}) {
            for (const OptionSpec& spec : table) {
                INFO(program->name << " --" << spec.name);
                CHECK_THAT(text,
                           Contains("<a id=\"" + std::string{program->name} + "--" + std::string{spec.name} + "\">"));
            }
        }
    }
    std::size_t links = 0;
    for (std::size_t at = text.find("](#"); at != std::string::npos; at = text.find("](#", at + 1)) {
        const std::string target = text.substr(at + 3, text.find(')', at) - at - 3);
        INFO(target);
        const bool is_anchor = text.find("<a id=\"" + target + "\">") != std::string::npos;
        const bool is_heading = text.find("\n## " + target + "\n") != std::string::npos;
        CHECK((is_anchor || is_heading));
        ++links;
    }
    CHECK(links > options::programs().size());
}

TEST_CASE("every cell of the reference's tables stays a cell") {
    std::istringstream lines(option_reference());
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with("| <a id")) continue;
        INFO(line);
        std::size_t bars = 0;
        for (std::size_t i = 0; i < line.size(); ++i)
            bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1U : 0U;
        CHECK(bars == 5);
    }
}

TEST_CASE("the settings of a service are comments, and taken in they are the defaults") {
    for (const app::ProgramSpec* program : options::programs()) {
        const std::string text = settings_file(*program);
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) {
            INFO(line);
            CHECK((line.empty() || line[0] == '#'));
        }
        for (const OptionSpec& spec : program->options) {
            const std::string name = app::environment_name(spec);
            if (!name.empty()) CHECK_THAT(text, Contains("\n#" + name + "=" + std::string{spec.default_value} + "\n"));
        }
    }
}

TEST_CASE("a program without texts is noticed") {
    app::ProgramSpec program = awkward_program();
    program.name = "muxtap-other";
    CHECK_THROWS(texts_of(program));
    for (const app::ProgramSpec* known : options::programs()) CHECK_FALSE(texts_of(*known).description.empty());
}

}  // namespace
}  // namespace muxtap::documents
