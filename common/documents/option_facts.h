#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/app/option_spec.h"

namespace muxtap::documents {

/// What completes a value on the command line.
enum class ValueSource : std::uint8_t { nothing, words, files, folders, devices, users };

/// What a document says of an option beyond its help.
struct OptionFacts {
    std::string value;               ///< what stands behind the flag: "ADDRESS", "auto|pcap", "true|false"
    bool value_is_optional = false;  ///< a bare flag is enough; the value takes =
    std::vector<std::string> words;  ///< the values, where they can be listed
    ValueSource source = ValueSource::nothing;
    std::string range;          ///< "from 1 to 65535", empty without limits of its own
    std::string default_value;  ///< empty: none
    std::string environment;    ///< empty: none
    bool repeatable = false;
};

[[nodiscard]] OptionFacts facts_of(const app::OptionSpec& spec);

/// Options under one heading, in the order of the table.
struct OptionGroup {
    std::string_view name;
    std::vector<const app::OptionSpec*> options;
};

/// A program's options by their headings, as in --help: "General" is the last.
[[nodiscard]] std::vector<OptionGroup> groups_of(const app::ProgramSpec& program);

/// The pieces of a help text: flags of the program ("--stream") stand alone, the text between them as it is.
struct TextPiece {
    std::string_view text;
    bool is_flag = false;
};
[[nodiscard]] std::vector<TextPiece> split_flags(std::string_view text);

/// The examples of a program, a command each.
[[nodiscard]] std::vector<std::string_view> examples_of(const app::ProgramSpec& program);

}  // namespace muxtap::documents
