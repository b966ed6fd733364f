#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/files/path_pattern.h"

namespace muxtap::client {

/// Tells the files that a pattern can have given from all others, folder by folder. Takes any bytes as names; the time
/// it needs grows with the length of a name, whatever the pattern.
class PathMatcher {
public:
    explicit PathMatcher(const PathPattern& pattern);

    /// Folders between the pattern's fixed folder and its files.
    [[nodiscard]] std::size_t depth() const noexcept { return parts_.empty() ? 0 : parts_.size() - 1; }
    /// Whether a folder `level` folders below the fixed one can hold files of the pattern further down.
    [[nodiscard]] bool matches_folder(std::size_t level, std::string_view name) const;
    /// The file's name without its extension and what was put before it. Matches the pattern's last part, likewise
    /// without its extension.
    [[nodiscard]] bool matches_stem(std::string_view stem) const;

private:
    /// What one or several characters can be.
    struct Piece {
        enum class Kind : std::uint8_t { letter, digits, spaced_digit, word, name, number };
        Kind kind;
        char letter = '\0';     ///< of a letter
        std::size_t count = 0;  ///< of digits
    };
    using Component = std::vector<Piece>;
    class Builder;
    [[nodiscard]] static bool matches(const Component& component, std::string_view text);

    std::vector<Component> parts_;
};

}  // namespace muxtap::client
