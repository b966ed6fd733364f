#include "common/app/env_file.h"

#include <algorithm>
#include <cctype>

namespace muxtap::app {
namespace {

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool is_name(std::string_view name) {
    return !name.empty() &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

Result<std::string> parse_value(std::string_view text) {
    if (text.empty() || (text.front() != '"' && text.front() != '\'')) {
        if (text.starts_with('#')) return std::string{};
        const auto comment = std::min(text.find(" #"), text.find("\t#"));
        return std::string{trim(text.substr(0, comment))};
    }
    const auto end = text.find(text.front(), 1);
    if (end == std::string_view::npos) return fail("the quote is not closed");
    const std::string_view rest = trim(text.substr(end + 1));
    if (!rest.empty() && !rest.starts_with('#')) return fail("text behind the closing quote");
    return std::string{text.substr(1, end - 1)};
}

}  // namespace

Result<std::vector<EnvAssignment>> parse_env_file(std::string_view text) {
    std::vector<EnvAssignment> assignments;
    int line_number = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = trim(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        ++line_number;
        if (line.empty() || line.front() == '#') continue;
        if (line.starts_with("export ")) line = trim(line.substr(7));
        const auto equals = line.find('=');
        const std::string_view name = trim(line.substr(0, equals));
        if (equals == std::string_view::npos || !is_name(name)) {
            return fail("line " + std::to_string(line_number) + ": expected NAME=value");
        }
        auto value = parse_value(trim(line.substr(equals + 1)));
        if (!value) return fail("line " + std::to_string(line_number) + ": " + value.error().message);
        assignments.push_back({std::string{name}, std::move(*value), line_number});
    }
    return assignments;
}

}  // namespace muxtap::app
