#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "common/feed/feed_tracker.h"
#include "tests/support/ts_maker.h"

namespace muxtap::test {

/// Makes the messages that a probe would send of a multiplex: batches with datagrams of 7 packets, statuses, totals.
class FeedMaker {
public:
    FeedMaker(const Multiplex& multiplex, const MultiplexPlan& plan, UnixTime start)
        : multiplex_(multiplex), start_(start), step_(188.0 * 8 * 1e9 / static_cast<double>(plan.bitrate)) {
        totals_.packets = 0;
    }

    proto::SourceAddress source{.ip = "10.0.0.5",
                                .port = 4000,
                                .dst_ip = "239.1.1.1",
                                .dst_port = 5000,
                                .interface = "eth0",
                                .vlan = 0,
                                .encapsulation = proto::Encapsulation::udp};
    std::uint64_t epoch = 1'000;

    /// Counters as the probe has them now.
    [[nodiscard]] proto::Totals& totals() noexcept { return totals_; }
    [[nodiscard]] std::size_t sent() const noexcept { return sent_; }
    [[nodiscard]] UnixTime time_of(std::size_t packet) const {
        return start_ + std::chrono::nanoseconds(std::llround(step_ * static_cast<double>(packet)));
    }
    [[nodiscard]] UnixTime now() const { return time_of(sent_); }

    /// The probe starts again: numbers and totals begin anew, the stream goes on.
    void restart() {
        ++epoch;
        seq_ = 0;
        totals_ = {};
    }

    /// The next `count` packets as a batch. Borrowed until the next call.
    [[nodiscard]] proto::BatchMessage batch(std::size_t count) {
        entries_.clear();
        UnixTime before = time_of(sent_ + std::min<std::size_t>(7, count));
        const UnixTime first = before;
        for (std::size_t i = 0; i < count; i += 7) {
            const std::size_t in_datagram = std::min<std::size_t>(7, count - i);
            const UnixTime time = time_of(sent_ + i + in_datagram);
            entries_.push_back({static_cast<std::uint32_t>(in_datagram), (time - before).count()});
            before = time;
        }
        proto::BatchMessage message{
            .header = {.probe = "probe",
                       .stream = "stream",
                       .epoch = epoch,
                       .seq = seq_++,
                       .first_packet = totals_.packets,
                       .packets = static_cast<std::uint32_t>(count),
                       .time_ns = to_unix_ns(first),
                       .datagrams = entries_,
                       .source = source,
                       .totals = totals_},
            .payload = ByteView{multiplex_.bytes()}.subspan(sent_ * ts::packet_size, count * ts::packet_size)};
        sent_ += count;
        totals_.packets += count;
        totals_.bytes = totals_.packets * ts::packet_size;
        totals_.datagrams += entries_.size();
        return message;
    }

    [[nodiscard]] proto::InfoHeader info(proto::StreamState state, UnixTime time) const {
        return {.probe = "probe",
                .stream = "stream",
                .epoch = epoch,
                .next_seq = seq_,
                .time_ns = to_unix_ns(time),
                .state = state,
                .last_packet_ns = sent_ == 0 ? 0 : to_unix_ns(now()),
                .rate_bps = 1,
                .source = source,
                .totals = totals_};
    }

private:
    const Multiplex& multiplex_;
    UnixTime start_;
    double step_;
    proto::Totals totals_;
    std::uint64_t seq_ = 0;
    std::size_t sent_ = 0;
    std::vector<proto::DatagramEntry> entries_;
};

}  // namespace muxtap::test
