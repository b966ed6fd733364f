#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/report/event.h"
#include "client/records/record_identity.h"

namespace muxtap::client {

/// What a worker itself has to tell, besides what the analyzer finds in a stream.
enum class WorkerEvent : std::uint8_t {
    stream_found,     ///< first message of a stream
    stream_ended,     ///< the probe says that nothing more will come
    probe_restarted,  ///< new epoch
    probe_silent,     ///< no message of the probe for a while: it or the way to it is gone
    probe_back,
    feed_loss,  ///< batches that did not reach this worker
    log_line,   ///< a line of a watched file
};
[[nodiscard]] const char* key_name(WorkerEvent kind) noexcept;

/// A record `muxtap.event/1` (proto/schema/event-1.json).
struct EventRecord {
    RecordIdentity identity;
    WorkerIdentity worker;
    analyzer::Event event;  ///< its `kind` is not looked at where `worker_event` is set
    std::optional<WorkerEvent> worker_event;
    std::string file;  ///< watched file, for log_line

    [[nodiscard]] std::string_view kind_name() const noexcept;
};

/// One line without line feed: a record `muxtap.event/1`.
[[nodiscard]] std::string to_json(const EventRecord& record);

}  // namespace muxtap::client
