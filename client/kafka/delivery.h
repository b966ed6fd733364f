#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/kafka/broker_watch.h"
#include "client/kafka/lane.h"
#include "client/kafka/outbox.h"
#include "client/kafka/producer.h"
#include "client/kafka/spool.h"
#include "common/base/repeat_limiter.h"

namespace muxtap::kafka {

struct DeliveryCounts {
    std::uint64_t delivered = 0;
    std::uint64_t replayed = 0;
    std::uint64_t resent = 0;
    std::uint64_t trimmed = 0;
    std::uint64_t too_large = 0;
    std::uint64_t damaged = 0;
    std::uint64_t errors = 0;
};

/// Gives messages to the producer within a window, in order per topic, and deals with what comes back. A topic that
/// the broker does not take stops alone and is tried again, with one message and growing pauses; any other failure
/// takes everything back from the producer, makes a new one and begins again with the oldest message that is not
/// acknowledged. Used by one thread.
class Delivery {
public:
    /// Messages with a smaller identity than `first_new` were found in the spool.
    Delivery(const Outbox::Settings& settings, app::Log& log, std::uint64_t first_new);
    ~Delivery();
    Delivery(const Delivery&) = delete;
    Delivery& operator=(const Delivery&) = delete;

    /// Makes the producer. It writes to `wake_descriptor` (an eventfd) when there is something to do.
    [[nodiscard]] Result<void> begin(int wake_descriptor);

    /// Rows of a topic wait in the spool, up to this one.
    void found(const std::string& topic, std::uint64_t last_id);
    /// A message that was just written to the spool; it is kept if it can go soon, else read again later.
    void spooled(Entry entry);
    /// Takes a message that is only in memory if it can go soon and all before it went; else `entry` stays as it is.
    bool take_unspooled(Entry& entry);

    /// Deals with reports and events. True: something happened.
    bool collect(std::uint64_t waiting);
    /// Gives what the window lets; reads the spool for it, whose errors are returned.
    [[nodiscard]] DatabaseResult<void> produce(Spool& spool);

    /// Identities that need their row no more, since the last call.
    [[nodiscard]] std::vector<std::uint64_t>& done() noexcept { return done_; }

    /// Takes everything back from the producer for good, waiting at most this long for its reports.
    void stop(std::chrono::milliseconds most);
    /// No row is there any more. Returns how many of them are still held in memory.
    [[nodiscard]] std::size_t lose_spool();
    /// What `unspooled` returned was written, up to and including this identity.
    void now_spooled(std::uint64_t last_id);
    /// Copies of what is held and in no spool, oldest first.
    [[nodiscard]] std::deque<Entry> unspooled() const;

    [[nodiscard]] const DeliveryCounts& counts() const noexcept { return counts_; }
    [[nodiscard]] std::size_t unspooled_bytes() const noexcept { return unspooled_bytes_; }
    [[nodiscard]] std::size_t held_bytes() const noexcept { return held_bytes_; }
    [[nodiscard]] bool connected() const noexcept { return watch_.connected(); }
    [[nodiscard]] std::string problem() const;

private:
    Lane& lane_of(const std::string& topic);
    void hold(Lane& lane, Entry entry);
    void release(const Entry& entry) noexcept;
    void finished(const Entry& entry);
    [[nodiscard]] bool window_open() const noexcept;
    [[nodiscard]] bool may_give(const Lane& lane) const noexcept;
    /// Says so when a topic gets no answer although the broker answers: librdkafka waits for rights without a word.
    void note_silence(Lane& lane);
    /// Forgets what can be read again, so that a topic that waits long takes no memory.
    void unload(Lane& lane);
    [[nodiscard]] DatabaseResult<bool> fill(Lane& lane, Spool& spool);
    [[nodiscard]] DatabaseResult<void> produce(Lane& lane, Spool& spool);
    [[nodiscard]] bool give(Lane& lane);
    void handle(Report& report);
    void delivered(Lane& lane, const Entry& entry);
    void topic_trouble(Lane& lane, const Report& report);
    void too_large_for_broker(Lane& lane, Entry& entry);
    [[nodiscard]] bool fit(Lane& lane, Entry& entry);
    [[nodiscard]] bool trim(Entry& entry, std::size_t limit);
    void drop_too_large(Lane& lane, std::uint64_t id);
    void note_damaged(const Lane& lane, const std::vector<std::uint64_t>& ids);
    void ask_for_restart(const std::string& reason);
    void restart_when_empty();

    const Outbox::Settings* settings_;
    app::Log* log_;
    std::uint64_t first_new_;
    int wake_descriptor_ = -1;
    std::unique_ptr<Producer> producer_;
    BrokerWatch watch_;
    std::map<std::string, Lane> lanes_;
    std::size_t next_lane_ = 0;
    std::size_t in_flight_ = 0;
    std::size_t in_flight_bytes_ = 0;
    std::size_t held_bytes_ = 0;
    std::size_t unspooled_bytes_ = 0;
    bool producer_single_ = false;  ///< the producer there is sends one message per batch
    bool single_ = false;           ///< the next one does: the broker refused a batch
    bool restarting_ = false;
    bool stopped_ = false;
    std::chrono::milliseconds restart_back_off_{0};
    SteadyTime restart_not_before_{};
    std::string restart_reason_;
    std::vector<std::uint64_t> done_;
    std::vector<Report> reports_;
    std::vector<BrokerEvent> events_;
    DeliveryCounts counts_;
    RepeatLimiter say_dropped_, say_trimmed_, say_restart_;
};

}  // namespace muxtap::kafka
