#pragma once

#include <cstdio>
#include <memory>

#include "common/feed/publisher.h"

namespace muxtap::probe {

/// Prints every packet in hexadecimal on its way to the publisher (--dump-packets).
class PacketDump : public feed::BatchQueueWriter {
public:
    /// `output` stays the caller's.
    PacketDump(std::unique_ptr<feed::BatchQueueWriter> next, std::FILE* output)
        : next_(std::move(next)), output_(output) {}

    [[nodiscard]] feed::BatchPtr acquire(std::size_t packets) override { return next_->acquire(packets); }
    [[nodiscard]] bool push(feed::BatchPtr& batch) override;
    void deliver() override { next_->deliver(); }
    void finish() override { next_->finish(); }

private:
    std::unique_ptr<feed::BatchQueueWriter> next_;
    std::FILE* output_;
};

}  // namespace muxtap::probe
