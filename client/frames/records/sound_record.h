#pragma once

#include <string>

#include "analyzer/report/stream_info.h"
#include "client/frames/sound/sound_meter.h"
#include "client/records/record_identity.h"

namespace muxtap::frames {

/// A record `muxtap.sound/1`: what was heard of an audio stream in an interval (proto/schema/sound-1.json).
struct SoundRecord {
    client::RecordIdentity identity;  ///< `seq` goes up by one from record to record of a stream
    client::WorkerIdentity worker;
    std::uint16_t program = 0;
    ts::Pid pid = 0;
    analyzer::Codec codec{};
    std::string language;  ///< ISO 639-2, empty where not known
    SoundFacts facts;
};

/// One line without line feed.
[[nodiscard]] std::string to_json(const SoundRecord& record);

}  // namespace muxtap::frames
