#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "client/frames/media_time.h"
#include "client/records/event_record.h"
#include "common/ts/packet_view.h"

namespace muxtap::frames {

/// Something that was found in pictures, sound or text: becomes a record `muxtap.event/1`.
struct Finding {
    client::WorkerEvent kind{};
    MediaTime time;  ///< when it began, ended or happened, not when it was noticed
    std::optional<ts::Pid> pid;
    std::optional<std::chrono::nanoseconds> duration;  ///< of what has ended, or how long a text was shown
    std::string channel;   ///< of text: CC1..CC4, "service 1", or a teletext page such as 888
    std::string language;  ///< ISO 639-2, empty where not known
    std::string content;   ///< of text: UTF-8, lines separated by line feeds
    std::string text;      ///< one line for people, without time
};

using FindingHandler = std::function<void(Finding)>;

}  // namespace muxtap::frames
