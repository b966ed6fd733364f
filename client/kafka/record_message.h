#pragma once

#include <string>

#include "client/kafka/message.h"
#include "client/records/record_identity.h"
#include "common/base/clock.h"

namespace muxtap::kafka {

/// The message of a record, without payload. Headers name the record's schema and identity, so that a consumer can
/// choose and drop duplicates without parsing. An empty `key` becomes the stream's name, the probe's where it is about
/// none.
[[nodiscard]] inline Message record_message(const std::string& topic, const std::string& key,
                                            const client::RecordIdentity& identity, const char* schema, UnixTime time) {
    const std::string& by_default = identity.stream.empty() ? identity.probe : identity.stream;
    return {.topic = topic,
            .key = key.empty() ? by_default : key,
            .headers = {{"schema", schema},
                        {"probe", identity.probe},
                        {"stream", identity.stream},
                        {"epoch", std::to_string(identity.epoch)},
                        {"seq", std::to_string(identity.seq)}},
            .time = time};
}

}  // namespace muxtap::kafka
