#include <algorithm>
#include <utility>

#include "client/kafka/delivery.h"
#include "client/kafka/wire_size.h"

// What delivery does about messages over the producer's or the broker's limit.
namespace muxtap::kafka {

namespace {

constexpr std::chrono::minutes size_memory{10};
constexpr unsigned most_trim_attempts = 16;

}  // namespace

void Delivery::too_large_for_broker(Lane& lane, Entry& entry) {
    const std::size_t size = wire_size(entry.message);
    if (!producer_single_) {
        // Each message of the batch is reported: the first changes it.
        if (std::exchange(single_, true)) return;
        // Perhaps only the batch was too large.
        log_->warning("kafka_batch_too_large", "the broker refuses a batch of topic \"" + lane.topic +
                                                   "\" as too large: messages are sent one by one; set batch.size "
                                                   "below the topic's max.message.bytes with --kafka-config");
    } else {
        lane.refused = std::min(lane.refused, size);
        lane.taken = std::min(lane.taken, lane.refused - 1);
        lane.refused_until = steady_now() + size_memory;
    }
    ask_for_restart("message too large");
}

bool Delivery::fit(Lane& lane, Entry& entry) {
    if (steady_now() > lane.refused_until) lane.refused = std::numeric_limits<std::size_t>::max();
    const std::size_t local = producer_->message_limit();
    while (wire_size(entry.message) > local || wire_size(entry.message) >= lane.refused) {
        const std::size_t size = wire_size(entry.message);
        const std::size_t learned = size >= lane.refused ? std::max(lane.taken, lane.refused / 4 * 3) : size;
        const std::size_t beside = size - std::min(size, entry.message.size());
        const std::size_t wanted = std::min(local, learned);
        if (!trim(entry, wanted > beside ? wanted - beside : 0)) return false;
    }
    return true;
}

bool Delivery::trim(Entry& entry, std::size_t limit) {
    if (!settings_->trim || ++entry.trim_attempts > most_trim_attempts) return false;
    release(entry);
    const std::size_t before = entry.message.size();
    const bool smaller = settings_->trim(entry.message, limit) && entry.message.size() < before;
    held_bytes_ += entry.size();
    if (!entry.spooled) unspooled_bytes_ += entry.size();
    if (!smaller) return false;
    if (!entry.trimmed) {
        ++counts_.trimmed;
        if (const auto count = say_trimmed_.note(steady_now()))
            log_->warning("kafka_message_trimmed", "a message of " + std::to_string(before) + " bytes for topic \"" +
                                                       entry.message.topic + "\" is over the limit of " +
                                                       std::to_string(limit) + ": least detail left out" +
                                                       times(*count));
    }
    entry.trimmed = true;
    return true;
}

void Delivery::drop_too_large(Lane& lane, std::uint64_t id) {
    const auto node = lane.ready.extract(id);
    const Entry& entry = *node.mapped();
    ++counts_.too_large;
    if (const auto count = say_dropped_.note(steady_now()))
        log_->error("kafka_message_too_large", "a message of " + std::to_string(entry.message.size()) +
                                                   " bytes for topic \"" + lane.topic +
                                                   "\" is over the broker's limit and is lost: raise its "
                                                   "max.message.bytes" +
                                                   times(*count));
    finished(entry);
}

}  // namespace muxtap::kafka
