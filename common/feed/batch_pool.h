#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "common/feed/batch.h"

namespace muxtap::feed {

/// Batches for reuse, last in first out so that their memory is still in the cache. Batches come in four sizes, full
/// and 1/4, 1/16 and 1/64 of it, so that a slow stream's small messages do not each hold a full batch's memory.
/// May be used by several threads; a lock is taken per batch, never per packet. Outlives all of its batches.
class BatchPool {
public:
    static constexpr std::size_t size_classes = 4;

    /// `full_packets`: capacity of a full batch. `limit_bytes`: most memory handed out at once.
    BatchPool(std::size_t full_packets, std::size_t limit_bytes);
    BatchPool(const BatchPool&) = delete;
    BatchPool& operator=(const BatchPool&) = delete;
    ~BatchPool();

    /// An empty batch for at least `packets` packets (at most a full one). Empty pointer when the limit is
    /// reached: the caller drops and counts.
    [[nodiscard]] BatchPtr acquire(std::size_t packets);

    [[nodiscard]] std::size_t full_packets() const noexcept { return capacities_[0]; }
    void set_limit(std::size_t limit_bytes);

    /// Bytes of packet memory handed out, and bytes waiting for reuse.
    [[nodiscard]] std::size_t bytes_in_use() const;
    [[nodiscard]] std::size_t bytes_free() const;

private:
    friend struct ReturnToPool;
    static void take_back(Batch* batch) noexcept;
    void put(std::unique_ptr<Batch> batch) noexcept;

    /// More than this waiting for reuse goes back to the system: after a slow subscriber has caught up, say.
    static constexpr std::size_t keep_free_bytes = std::size_t{16} << 20;

    std::array<std::size_t, size_classes> capacities_{};
    mutable std::mutex mutex_;
    std::array<std::vector<std::unique_ptr<Batch>>, size_classes> free_;
    std::size_t limit_bytes_;
    std::size_t in_use_bytes_ = 0;
    std::size_t free_bytes_ = 0;
};

}  // namespace muxtap::feed
