#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "client/kafka/outbox.h"

namespace RdKafka {
class Conf;
}

namespace muxtap::kafka {

/// Limits on what is given to the producer and not yet acknowledged.
struct Window {
    static constexpr std::size_t messages = 1000;
    static constexpr std::size_t bytes = std::size_t{8} << 20;
};

/// The settings of a producer: ours, then the user's over them. An unknown name or a bad value is an Error that names
/// it. `single`: each message in a batch of its own, unless the user says otherwise.
[[nodiscard]] Result<std::unique_ptr<RdKafka::Conf>> producer_config(const Outbox::Settings& settings, bool single);

}  // namespace muxtap::kafka
