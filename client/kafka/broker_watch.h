#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/kafka/producer.h"
#include "common/app/log.h"
#include "common/base/clock.h"
#include "common/base/repeat_limiter.h"

namespace muxtap::kafka {

/// Knows whether the broker answers, and says so once when that changes. Used by one thread.
class BrokerWatch {
public:
    /// `brokers` are named where no more is known of the trouble.
    BrokerWatch(app::Log& log, std::string brokers) noexcept : log_(&log), brokers_(std::move(brokers)) {}

    void note(const std::vector<BrokerEvent>& events, std::uint64_t waiting);
    /// The broker has answered: a message was acknowledged, or it was met for the first time.
    void answered(std::uint64_t waiting);

    [[nodiscard]] bool connected() const noexcept { return connected_; }
    /// The latest trouble librdkafka told of, empty when none since the broker answered.
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
    /// One line, empty when all is well.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    void all_down(std::uint64_t waiting);
    void repeated(const char* event, const std::string& what, const std::string& text);

    app::Log* log_;
    std::string brokers_;
    bool connected_ = false;
    std::optional<SteadyTime> down_since_;
    std::string reason_;  ///< latest trouble of the connection
    std::string problem_;
    std::map<std::string, RepeatLimiter> repeats_;
};

}  // namespace muxtap::kafka
