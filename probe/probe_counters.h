#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/counters/exposition.h"
#include "common/feed/publisher.h"
#include "common/feed/status_board.h"
#include "probe/capture_stage.h"

namespace muxtap::probe {

/// The probe's own counters, of all its streams and capture threads. Used by the main thread.
class ProbeCounters {
public:
    /// All of it outlives the counters.
    ProbeCounters(std::string probe, const feed::StatusBoard& board,
                  const std::vector<std::unique_ptr<CaptureStage>>& stages, const feed::PublisherCounters& publisher);

    /// Streams that have had packets since the last call are live.
    void put(counters::Exposition& out);

private:
    void put_capture(counters::Exposition& out) const;
    void put_stream(const feed::StreamStatus& status, counters::Exposition& out);

    std::string probe_;
    const feed::StatusBoard& board_;
    const std::vector<std::unique_ptr<CaptureStage>>& stages_;
    const feed::PublisherCounters& publisher_;
    std::map<std::string, std::uint64_t> packets_;  ///< at the last call, by stream
};

}  // namespace muxtap::probe
