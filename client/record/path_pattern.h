#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace muxtap::record {

/// `name` as a part of a file name: letters, digits and `._-+=@,` stay, everything else and a leading dot become `_`.
/// At most 128 bytes.
[[nodiscard]] std::string file_name_part(std::string_view name);

/// `path` with `suffix` before its extension: capture.ts and -b give capture-b.ts.
[[nodiscard]] std::string with_suffix(const std::string& path, std::string_view suffix);

/// How output files are named: text with `{stream}`, `{probe}`, `{{`, `}}` and strftime conversions in UTC.
class PathPattern {
public:
    PathPattern() = default;

    /// The error names the conversion or placeholder that is not known.
    [[nodiscard]] static Result<PathPattern> parse(std::string_view text);

    /// The file for a stream whose first packet in it was captured at `time`.
    [[nodiscard]] std::string format(std::string_view stream, std::string_view probe, UnixTime time) const;

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] bool has_stream() const noexcept { return has(Token::stream); }
    [[nodiscard]] bool has_probe() const noexcept { return has(Token::probe); }
    [[nodiscard]] bool has_time() const noexcept { return has(Token::time); }
    /// Whether every file would have the same name.
    [[nodiscard]] bool is_fixed() const noexcept { return !has_stream() && !has_probe() && !has_time(); }

    /// The folder that all files are in or below, `.` when the pattern names none.
    [[nodiscard]] std::string fixed_folder() const;

private:
    enum class Token : std::uint8_t { literal, stream, probe, time };
    struct Part {
        Token token;
        std::string text;  ///< of a literal, or the strftime conversion
    };
    [[nodiscard]] bool has(Token token) const noexcept;
    void add_literal(char letter);

    std::string text_;
    std::vector<Part> parts_;
};

}  // namespace muxtap::record
