#pragma once

#include <cstddef>
#include <span>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/ts/packet_view.h"
#include "proto/feed_header.h"

namespace muxtap::record {

/// A time of the wire, kept between 1970 and 2198, whatever was sent.
[[nodiscard]] UnixTime kept_in_range(std::int64_t time_ns) noexcept;

/// The packets of one batch with the capture time of each, worked out from the header. Borrowed, as the header is.
/// Times are kept in range, whatever the header says.
class TimedPackets {
public:
    TimedPackets(ByteView payload, std::int64_t first_ns, std::span<const proto::DatagramEntry> datagrams) noexcept;

    [[nodiscard]] std::size_t count() const noexcept { return payload_.size() / ts::packet_size; }
    [[nodiscard]] UnixTime first_time() const noexcept { return first_; }
    [[nodiscard]] UnixTime last_time() const noexcept { return last_; }
    [[nodiscard]] UnixTime time_of(std::size_t packet) const noexcept;
    [[nodiscard]] const std::uint8_t* bytes_of(std::size_t packet) const noexcept {
        return &payload_[packet * ts::packet_size];
    }
    [[nodiscard]] ByteView slice(std::size_t from, std::size_t to) const noexcept {
        return payload_.subspan(from * ts::packet_size, (to - from) * ts::packet_size);
    }

    /// Calls `visit(first, end, time)` for the packets [first, end) of each datagram, in order, until it returns false.
    template <typename Visit>
    void for_each_datagram(Visit&& visit) const {
        UnixTime time = first_;
        std::size_t packet = 0;
        for (const proto::DatagramEntry& entry : datagrams_) {
            if (packet > 0) time = later(time, entry.gap_ns);
            if (!visit(packet, packet + entry.packets, time)) return;
            packet += entry.packets;
        }
    }

private:
    [[nodiscard]] static UnixTime later(UnixTime time, std::int64_t gap_ns) noexcept;

    ByteView payload_;
    std::span<const proto::DatagramEntry> datagrams_;
    UnixTime first_;
    UnixTime last_;
};

}  // namespace muxtap::record
