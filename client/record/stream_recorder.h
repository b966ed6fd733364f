#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/files/output_names.h"
#include "client/record/disk_alarm.h"
#include "client/record/existing_files.h"
#include "client/record/loss_ledger.h"
#include "client/record/recording_file.h"
#include "client/record/retention.h"
#include "client/record/segment_cutter.h"
#include "common/feed/feed_tracker.h"

namespace muxtap::record {

/// What the streams of one run share. Outlives them.
struct RecordingContext {
    const RecordConfig& config;
    app::Log& log;
    OutputOpener& opener;
    MemoryBudget budget;
    DiskAlarm alarm;
    FileChooser chooser;
    client::OutputNames names;
    Retention retention;
    std::string output;  ///< the pattern, absolute

    RecordingContext(const RecordConfig& given, app::Log& the_log, OutputOpener& the_opener);
};

/// What was recorded of one stream since the program started.
struct StreamTotals {
    std::uint64_t packets = 0;       ///< taken
    std::uint64_t disk_dropped = 0;  ///< given up
    std::uint64_t files = 0;
};

/// Writes one stream of one probe: opens files, cuts them, keeps account of what is missing. Used by one thread.
class StreamRecorder {
public:
    StreamRecorder(RecordingContext& context, std::string probe, std::string stream);

    /// Writes a batch, at most its first `limit` packets. `owner` keeps the payload alive.
    void on_batch(const proto::BatchHeader& header, const PacketSlice& payload, const feed::FeedVerdict& verdict,
                  std::uint64_t limit, SteadyTime now);
    /// Where losses are noted that no batch tells of.
    [[nodiscard]] LossLedger& losses() noexcept { return losses_; }
    /// Writes what is due and tries again what could not be written.
    void tick(SteadyTime now);
    /// Writes what waits now, unless it is known that it cannot be written yet.
    void write_all(SteadyTime now);
    void close(EndReason reason, SteadyTime now);

    /// When `tick` has something to do.
    [[nodiscard]] std::optional<SteadyTime> next_due() const noexcept;
    /// Whether packets wait that have not been written.
    [[nodiscard]] bool waiting() const noexcept { return file_ && file_->next_due().has_value(); }
    [[nodiscard]] const StreamTotals& totals() const noexcept { return totals_; }
    [[nodiscard]] const LossTotals& lost() const noexcept { return losses_.totals(); }
    [[nodiscard]] std::string current_path() const { return file_ ? file_->path() : std::string{}; }
    [[nodiscard]] std::uint64_t open_bytes() const noexcept { return file_ ? file_->file_bytes() : 0; }
    /// Why nothing can be written and trying again is no use: the first file could not be opened, or nobody reads
    /// standard output any more.
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }
    [[nodiscard]] bool output_closed() const noexcept { return output_closed_; }
    [[nodiscard]] const std::string& probe() const noexcept { return probe_; }
    [[nodiscard]] const std::string& stream() const noexcept { return stream_; }

private:
    void take(const proto::BatchHeader& header, const TimedPackets& packets, std::size_t from, std::size_t to,
              const PacketSlice& payload, SteadyTime now);

    [[nodiscard]] std::unique_ptr<RecordingFile> new_file(const proto::BatchHeader& header, const TimedPackets& packets,
                                                          std::size_t from) const;
    [[nodiscard]] Result<void, OpenError> open(RecordingFile& file);
    void begin_file(const proto::BatchHeader& header, const TimedPackets& packets, std::size_t from, SteadyTime now);
    [[nodiscard]] bool cut(const proto::BatchHeader& header, const TimedPackets& packets, std::size_t from,
                           SteadyTime now);
    void finish_file(EndReason reason, SteadyTime now);
    void cut_succeeded(SteadyTime now);
    void report_trouble(SteadyTime now);
    [[nodiscard]] bool lost_its_file(SteadyTime now);
    void write(SteadyTime now);
    void write_failed(int error, SteadyTime now);

    RecordingContext& context_;
    std::string probe_;
    std::string stream_;
    std::optional<std::string> suffix_;
    std::optional<SegmentCutter> cutter_;
    std::unique_ptr<RecordingFile> file_;
    std::optional<SteadyTime> retry_at_;   ///< set while the file cannot be written
    SteadyTime next_look_{};               ///< whether the file is still there
    SteadyTime next_cut_{};                ///< no cut before, because the next file could not be opened
    std::optional<std::string> unopened_;  ///< that next file
    LossLedger losses_;
    StreamTotals totals_;
    RepeatLimiter trouble_{std::chrono::minutes{1}};
    std::optional<Error> failure_;
    bool output_closed_ = false;
};

}  // namespace muxtap::record
