#include "common/documents/option_facts.h"

#include <catch2/catch.hpp>

#include "common/options/catalogue.h"

namespace muxtap::documents {
namespace {

using app::OptionKind;
using app::OptionSpec;
using Words = std::vector<std::string>;

OptionSpec option(OptionKind kind, std::string_view value_name, std::string_view choices = {}) {
    return {.name = "option",
            .group = "Group",
            .kind = kind,
            .value_name = value_name,
            .default_value = {},
            .help = "help",
            .choices = choices};
}

TEST_CASE("values that can be listed are listed") {
    CHECK(facts_of(option(OptionKind::choice, {}, "a|bc|d")).words == Words{"a", "bc", "d"});
    CHECK(facts_of(option(OptionKind::text, "tei|null")).words == Words{"tei", "null"});
    CHECK(facts_of(option(OptionKind::boolean, {})).words == Words{"true", "false"});
    CHECK(facts_of(option(OptionKind::text, "NAME|ALL")).words.empty());
    CHECK(facts_of(option(OptionKind::text, "NAME")).words.empty());
}

TEST_CASE("only a boolean may stand without a value") {
    CHECK(facts_of(option(OptionKind::boolean, {})).value_is_optional);
    CHECK_FALSE(facts_of(option(OptionKind::text, "NAME")).value_is_optional);
    CHECK_FALSE(facts_of(option(OptionKind::choice, {}, "a|b")).value_is_optional);
}

TEST_CASE("the placeholder says what completes a value") {
    CHECK(facts_of(option(OptionKind::text, "FILE")).source == ValueSource::files);
    CHECK(facts_of(option(OptionKind::text, "FOLDER")).source == ValueSource::folders);
    CHECK(facts_of(option(OptionKind::text, "DEVICE")).source == ValueSource::devices);
    CHECK(facts_of(option(OptionKind::choice, {}, "a|b")).source == ValueSource::words);
    CHECK(facts_of(option(OptionKind::integer, "PORT")).source == ValueSource::nothing);
}

TEST_CASE("limits are told where the table sets them") {
    OptionSpec number = option(OptionKind::integer, "COUNT");
    CHECK(facts_of(number).range.empty());
    number.minimum = 1;
    CHECK(facts_of(number).range == "at least 1");
    number.maximum = 64;
    CHECK(facts_of(number).range == "from 1 to 64");
    number.kind = OptionKind::duration;  // which has no limits
    CHECK(facts_of(number).range.empty());
}

TEST_CASE("flags in a text are found, dashes between words are not flags") {
    struct Row {
        std::string_view text;
        std::vector<std::string_view> flags;
    };
    const Row rows[] = {{"", {}},
                        {"no flag", {}},
                        {"instead of --source-ip and --stream", {"--source-ip", "--stream"}},
                        {"--to kafka", {"--to"}},
                        {"(see --fail-on)", {"--fail-on"}},
                        {"words -- more", {}},
                        {"a--b", {}},
                        {"ends --", {}}};
    for (const Row& row : rows) {
        INFO(row.text);
        std::vector<std::string_view> flags;
        std::string joined;
        for (const TextPiece& piece : split_flags(row.text)) {
            if (piece.is_flag) flags.push_back(piece.text);
            joined += piece.text;
        }
        CHECK(flags == row.flags);
        CHECK(joined == row.text);
    }
}

TEST_CASE("every option of every program stands in one group, the general ones in the last") {
    for (const app::ProgramSpec* program : options::programs()) {
        std::size_t count = 0;
        const auto groups = groups_of(*program);
        for (const OptionGroup& group : groups) count += group.options.size();
        CHECK(count == program->options.size() + app::general_options().size());
        CHECK(groups.back().name == "General");
    }
}

TEST_CASE("examples are one command each") {
    const app::ProgramSpec program{
        .name = "p", .summary = {}, .usage = {}, .examples = "  one --a\n\n  two | three\n", .options = {}};
    CHECK(examples_of(program) == std::vector<std::string_view>{"one --a", "two | three"});
}

}  // namespace
}  // namespace muxtap::documents
