#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/kafka/entry.h"
#include "client/kafka/outbox.h"

namespace muxtap::kafka {

/// What became of a message, or why it was not taken.
enum class Outcome : std::uint8_t {
    delivered,
    purged,         ///< taken back by `purge`; it may arrive all the same
    topic_missing,  ///< the broker has no such topic
    topic_refused,  ///< the broker does not let us use the topic
    too_large,      ///< over the limit of producer or broker
    failed,         ///< anything else
};

struct Report {
    Entry* entry = nullptr;
    Outcome outcome = Outcome::failed;
    std::string reason;
};

/// Something about the connection as a whole.
struct BrokerEvent {
    enum class Kind : std::uint8_t { all_down, trouble, authentication, tls, fatal, topic_creation, log };
    Kind kind = Kind::log;
    std::string text;
};

/// One idempotent producer of librdkafka, with threads of its own. Used by one thread, which alone gets reports.
class Producer {
public:
    /// An unreachable broker is no error. `single`: batches of one message.
    [[nodiscard]] static Result<std::unique_ptr<Producer>> create(const Outbox::Settings& settings, bool single);
    ~Producer();
    Producer(const Producer&) = delete;
    Producer& operator=(const Producer&) = delete;

    enum class Taken : std::uint8_t { taken, no_room, refused };
    /// Takes a message, which must stay as it is until it is reported. Refused: `report` says why at once.
    [[nodiscard]] Taken produce(Entry& entry, Report& report);

    /// Reports and events since the last call. The entries are the caller's again.
    void take(std::vector<Report>& reports, std::vector<BrokerEvent>& events);
    /// Writes 8 bytes (an eventfd's 1) to `descriptor` when there is something to take after there was nothing.
    void wake_through(int descriptor);

    /// Takes back whatever is not acknowledged; each is reported.
    void purge();
    /// Messages that were taken and not yet reported.
    [[nodiscard]] std::size_t outstanding() const;
    /// It takes nothing any more; a new one is needed.
    [[nodiscard]] bool fatal() const;
    /// The broker has answered once.
    [[nodiscard]] bool has_met_broker() const;
    /// Largest message it takes, in bytes, with its key and headers.
    [[nodiscard]] std::size_t message_limit() const noexcept;
    /// Asks the broker to create a topic with its defaults; an event tells if it does not.
    void create_topic(const std::string& topic);

private:
    struct Implementation;
    explicit Producer(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::kafka
