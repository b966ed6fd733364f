// Prints a document made from the option tables: man PROGRAM, completion PROGRAM,
// environment PROGRAM, markdown. With --check FILE behind it
// says whether FILE is that text.
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <span>

#include "common/documents/documents.h"
#include "common/options/catalogue.h"

namespace {

using namespace muxtap;

const app::ProgramSpec* program_named(std::string_view name) {
    for (const app::ProgramSpec* program : options::programs()) {
        if (program->name == name) return program;
    }
    return nullptr;
}

/// Takes the words that name the document away.
std::optional<std::string> document(std::span<const char* const>& words) {
    if (words.empty()) return std::nullopt;
    const std::string_view kind{words[0]};
    if (kind == "markdown") {
        words = words.subspan(1);
        return documents::option_reference();
    }
    const app::ProgramSpec* program = words.size() < 2 ? nullptr : program_named(words[1]);
    if (program == nullptr) return std::nullopt;
    words = words.subspan(2);
    if (kind == "man") return documents::man_page(*program);
    if (kind == "completion") return documents::bash_completion(*program);
    if (kind == "environment") return documents::settings_file(*program);
    return std::nullopt;
}

}  // namespace

int main(int argc, char** argv) {
    const std::span<const char* const> all{argv, static_cast<std::size_t>(argc)};
    auto words = all.subspan(1);
    const std::optional<std::string> text = document(words);
    const bool is_check = words.size() == 2 && std::string_view{words[0]} == "--check";
    if (!text || (!words.empty() && !is_check)) {
        std::cerr << "usage: " << all[0]
                  << " man PROGRAM | completion PROGRAM | environment PROGRAM | markdown [--check FILE]\n";
        return 2;
    }
    if (!is_check) {
        std::cout << *text;
        return std::cout.flush() ? 0 : 1;
    }
    std::ifstream file(words[1]);
    const std::string found{std::istreambuf_iterator<char>(file), {}};
    if (found == *text) return 0;
    std::cerr << words[1] << " is not what the option tables say. Bring it up to date with\n    " << all[0];
    for (const char* word : all.subspan(1, all.size() - 3)) std::cerr << " " << word;
    std::cerr << " > " << words[1] << "\n";
    return 1;
}
