#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/files/path_pattern.h"

namespace muxtap::client {

/// Gives each subject file names that no other one has, even when the pattern does not tell them apart: the first takes
/// the pattern as it is; other streams get `-stream`, `-probe` or both before the extension, further programs of a
/// stream `-program`.
class OutputNames {
public:
    /// `pattern` outlives it.
    explicit OutputNames(const PathPattern& pattern) noexcept : pattern_(pattern) {}

    /// What goes before the extension of this subject's files; empty for the pattern as it is. Each subject asks once.
    [[nodiscard]] std::string suffix_for(const PathSubject& subject);

private:
    /// What a stream's first program got.
    struct Stream {
        std::string suffix;
        std::uint16_t program = 0;
    };
    /// False when another one has it. Names that differ only in their times are the same name.
    [[nodiscard]] bool take(const PathSubject& subject, const std::string& suffix);
    /// In the order in which they are tried.
    [[nodiscard]] std::vector<std::string> candidates_for(const PathSubject& subject, const Stream* stream) const;
    [[nodiscard]] std::string numbered(const PathSubject& subject, const std::string& suffix);

    const PathPattern& pattern_;
    std::set<std::string> taken_;
    std::map<std::pair<std::string, std::string>, Stream> streams_;  ///< by stream and probe
};

}  // namespace muxtap::client
