#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "client/files/path_matcher.h"
#include "common/base/clock.h"

namespace muxtap::frames {

/// A picture file that may be deleted.
struct StoredImage {
    std::string path;
    std::uint64_t bytes = 0;
    UnixTime written{};
};

/// Tells pictures of one pattern from all other files by their names: the pattern, then what was put before the
/// extension (`-102`, `-cap-b`, `-2`), then an extension of images.
class ImageMatcher {
public:
    explicit ImageMatcher(const client::PathPattern& pattern);

    /// Something else than a number goes before the extension of some files. True when that is news.
    bool know_suffix(const std::string& suffix);
    [[nodiscard]] bool matches_file(std::string_view name) const;
    [[nodiscard]] const client::PathMatcher& path() const noexcept { return path_; }
    /// The folder that all files are in or below.
    [[nodiscard]] const std::string& folder() const noexcept { return folder_; }

private:
    [[nodiscard]] bool matches_plain_or_suffixed(std::string_view stem) const;

    client::PathMatcher path_;
    std::string folder_;
    std::string extension_;
    std::string other_extension_;  ///< where the pictures are of another format
    std::set<std::string> suffixes_;
};

/// Walks over the files of a pattern in small steps. Follows no symbolic links and goes only into folders that the
/// pattern can have made. What cannot be read is left out.
class ImageScan {
public:
    /// `matcher` outlives it.
    explicit ImageScan(const ImageMatcher& matcher);

    class Visitor {
    public:
        Visitor() = default;
        virtual ~Visitor() = default;
        Visitor(const Visitor&) = delete;
        Visitor& operator=(const Visitor&) = delete;
        virtual void on_image(StoredImage image) = 0;
        /// A temporary file of this program.
        virtual void on_temporary(StoredImage file) = 0;
    };
    /// Looks at the next `most` entries of folders. False when there are no more.
    [[nodiscard]] bool advance(std::size_t most, Visitor& visitor);

private:
    void enter(const std::filesystem::path& folder);
    void look_at(const std::filesystem::path& entry, Visitor& visitor);

    const ImageMatcher& matcher_;
    std::vector<std::filesystem::directory_iterator> levels_;
};

}  // namespace muxtap::frames
