#include "common/feed/batch_pool.h"

#include <algorithm>

namespace muxtap::feed {

BatchPool::BatchPool(std::size_t full_packets, std::size_t limit_bytes) : limit_bytes_(limit_bytes) {
    std::size_t capacity = std::max<std::size_t>(full_packets, 1);
    for (std::size_t& size : capacities_) {
        size = capacity;
        capacity = std::max<std::size_t>(capacity / 4, 1);
    }
    // Room for every batch there can be: putting one back never allocates.
    const std::size_t most = keep_free_bytes / (capacities_.back() * ts::packet_size) + 1;
    for (auto& list : free_) list.reserve(std::min<std::size_t>(most, 8192));
}

BatchPool::~BatchPool() = default;

BatchPtr BatchPool::acquire(std::size_t packets) {
    std::size_t size_class = 0;
    while (size_class + 1 < size_classes && capacities_[size_class + 1] >= packets) ++size_class;
    const std::size_t bytes = capacities_[size_class] * ts::packet_size;
    {
        const std::scoped_lock lock(mutex_);
        if (in_use_bytes_ + bytes > limit_bytes_) return nullptr;
        in_use_bytes_ += bytes;
        auto& list = free_[size_class];
        if (!list.empty()) {
            BatchPtr batch(list.back().release());
            list.pop_back();
            free_bytes_ -= bytes;
            return batch;
        }
    }
    return BatchPtr(std::make_unique<Batch>(*this, size_class, capacities_[size_class]).release());
}

void BatchPool::take_back(Batch* batch) noexcept {
    BatchPool& pool = batch->pool_;
    pool.put(std::unique_ptr<Batch>(batch));
}

void BatchPool::put(std::unique_ptr<Batch> batch) noexcept {
    batch->used_ = 0;
    batch->datagrams.clear();
    batch->stream.reset();
    const std::size_t bytes = batch->capacity_;
    const std::scoped_lock lock(mutex_);
    in_use_bytes_ -= bytes;
    auto& list = free_[batch->size_class_];
    if (free_bytes_ + bytes > keep_free_bytes || list.size() == list.capacity()) return;
    free_bytes_ += bytes;
    list.push_back(std::move(batch));
}

void BatchPool::set_limit(std::size_t limit_bytes) {
    const std::scoped_lock lock(mutex_);
    limit_bytes_ = limit_bytes;
}

std::size_t BatchPool::bytes_in_use() const {
    const std::scoped_lock lock(mutex_);
    return in_use_bytes_;
}

std::size_t BatchPool::bytes_free() const {
    const std::scoped_lock lock(mutex_);
    return free_bytes_;
}

}  // namespace muxtap::feed
