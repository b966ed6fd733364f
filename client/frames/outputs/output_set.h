#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "client/frames/frames_config.h"
#include "client/frames/outputs/item.h"
#include "common/app/log.h"
#include "common/base/result.h"
#include "common/counters/exposition.h"

namespace muxtap::frames {

/// The outputs that the operator asked for: files, Kafka, ZeroMQ, NDJSON; each with a bounded queue and a thread of its
/// own.
class OutputSet {
public:
    /// Opens them. An unreachable broker or a folder that cannot be written is logged and tried again; what can never
    /// work (an address in use, a bad setting) is an error.
    [[nodiscard]] static Result<std::unique_ptr<OutputSet>> open(const FramesConfig& config, app::Log& log);
    ~OutputSet();
    OutputSet(const OutputSet&) = delete;
    OutputSet& operator=(const OutputSet&) = delete;

    /// Gives an item to every output that takes its kind. Never waits; what finds no room is dropped by that output and
    /// counted. Any thread.
    void offer(const ItemPtr& item);

    /// Whether somebody takes encoded access units at all. Any thread.
    [[nodiscard]] bool wants_access_units() const noexcept;

    /// Nobody takes the records any more, nor ever will (`muxtap-frames --ndjson - | head`).
    [[nodiscard]] bool closed() const noexcept;

    /// Items dropped so far by an output that did not keep up or could not store them.
    [[nodiscard]] std::uint64_t dropped() const;

    /// Of each output.
    void put_counters(counters::SeriesOutput& out) const;

    /// Sends what waits, for at most about `patience`; to Kafka for at most `--kafka-timeout`. The error says what was
    /// lost.
    [[nodiscard]] Result<void> finish(std::chrono::milliseconds patience);

private:
    struct Implementation;
    explicit OutputSet(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::frames
