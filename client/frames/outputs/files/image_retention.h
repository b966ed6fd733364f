#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <queue>

#include "client/frames/outputs/files/image_scan.h"
#include "common/app/log.h"
#include "common/base/repeat_limiter.h"

namespace muxtap::frames {

/// 0: no limit.
struct ImageLimits {
    std::uint64_t max_bytes = 0;
    std::chrono::nanoseconds max_age{};
    std::uint64_t min_free = 0;

    [[nodiscard]] bool any() const noexcept { return max_bytes != 0 || max_age.count() != 0 || min_free != 0; }
};

/// Deletes the oldest picture files of one pattern, by the time they were written, beyond the limits. Finds those of
/// earlier runs, and each hour those of other workers, by their names. Works in small steps, and remembers only the
/// oldest files: of more than `most_listed` it looks for the next ones when those are gone. Used by one thread.
class ImageRetention : private ImageScan::Visitor {
public:
    /// Bytes that are free on the disk of a folder; none when that is not known. Tests put one in its place.
    using FreeBytes = std::function<std::optional<std::uint64_t>(const std::string& folder)>;
    static constexpr std::size_t most_listed = 100'000;

    ImageRetention(ImageLimits limits, const client::PathPattern& pattern, app::Log& log, FreeBytes free_bytes = {},
                   std::size_t listed = most_listed);
    ~ImageRetention() override = default;
    ImageRetention(const ImageRetention&) = delete;
    ImageRetention& operator=(const ImageRetention&) = delete;

    /// Files of this run have this before their extension. Those of earlier runs are found by it too.
    void know_suffix(const std::string& suffix);
    /// This run has written a file.
    void add(StoredImage image);
    /// Deletes what is beyond the limits, at most so much that it takes little time.
    void tick(UnixTime now, SteadyTime steady);

    /// Whether files of earlier runs are still being looked for.
    [[nodiscard]] bool scanning() const noexcept { return scan_.has_value() || scan_due_; }
    /// Of all its files, as far as they are known.
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

private:
    struct Younger {
        bool operator()(const StoredImage& a, const StoredImage& b) const noexcept { return a.written < b.written; }
    };
    void on_image(StoredImage image) override;
    void on_temporary(StoredImage file) override;
    void step_scan(UnixTime now);
    void finish_scan();
    void enforce(UnixTime now, SteadyTime steady);
    [[nodiscard]] bool oldest_has_to_go(UnixTime now) const noexcept;
    void look_at_disk(SteadyTime steady);
    void delete_oldest(SteadyTime steady);
    void tell_deletions(std::uint64_t files);

    ImageLimits limits_;
    app::Log& log_;
    FreeBytes free_bytes_;
    std::size_t most_listed_;
    ImageMatcher matcher_;

    std::deque<StoredImage> oldest_;  ///< in the order of their age; younger files are not in it when not `complete_`
    bool complete_ = true;
    std::uint64_t bytes_ = 0;

    bool scan_due_;
    std::optional<SteadyTime> next_scan_;
    std::optional<ImageScan> scan_;
    UnixTime scan_began_{};
    UnixTime scan_now_{};
    std::priority_queue<StoredImage, std::vector<StoredImage>, Younger> found_;
    bool found_all_ = true;
    std::uint64_t found_bytes_ = 0;
    std::deque<StoredImage> added_;  ///< while a scan goes on
    std::uint64_t added_bytes_ = 0;

    std::uint64_t to_free_ = 0;  ///< bytes to delete for `min_free`
    std::optional<SteadyTime> next_disk_look_;
    std::uint64_t deleted_bytes_ = 0;  ///< not told yet
    RepeatLimiter deletions_{std::chrono::minutes{1}};
    RepeatLimiter failures_{std::chrono::minutes{1}};
    RepeatLimiter exhausted_{std::chrono::minutes{1}};
};

}  // namespace muxtap::frames
