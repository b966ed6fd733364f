#include "client/kafka/broker_watch.h"

#include <chrono>

namespace muxtap::kafka {

namespace {
constexpr std::chrono::minutes repeat_interval{5};
}

void BrokerWatch::note(const std::vector<BrokerEvent>& events, std::uint64_t waiting) {
    using Kind = BrokerEvent::Kind;
    for (const BrokerEvent& event : events) {
        switch (event.kind) {
            case Kind::trouble: reason_ = event.text; break;
            case Kind::authentication:
                reason_ = event.text;
                repeated("kafka_authentication", "the broker refuses our credentials", event.text);
                break;
            case Kind::tls:
                reason_ = event.text;
                repeated("kafka_tls", "no TLS connection to the broker", event.text);
                break;
            case Kind::topic_creation:
                repeated("kafka_topic_creation", "the broker did not create a topic", event.text);
                break;
            case Kind::all_down: all_down(waiting); break;
            case Kind::fatal:
            case Kind::log: log_->debug("librdkafka", event.text); break;
        }
    }
}

void BrokerWatch::all_down(std::uint64_t waiting) {
    connected_ = false;
    if (down_since_) return;
    down_since_ = steady_now();
    problem_ = "broker unreachable: " + (reason_.empty() ? brokers_ : reason_);
    log_->warning("broker_unreachable", problem_ + "; messages wait in the spool", {{"waiting", waiting}});
}

void BrokerWatch::answered(std::uint64_t waiting) {
    if (connected_) return;
    connected_ = true;
    problem_.clear();
    reason_.clear();
    if (!down_since_) return;
    const auto away = std::chrono::duration_cast<std::chrono::seconds>(steady_now() - *down_since_).count();
    down_since_.reset();
    log_->info("broker_back",
               "broker is back after " + std::to_string(away) + " s, messages waiting: " + std::to_string(waiting),
               {{"waiting", waiting}, {"away_s", static_cast<std::int64_t>(away)}});
}

void BrokerWatch::repeated(const char* event, const std::string& what, const std::string& text) {
    const auto limiter = repeats_.try_emplace(event, repeat_interval).first;
    const auto count = limiter->second.note(steady_now());
    if (!count) return;
    std::string line = what + ": " + text;
    if (*count > 1) line += " (" + std::to_string(*count) + " times since it was last said)";
    log_->warning(event, line, {{"count", *count}});
}

}  // namespace muxtap::kafka
