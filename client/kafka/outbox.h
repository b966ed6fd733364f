#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/kafka/message.h"
#include "common/app/log.h"
#include "common/base/result.h"

namespace muxtap::kafka {

/// What an outbox has done so far. Counters are messages unless they say bytes, cumulative since its start.
struct OutboxStatus {
    std::uint64_t accepted = 0;           ///< offered and taken
    std::uint64_t delivered = 0;          ///< acknowledged by the broker
    std::uint64_t replayed = 0;           ///< of `delivered`: found in the spool at the start
    std::uint64_t resent = 0;             ///< given to the producer again: they may arrive twice
    std::uint64_t trimmed = 0;            ///< made smaller to be taken
    std::uint64_t dropped_full = 0;       ///< lost: neither spool nor memory had room
    std::uint64_t dropped_too_large = 0;  ///< lost: over the broker's limit and could not be made smaller
    std::uint64_t dropped_damaged = 0;    ///< lost: damaged in the spool, or in a spool set aside while in use
    std::uint64_t delivery_errors = 0;    ///< negative delivery reports; their messages are tried again or dropped
    std::uint64_t waiting = 0;            ///< not yet acknowledged, in the spool and in memory
    std::uint64_t spool_bytes = 0;        ///< on disk, now
    std::uint64_t memory_bytes = 0;       ///< of messages that are not in the spool, now
    bool connected = false;               ///< the broker answers
    bool spool_failing = false;           ///< the spool cannot be written: full disk or full by its bound
    std::string problem;                  ///< one line, empty when all is well
};

/// Delivers messages to Kafka, in order per topic and key, each at least once, and loses none while its spool has room:
/// each message is first written to the spool on disk, then produced, and leaves the spool when the broker has
/// acknowledged it. What a broker cannot take waits there, over restarts and power cuts too. While the spool cannot be
/// written, messages wait in memory and are produced from there. A topic that is missing or refused waits alone and is
/// tried again with growing pauses of up to 30 s. Messages with an empty key have no order. A stage: one thread calls
/// `do_work` and `finish`; `offer` and `status` may be called by any.
class Outbox {
public:
    struct Settings {
        std::string brokers;  ///< host:port,...
        /// librdkafka settings by name, in the order given; they win over those that the outbox makes itself.
        std::vector<std::pair<std::string, std::string>> config;
        std::string compression = "lz4";
        bool create_topics = false;  ///< create topics that are not there, with the broker's defaults
        std::string spool_path;      ///< SQLite file; its folder must be there
        std::uint64_t spool_bytes = std::uint64_t{1} << 30;    ///< most it may take on disk
        std::uint64_t memory_bytes = std::uint64_t{16} << 20;  ///< most of messages that could not be spooled
        /// Makes a message that is over `limit` bytes smaller, false when it cannot. May be called more than once.
        std::function<bool(Message& message, std::size_t limit)> trim;
    };

    /// Opens the spool (a damaged one is set aside under another name and a new one begun) and the producer. An
    /// unreachable broker is no error; an unknown or contradictory setting is.
    [[nodiscard]] static Result<std::unique_ptr<Outbox>> open(const Settings& settings, app::Log& log);
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// Checks settings without opening anything: unknown names, bad values.
    [[nodiscard]] static Result<void> check(const Settings& settings);

    /// Takes a message; never waits for disk or broker. False: there was no room, or `finish` was called; it is dropped
    /// and counted.
    bool offer(Message message);

    /// Writes what was offered to the spool, produces, takes delivery reports; waits at most this long for something
    /// to do.
    void do_work(std::chrono::milliseconds wait);

    /// Delivers what it can for at most this long; what is not acknowledged by then stays in the spool.
    void finish(std::chrono::milliseconds timeout);

    [[nodiscard]] OutboxStatus status() const;

private:
    struct Implementation;
    explicit Outbox(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::kafka
