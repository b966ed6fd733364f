#include "client/frames/outputs/files/image_retention.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "client/files/folders.h"

namespace muxtap::frames {
namespace {

/// A step takes some milliseconds, also where folders are read from the disk; there are at least ten a second.
constexpr std::size_t entries_a_step = 2'000;
constexpr std::size_t deletions_a_step = 500;
/// File systems need time until what was deleted is free.
constexpr std::chrono::seconds between_disk_looks{1};
/// Other workers may write files of the same pattern, and people may delete some.
constexpr std::chrono::hours between_scans{1};
/// A temporary file of this age is not being written any more.
constexpr std::chrono::minutes temporary_age{1};

std::optional<std::uint64_t> free_on_disk(const std::string& folder) {
    struct statvfs status {};
    if (::statvfs(folder.c_str(), &status) != 0) return std::nullopt;
    return std::uint64_t{status.f_bavail} * status.f_frsize;
}

}  // namespace

ImageRetention::ImageRetention(ImageLimits limits, const client::PathPattern& pattern, app::Log& log,
                               FreeBytes free_bytes, std::size_t listed)
    : limits_(limits),
      log_(log),
      free_bytes_(free_bytes ? std::move(free_bytes) : FreeBytes{free_on_disk}),
      most_listed_(std::max<std::size_t>(listed, 1)),
      matcher_(pattern),
      scan_due_(limits.any()) {}

void ImageRetention::know_suffix(const std::string& suffix) {
    if (limits_.any() && matcher_.know_suffix(suffix)) scan_due_ = true;
}

void ImageRetention::add(StoredImage image) {
    if (!limits_.any()) return;
    bytes_ += image.bytes;
    if (scan_) {
        added_bytes_ += image.bytes;
        if (added_.size() < most_listed_) {
            added_.push_back(std::move(image));
        } else {
            found_all_ = false;
        }
        return;
    }
    if (oldest_.size() >= most_listed_) complete_ = false;
    if (complete_) oldest_.push_back(std::move(image));
}

void ImageRetention::tick(UnixTime now, SteadyTime steady) {
    if (!limits_.any()) return;
    if (!next_scan_ || steady >= *next_scan_) {
        next_scan_ = steady + between_scans;
        scan_due_ = true;
    }
    if (scan_ || scan_due_) step_scan(now);
    if (!scan_) enforce(now, steady);
    if (const auto files = deletions_.due(steady)) tell_deletions(*files);
}

void ImageRetention::step_scan(UnixTime now) {
    if (!scan_) {
        scan_due_ = false;
        scan_.emplace(matcher_);
        scan_began_ = now;
        found_ = {};
        found_all_ = true;
        found_bytes_ = 0;
        added_.clear();
        added_bytes_ = 0;
    }
    scan_now_ = now;
    if (!scan_->advance(entries_a_step, *this)) finish_scan();
}

void ImageRetention::on_image(StoredImage image) {
    // Written meanwhile: known by `add`.
    if (image.written >= scan_began_ && image.written <= scan_now_) return;
    found_bytes_ += image.bytes;
    if (found_.size() >= most_listed_) {
        found_all_ = false;
        if (!Younger{}(image, found_.top())) return;
        found_.pop();
    }
    found_.push(std::move(image));
}

void ImageRetention::on_temporary(StoredImage file) {
    if (file.written < scan_began_ - temporary_age && ::unlink(file.path.c_str()) == 0) {
        client::remove_empty_folders(file.path, matcher_.folder());
    }
}

void ImageRetention::finish_scan() {
    scan_.reset();
    oldest_.clear();
    for (; !found_.empty(); found_.pop()) oldest_.push_front(found_.top());
    complete_ = found_all_;
    if (complete_) std::move(added_.begin(), added_.end(), std::back_inserter(oldest_));
    added_.clear();
    bytes_ = found_bytes_ + added_bytes_;
}

bool ImageRetention::oldest_has_to_go(UnixTime now) const noexcept {
    const bool old = limits_.max_age.count() != 0 && oldest_.front().written < now - limits_.max_age;
    const bool much = limits_.max_bytes != 0 && bytes_ > limits_.max_bytes;
    return old || much || to_free_ != 0;
}

void ImageRetention::look_at_disk(SteadyTime steady) {
    if (limits_.min_free == 0 || (next_disk_look_ && steady < *next_disk_look_)) return;
    next_disk_look_ = steady + between_disk_looks;
    const auto free = free_bytes_(matcher_.folder());
    to_free_ = free && *free < limits_.min_free ? limits_.min_free - *free : 0;
}

void ImageRetention::enforce(UnixTime now, SteadyTime steady) {
    look_at_disk(steady);
    for (std::size_t count = 0; count < deletions_a_step && !oldest_.empty(); ++count) {
        if (!oldest_has_to_go(now)) return;
        delete_oldest(steady);
    }
    if (!oldest_.empty()) return;
    if (!complete_) {
        scan_due_ = true;
    } else if (to_free_ != 0 && exhausted_.note(steady)) {
        log_.warning("retention_exhausted",
                     "--images-min-free: no picture of \"" + matcher_.folder() +
                         "\" is left to delete, and the disk has less free; something else fills it",
                     {{"missing_bytes", to_free_}});
    }
}

void ImageRetention::delete_oldest(SteadyTime steady) {
    const StoredImage image = std::move(oldest_.front());
    oldest_.pop_front();
    bytes_ -= std::min(bytes_, image.bytes);
    to_free_ -= std::min(to_free_, image.bytes);
    if (::unlink(image.path.c_str()) != 0) {
        const int error = errno;
        if (error != ENOENT && failures_.note(steady)) {
            log_.warning("file_not_deleted",
                         "cannot delete \"" + image.path + "\": " + std::generic_category().message(error),
                         {{"path", std::string_view{image.path}}});
        }
        return;
    }
    client::remove_empty_folders(image.path, matcher_.folder());
    deleted_bytes_ += image.bytes;
    if (const auto files = deletions_.note(steady)) tell_deletions(*files);
}

void ImageRetention::tell_deletions(std::uint64_t files) {
    log_.info("images_deleted", "deleted the oldest pictures below \"" + matcher_.folder() + "\"",
              {{"files", files}, {"bytes", deleted_bytes_}});
    deleted_bytes_ = 0;
}

}  // namespace muxtap::frames
