#include "client/files/path_pattern.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>

namespace muxtap::client {
namespace {

constexpr std::size_t longest_part = 128;
/// Conversions whose result depends on nothing but the time: no locale's order, no zone, no local mktime.
constexpr std::string_view known_conversions = "YCymdHIMSjFTDRaAbBhpeuwGgVU";

std::string format_time(const std::string& conversion, UnixTime time) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 64> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), conversion.c_str(), &parts);
    std::string result{text.data(), size};
    // %D gives slashes: dates stay inside one folder.
    std::replace(result.begin(), result.end(), '/', '-');
    return result;
}

/// The token of a placeholder such as "{stream}".
std::optional<PathPattern::Token> token_of(std::string_view name, PathPattern::Placeholders known) {
    if (name == "{stream}") return PathPattern::Token::stream;
    if (name == "{probe}") return PathPattern::Token::probe;
    if (name == "{program}" && known == PathPattern::Placeholders::stream_probe_and_program) {
        return PathPattern::Token::program;
    }
    return std::nullopt;
}

std::string_view names_of(PathPattern::Placeholders known) {
    return known == PathPattern::Placeholders::stream_and_probe ? "{stream} and {probe} are"
                                                                : "{stream}, {probe} and {program} are";
}

}  // namespace

bool is_file_name_letter(char letter) noexcept {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           std::string_view{"._-+=@,"}.find(letter) != std::string_view::npos;
}

std::string file_name_part(std::string_view name) {
    std::string part{name.substr(0, longest_part)};
    for (char& letter : part) {
        if (!is_file_name_letter(letter)) letter = '_';
    }
    if (part.empty() || part.front() == '.') part.insert(part.begin(), '_');
    if (part.size() > 1 && part[1] == '.') part.erase(1, 1);
    return part;
}

std::size_t extension_position(std::string_view path) noexcept {
    const std::size_t slash = path.rfind('/');
    const std::size_t name = slash == std::string_view::npos ? 0 : slash + 1;
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos || dot <= name ? path.size() : dot;
}

std::string with_suffix(const std::string& path, std::string_view suffix) {
    const std::size_t extension = extension_position(path);
    return path.substr(0, extension).append(suffix).append(path, extension);
}

bool PathPattern::is_fixed() const noexcept {
    return std::all_of(parts_.begin(), parts_.end(), [](const Part& part) { return part.token == Token::literal; });
}

bool PathPattern::has(Token token) const noexcept {
    return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) { return part.token == token; });
}

void PathPattern::add_literal(char letter) {
    if (parts_.empty() || parts_.back().token != Token::literal) parts_.push_back({Token::literal, {}});
    parts_.back().text.push_back(letter);
}

Result<PathPattern> PathPattern::parse(std::string_view text, Placeholders known) {
    PathPattern pattern;
    pattern.text_ = text;
    if (text.empty()) return fail("a file name is expected");
    if (text.ends_with('/')) return fail("this is a folder; a file name is expected behind it");
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        if (letter == '%') {
            ++at;
            if (next == '%') {
                pattern.add_literal('%');
            } else if (next != '\0' && known_conversions.find(next) != std::string_view::npos) {
                pattern.parts_.push_back({Token::time, std::string{'%', next}});
            } else {
                return fail("%" + std::string(next == '\0' ? 0 : 1, next) +
                            " is not a conversion that is known here (%Y %m %d %H %M %S %j %F %T and others; %% is a "
                            "percent sign)");
            }
        } else if ((letter == '{' || letter == '}') && next == letter) {
            pattern.add_literal(letter);
            ++at;
        } else if (letter == '{') {
            const std::size_t end = text.find('}', at);
            const std::string_view name = text.substr(at, end == std::string_view::npos ? end : end - at + 1);
            const auto token = token_of(name, known);
            if (!token) return fail(std::string{name} + " is not known; " + std::string{names_of(known)});
            pattern.parts_.push_back({*token, {}});
            at = end;
        } else {
            pattern.add_literal(letter);
        }
    }
    return pattern;
}

std::string PathPattern::format(const PathSubject& subject, UnixTime time) const {
    std::string path;
    for (const Part& part : parts_) {
        switch (part.token) {
            case Token::literal: path += part.text; break;
            case Token::stream: path += file_name_part(subject.stream); break;
            case Token::probe: path += file_name_part(subject.probe); break;
            case Token::program: path += std::to_string(subject.program); break;
            case Token::time: path += format_time(part.text, time); break;
        }
    }
    return path;
}

std::string PathPattern::fixed_folder() const {
    const std::string_view start =
        parts_.empty() || parts_.front().token != Token::literal ? std::string_view{} : parts_.front().text;
    const std::size_t slash = start.rfind('/');
    if (slash == std::string_view::npos) return ".";
    return slash == 0 ? "/" : std::string{start.substr(0, slash)};
}

}  // namespace muxtap::client
