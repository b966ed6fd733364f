#include "probe/host/os_release.h"

#include "probe/host/text_file.h"

namespace muxtap::probe {
namespace {

/// A value without its quotes and the backslashes that a shell would take away.
std::string unquoted(std::string_view value) {
    const bool quoted =
        value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front();
    const bool literal = quoted && value.front() == '\'';
    if (quoted) value = value.substr(1, value.size() - 2);
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\' && !literal && i + 1 < value.size()) ++i;
        text.push_back(value[i]);
    }
    return text;
}

}  // namespace

OsRelease parse_os_release(std::string_view text) {
    OsRelease release;
    while (!text.empty()) {
        std::string_view line = take_line(text);
        while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        if (line.substr(0, equals) == "NAME") release.name = unquoted(line.substr(equals + 1));
        if (line.substr(0, equals) == "VERSION_ID") release.version = unquoted(line.substr(equals + 1));
    }
    return release;
}

}  // namespace muxtap::probe
