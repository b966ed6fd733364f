#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/feed/stream_description.h"
#include "common/ts/packet_view.h"
#include "proto/feed_header.h"

namespace muxtap::feed {

class BatchPool;

/// Room of a full batch, 263,200 bytes, unless the operator chooses otherwise (--batch-packets).
inline constexpr std::size_t default_batch_packets = 1400;

/// Whole transport packets of one stream in contiguous memory, with what their header will say. Filled by one thread,
/// immutable from the moment it is published; then reference-counted, because ZeroMQ and others hold it at once. Its
/// memory goes back to the pool it came from.
class Batch {
public:
    Batch(BatchPool& pool, std::size_t size_class, std::size_t capacity_packets);
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;
    ~Batch() = default;

    /// Set when the batch is opened.
    StreamDescriptionPtr stream;
    std::uint64_t first_packet = 0;
    std::uint64_t skipped_before = 0;  ///< batches of the stream since the last queued one that nobody wanted
    UnixTime time{};                   ///< capture time of the first datagram
    proto::Totals totals;              ///< as they stood before the first packet
    std::vector<proto::DatagramEntry> datagrams;

    [[nodiscard]] std::size_t packets() const noexcept { return used_ / ts::packet_size; }
    [[nodiscard]] std::size_t capacity_bytes() const noexcept { return capacity_; }
    [[nodiscard]] ByteView payload() const noexcept { return {memory_.get(), used_}; }

    /// Memory behind the last packet, for the next ones. Valid until the batch is given away.
    [[nodiscard]] std::span<std::uint8_t> room() noexcept { return {memory_.get() + used_, capacity_ - used_}; }
    /// Takes the first `count` packets of `room()` in. They fit.
    void commit(std::size_t count) noexcept { used_ += count * ts::packet_size; }

    /// The two ends of a hand-over from one thread to another through a queue. The queue orders memory already, but
    /// where it is not instrumented (libzmq), ThreadSanitizer knows that only from here.
    void hand_over() noexcept { references_.store(0, std::memory_order_release); }
    void take_over() noexcept { (void)references_.load(std::memory_order_acquire); }

private:
    friend class BatchPool;
    friend class SharedBatch;

    BatchPool& pool_;
    std::size_t size_class_;
    std::size_t capacity_;
    std::size_t used_ = 0;
    std::unique_ptr<std::uint8_t[]> memory_;
    std::atomic<int> references_{0};
};

/// Gives a batch that nobody else holds back to its pool.
struct ReturnToPool {
    void operator()(Batch* batch) const noexcept;
};

/// The only holder of a batch: while it is filled and queued.
using BatchPtr = std::unique_ptr<Batch, ReturnToPool>;

/// One of several holders of a published batch. One assignment serves copy and move.
class SharedBatch {  // NOLINT(cppcoreguidelines-special-member-functions)
public:
    explicit SharedBatch(BatchPtr batch) noexcept;
    SharedBatch(const SharedBatch& other) noexcept;
    SharedBatch(SharedBatch&& other) noexcept;
    SharedBatch& operator=(SharedBatch other) noexcept;
    ~SharedBatch();

    [[nodiscard]] const Batch& operator*() const noexcept { return *batch_; }
    [[nodiscard]] const Batch* operator->() const noexcept { return batch_; }

    /// Hands this reference over to C code, which gives it back through `from_c`.
    [[nodiscard]] void* to_c() && noexcept;
    [[nodiscard]] static SharedBatch from_c(void* reference) noexcept;

private:
    SharedBatch() noexcept = default;
    Batch* batch_ = nullptr;
};

}  // namespace muxtap::feed
