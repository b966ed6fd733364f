#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "proto/feed_header.h"
#include "proto/topic.h"

namespace muxtap::feed {

/// Name and origin of one captured stream. Immutable: when the sender of a stream changes, its next batch refers to a
/// new description.
struct StreamDescription {
    std::string name;        ///< valid by proto::is_stream_name
    std::string ts_topic;    ///< ts/<name>/
    std::string info_topic;  ///< info/<name>/
    std::string ip;
    std::uint16_t port = 0;
    std::string dst_ip;
    std::uint16_t dst_port = 0;
    std::string interface;
    std::uint16_t vlan = 0;
    proto::Encapsulation encapsulation = proto::Encapsulation::udp;

    /// Sets the name and both topics.
    void set_name(std::string stream_name) {
        name = std::move(stream_name);
        ts_topic = proto::make_topic(proto::Kind::ts, name);
        info_topic = proto::make_topic(proto::Kind::info, name);
    }

    /// The origin as it stands in a header; borrows from this description.
    [[nodiscard]] proto::SourceAddress source() const noexcept {
        return {ip, port, dst_ip, dst_port, interface, vlan, encapsulation};
    }
};

using StreamDescriptionPtr = std::shared_ptr<const StreamDescription>;

}  // namespace muxtap::feed
