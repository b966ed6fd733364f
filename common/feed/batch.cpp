#include "common/feed/batch.h"

#include <utility>

#include "common/feed/batch_pool.h"

namespace muxtap::feed {

Batch::Batch(BatchPool& pool, std::size_t size_class, std::size_t capacity_packets)
    : pool_(pool),
      size_class_(size_class),
      capacity_(capacity_packets * ts::packet_size),
      memory_(std::make_unique_for_overwrite<std::uint8_t[]>(capacity_)) {
    datagrams.reserve(capacity_packets);
}

void ReturnToPool::operator()(Batch* batch) const noexcept {
    BatchPool::take_back(batch);
}

SharedBatch::SharedBatch(BatchPtr batch) noexcept : batch_(batch.release()) {
    batch_->references_.store(1, std::memory_order_relaxed);
}

SharedBatch::SharedBatch(const SharedBatch& other) noexcept : batch_(other.batch_) {
    if (batch_ != nullptr) batch_->references_.fetch_add(1, std::memory_order_relaxed);
}

SharedBatch::SharedBatch(SharedBatch&& other) noexcept : batch_(std::exchange(other.batch_, nullptr)) {}

SharedBatch& SharedBatch::operator=(SharedBatch other) noexcept {
    std::swap(batch_, other.batch_);
    return *this;
}

SharedBatch::~SharedBatch() {
    if (batch_ != nullptr && batch_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        ReturnToPool{}(batch_);
    }
}

void* SharedBatch::to_c() && noexcept {
    return std::exchange(batch_, nullptr);
}

SharedBatch SharedBatch::from_c(void* reference) noexcept {
    SharedBatch shared;
    shared.batch_ = static_cast<Batch*>(reference);
    return shared;
}

}  // namespace muxtap::feed
