#include "client/frames/outputs/files/image_scan.h"

#include <sys/stat.h>

#include <algorithm>

#include "client/frames/outputs/files/whole_file.h"

namespace muxtap::frames {
namespace fs = std::filesystem;
namespace {

/// Without a number at its end such as -2 or -102; empty when there is none.
std::string_view without_number(std::string_view stem) {
    const std::size_t last = stem.find_last_not_of("0123456789");
    if (last == std::string_view::npos || stem[last] != '-') return {};
    const std::string_view number = stem.substr(last + 1);
    return number.empty() || number.front() == '0' ? std::string_view{} : stem.substr(0, last);
}

UnixTime modification_time(const struct stat& status) {
    return from_unix_ns(std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec);
}

}  // namespace

ImageMatcher::ImageMatcher(const client::PathPattern& pattern)
    : path_(pattern),
      folder_(pattern.fixed_folder()),
      extension_(pattern.text().substr(client::extension_position(pattern.text()))),
      other_extension_(extension_.ends_with("g") && extension_.find('n') == std::string::npos ? ".png" : ".jpg") {}

bool ImageMatcher::know_suffix(const std::string& suffix) {
    // Numbers are known anyway.
    if (suffix.empty() || without_number("x" + suffix) == "x") return false;
    return suffixes_.insert(suffix).second;
}

bool ImageMatcher::matches_plain_or_suffixed(std::string_view stem) const {
    if (path_.matches_stem(stem)) return true;
    return std::any_of(suffixes_.begin(), suffixes_.end(), [&](const std::string& suffix) {
        return stem.ends_with(suffix) && path_.matches_stem(stem.substr(0, stem.size() - suffix.size()));
    });
}

bool ImageMatcher::matches_file(std::string_view name) const {
    const std::size_t dot = client::extension_position(name);
    const std::string_view extension = name.substr(dot);
    if (extension != extension_ && extension != other_extension_) return false;
    // Program and number of a picture: two numbers at most.
    std::string_view stem = name.substr(0, dot);
    for (int numbers = 0; numbers <= 2 && !stem.empty(); ++numbers, stem = without_number(stem)) {
        if (matches_plain_or_suffixed(stem)) return true;
    }
    return false;
}

ImageScan::ImageScan(const ImageMatcher& matcher) : matcher_(matcher) {
    enter(matcher.folder());
}

void ImageScan::enter(const fs::path& folder) {
    std::error_code error;
    fs::directory_iterator entries(folder, error);
    if (!error) levels_.push_back(std::move(entries));
}

bool ImageScan::advance(std::size_t most, Visitor& visitor) {
    for (; most > 0 && !levels_.empty(); --most) {
        fs::directory_iterator& entries = levels_.back();
        if (entries == fs::directory_iterator()) {
            levels_.pop_back();
            continue;
        }
        const fs::path entry = entries->path();
        std::error_code error;
        entries.increment(error);
        if (error) entries = fs::directory_iterator();
        look_at(entry, visitor);
    }
    return !levels_.empty();
}

void ImageScan::look_at(const fs::path& entry, Visitor& visitor) {
    const std::string name = entry.filename().string();
    const std::size_t level = levels_.size() - 1;
    const bool can_be_file = level == matcher_.path().depth();
    const bool temporary = can_be_file && name.starts_with('.') && name.ends_with(temporary_ending);
    if (!temporary && !(can_be_file ? matcher_.matches_file(name) : matcher_.path().matches_folder(level, name)))
        return;
    struct stat status {};
    if (::lstat(entry.c_str(), &status) != 0) return;
    if (!can_be_file) {
        if (S_ISDIR(status.st_mode)) enter(entry);
        return;
    }
    if (!S_ISREG(status.st_mode)) return;
    StoredImage found{entry.string(), static_cast<std::uint64_t>(status.st_size), modification_time(status)};
    temporary ? visitor.on_temporary(std::move(found)) : visitor.on_image(std::move(found));
}

}  // namespace muxtap::frames
