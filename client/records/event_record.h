#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "analyzer/report/event.h"
#include "client/records/record_identity.h"
#include "common/ts/timestamp.h"

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

    // What is seen and heard in the decoded streams.
    black_began,  ///< pictures are black
    black_ended,
    freeze_began,  ///< pictures stay the same
    freeze_ended,
    sound_silence_began,  ///< all channels of an audio stream are silent
    sound_silence_ended,
    clipping_began,  ///< sound at full scale
    clipping_ended,
    phase_began,  ///< a pair of channels is out of phase
    phase_ended,
    caption,                 ///< a text of closed captions or teletext subtitles
    captions_missing_began,  ///< none for longer than the limit
    captions_missing_ended,
    not_decodable,     ///< scrambled, no decoder for it, or nothing to decode
    decoding_failed,   ///< a pipeline stopped producing and is started again
    decoding_resumed,  ///< and produces again
    pictures_skipped,  ///< decoding is slower than the stream
};
[[nodiscard]] const char* key_name(WorkerEvent kind) noexcept;

/// What only events about decoded pictures, sound and text have.
struct MediaDetail {
    std::optional<ts::Timestamp> pts;
    std::optional<std::chrono::nanoseconds> duration;  ///< of what has ended, or how long a text was shown
    std::string channel;   ///< of a text: CC1..CC4, "service 1", or a teletext page such as 888
    std::string language;  ///< ISO 639-2, empty where not known
    std::string content;   ///< of a text: UTF-8, lines separated by line feeds

    [[nodiscard]] bool operator==(const MediaDetail&) const = default;
};

/// A record `muxtap.event/1` (proto/schema/event-1.json).
struct EventRecord {
    RecordIdentity identity;
    WorkerIdentity worker;
    analyzer::Event event;  ///< its `kind` is not looked at where `worker_event` is set
    std::optional<WorkerEvent> worker_event;
    std::string file;  ///< watched file, for log_line
    MediaDetail media{};

    [[nodiscard]] std::string_view kind_name() const noexcept;
};

/// One line without line feed: a record `muxtap.event/1`.
[[nodiscard]] std::string to_json(const EventRecord& record);

}  // namespace muxtap::client
