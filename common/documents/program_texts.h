#pragma once

#include <span>
#include <string_view>

#include "common/app/option_spec.h"

namespace muxtap::documents {

struct Entry {
    std::string_view name;
    std::string_view text;
};

/// What a program's documents say beyond its option table.
struct ProgramTexts {
    std::string_view guide;                         ///< file in docs/
    std::span<const std::string_view> description;  ///< paragraphs
    std::span<const Entry> files;                   ///< besides .env
    std::span<const Entry> exit_status;             ///< besides 2
};

/// Of one of the programs of the catalogue; terminates for another one.
[[nodiscard]] const ProgramTexts& texts_of(const app::ProgramSpec& program);

}  // namespace muxtap::documents
