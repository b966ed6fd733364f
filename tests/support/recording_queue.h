#pragma once

#include <memory>
#include <vector>

#include "common/feed/batch_pool.h"
#include "common/feed/publisher.h"
#include "tests/support/ts_packets.h"

namespace muxtap::test {

/// A batch as it came out, copied.
struct RecordedBatch {
    feed::StreamDescriptionPtr stream;
    std::uint64_t first_packet = 0;
    UnixTime time{};
    proto::Totals totals;
    std::vector<proto::DatagramEntry> datagrams;
    ByteVector payload;
    const std::uint8_t* memory = nullptr;  ///< where it was
};

/// Takes a capture thread's batches in place of the publisher, and can say no as a full one does.
class RecordingQueue : public feed::BatchQueueWriter {
public:
    explicit RecordingQueue(std::size_t full_packets = feed::default_batch_packets)
        : pool_(full_packets, std::size_t{64} << 20) {}

    [[nodiscard]] feed::BatchPtr acquire(std::size_t packets) override {
        return without_memory ? nullptr : pool_.acquire(packets);
    }
    [[nodiscard]] bool push(feed::BatchPtr& batch) override {
        if (full) return false;
        if (!discard) {
            const ByteView payload = batch->payload();
            batches.push_back({batch->stream,
                               batch->first_packet,
                               batch->time,
                               batch->totals,
                               batch->datagrams,
                               {payload.begin(), payload.end()},
                               payload.data()});
        }
        ++pushed;
        packets_pushed += batch->packets();
        batch.reset();
        return true;
    }
    void deliver() override {}
    void finish() override { finished = true; }

    /// All packets of all batches, or of one stream's.
    [[nodiscard]] ByteVector packets(std::string_view stream = {}) const {
        ByteVector bytes;
        for (const RecordedBatch& batch : batches) {
            if (stream.empty() || batch.stream->name == stream) append(bytes, batch.payload);
        }
        return bytes;
    }
    [[nodiscard]] feed::BatchPool& pool() noexcept { return pool_; }

    std::vector<RecordedBatch> batches;
    std::size_t pushed = 0;
    std::uint64_t packets_pushed = 0;
    bool full = false;
    bool without_memory = false;
    bool discard = false;  ///< count only: copying allocates
    bool finished = false;

private:
    feed::BatchPool pool_;
};

/// What every batch must say about itself: entries that add up, and totals that go on from batch to batch.
[[nodiscard]] inline bool is_consistent(const RecordedBatch& batch) {
    std::uint64_t packets = 0;
    for (const proto::DatagramEntry& entry : batch.datagrams) {
        if (entry.packets == 0 || entry.gap_ns < proto::gap_not_measurable) return false;
        packets += entry.packets;
    }
    return packets * ts::packet_size == batch.payload.size() && packets > 0 && batch.stream != nullptr &&
           batch.first_packet == batch.totals.packets && batch.totals.bytes == batch.totals.packets * ts::packet_size &&
           batch.datagrams.front().gap_ns == 0;
}

}  // namespace muxtap::test
