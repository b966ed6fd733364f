#pragma once

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "client/delivery/ndjson_file.h"
#include "client/delivery/sink_account.h"
#include "common/app/log.h"
#include "common/base/result.h"

namespace muxtap::delivery {

/// A line of JSON without its line feed, never null.
using Line = std::shared_ptr<const std::string>;

/// Writes lines of JSON into a file, or to standard output: a sink's work (`Sink`), called as one is. A line is there
/// as a whole or not at all; of a pipe the last one may be torn when its reader is slower than `finish` is patient.
/// While nothing can be written, lines wait in a bounded queue; what it has no room for is dropped and counted. The
/// program must ignore SIGPIPE.
class NdjsonWriter {
public:
    struct Settings {
        std::string path;                                ///< "-": standard output
        std::uint64_t bytes = 100'000'000;               ///< a new file is begun at this size
        std::uint64_t files = 5;                         ///< older files to keep, as FILE.1, FILE.2 ...
        std::size_t most_waiting = 4096;                 ///< lines, while nothing can be written
        int standard_output = STDOUT_FILENO;             ///< what "-" means; borrowed
        std::chrono::milliseconds reader_patience{100};  ///< how long a batch waits for a slow reader
    };
    [[nodiscard]] static Result<std::unique_ptr<NdjsonWriter>> open(Settings settings, app::Log& log);

    void write(std::span<const Line> lines);
    void tick();
    void finish(std::chrono::milliseconds patience);
    [[nodiscard]] SinkFigures figures() const { return account_.figures(); }

    /// Nobody reads what is written any more (`muxtap-metrics | head`), nor ever will: time to end, quietly. Any
    /// thread.
    [[nodiscard]] bool closed() const noexcept { return closed_; }

private:
    NdjsonWriter(Settings settings, NdjsonFile file, app::Log& log);

    void write_waiting(SteadyTime end, std::chrono::milliseconds patience);
    [[nodiscard]] bool write_batch();
    void consume(std::size_t bytes);
    void cut_torn_line();
    void failed(int error);
    void close();
    bool make_open();
    void rotate_before(std::size_t next_line);
    void drop(std::size_t count);

    Settings settings_;
    app::Log& log_;
    SinkAccount account_;
    std::optional<NdjsonFile> file_;  ///< none while it cannot be opened
    std::deque<Line> waiting_;
    std::size_t front_done_ = 0;  ///< bytes of the first one's line that are written
    std::uint64_t size_ = 0;      ///< of the file
    std::uint64_t rotate_at_ = 0;
    std::string batch_;
    bool slow_ = false;  ///< the last write was cut short by a slow reader
    SteadyTime next_try_{};
    SteadyTime next_look_{};
    std::atomic<bool> closed_ = false;
};

}  // namespace muxtap::delivery
