#pragma once

#include <cstddef>
#include <cstdint>

#include "client/kafka/message.h"

namespace muxtap::kafka {

/// A message in the outbox. Identities grow in the order in which messages were offered, over restarts too.
struct Entry {
    std::uint64_t id = 0;
    Message message{};
    bool spooled = false;  ///< its row is on disk
    bool trimmed = false;  ///< made smaller than its row
    unsigned trim_attempts = 0;

    /// About what it takes in memory, in bytes.
    [[nodiscard]] std::size_t size() const noexcept { return message.size() + sizeof(Entry); }
};

}  // namespace muxtap::kafka
