#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace muxtap::client {

/// `name` as a part of a file name: letters, digits and `._-+=@,` stay, everything else and a leading dot become `_`.
/// At most 128 bytes.
[[nodiscard]] std::string file_name_part(std::string_view name);

/// Whether `file_name_part` leaves this character as it is.
[[nodiscard]] bool is_file_name_letter(char letter) noexcept;

/// Where the extension of the file begins, dot included; the end of the path where it has none.
[[nodiscard]] std::size_t extension_position(std::string_view path) noexcept;

/// `path` with `suffix` before its extension: capture.ts and -b give capture-b.ts.
[[nodiscard]] std::string with_suffix(const std::string& path, std::string_view suffix);

/// What a file is about.
struct PathSubject {
    std::string_view stream;
    std::string_view probe;
    std::uint16_t program = 0;  ///< program_number; 0: the whole stream
};

/// How output files are named: text with `{stream}`, `{probe}`, `{program}`, `{{`, `}}` and strftime conversions in
/// UTC.
class PathPattern {
public:
    enum class Placeholders : std::uint8_t { stream_and_probe, stream_probe_and_program };
    enum class Token : std::uint8_t { literal, stream, probe, program, time };
    struct Part {
        Token token;
        std::string text;  ///< of a literal, or the strftime conversion
    };

    PathPattern() = default;

    /// The error names the conversion or placeholder that is not known.
    [[nodiscard]] static Result<PathPattern> parse(std::string_view text,
                                                   Placeholders known = Placeholders::stream_and_probe);

    /// The file for a subject whose first packet in it was captured at `time`.
    [[nodiscard]] std::string format(const PathSubject& subject, UnixTime time) const;

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] bool has_stream() const noexcept { return has(Token::stream); }
    [[nodiscard]] bool has_probe() const noexcept { return has(Token::probe); }
    [[nodiscard]] bool has_program() const noexcept { return has(Token::program); }
    [[nodiscard]] bool has_time() const noexcept { return has(Token::time); }
    /// Whether every file would have the same name.
    [[nodiscard]] bool is_fixed() const noexcept;

    /// The folder that all files are in or below, `.` when the pattern names none.
    [[nodiscard]] std::string fixed_folder() const;
    /// In order; neighbouring literals are one.
    [[nodiscard]] const std::vector<Part>& parts() const noexcept { return parts_; }

private:
    [[nodiscard]] bool has(Token token) const noexcept;
    void add_literal(char letter);

    std::string text_;
    std::vector<Part> parts_;
};

}  // namespace muxtap::client
