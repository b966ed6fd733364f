#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/feed/batch_pool.h"
#include "common/feed/batch_queue.h"
#include "common/feed/status_board.h"

namespace muxtap::feed {

/// What a publisher counts. Read by other threads.
struct PublisherCounters {
    std::atomic<std::uint32_t> subscribers{0};  ///< connections with a finished handshake
};

/// Publishes batches on the feed (proto/README.md) and on raw endpoints. A stage: one thread calls `do_work` until
/// every writer has finished. Never waits for a slow subscriber, unless lossless.
class Publisher {
public:
    struct Settings {
        std::string probe;                        ///< name of this probe
        std::uint64_t epoch = 0;                  ///< its start, nanoseconds since 1970
        std::vector<std::string> feed_endpoints;  ///< with topic and header
        std::vector<std::string> raw_endpoints;   ///< bare packets in single-part messages
        std::uint64_t subscriber_buffer_bytes = std::uint64_t{64} << 20;
        std::size_t queue_batches = 1000;
        bool lossless = false;  ///< wait for slow subscribers: for files, never for live capture
        std::size_t writers = 1;
    };

    /// Binds all endpoints. The pool and the board outlive the publisher.
    [[nodiscard]] static Result<std::unique_ptr<Publisher>> bind(const Settings& settings, BatchPool& pool,
                                                                 const StatusBoard& board);
    ~Publisher();
    Publisher(const Publisher&) = delete;
    Publisher& operator=(const Publisher&) = delete;

    /// The endpoints really bound, with the port chosen for port 0.
    [[nodiscard]] const std::vector<std::string>& bound_endpoints() const;
    [[nodiscard]] const PublisherCounters& counters() const;

    /// A new end of the queue, for one capture thread. Finished or destroyed before the publisher is destroyed.
    [[nodiscard]] std::unique_ptr<BatchQueueWriter> make_writer();

    /// Publishes what is queued, statuses that are due, and looks after subscriptions; waits at most this long when
    /// there is nothing. False when every writer has finished and the last statuses are out.
    [[nodiscard]] bool do_work(std::chrono::milliseconds wait);

    /// Lossless waits end, here and in the writers; what does not go out at once is dropped. Any thread.
    void stop_waiting() noexcept;

    /// Closes the sockets: messages not yet sent may take this long to leave. No `do_work` runs meanwhile.
    void close(std::chrono::milliseconds linger);

private:
    struct Implementation;
    explicit Publisher(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::feed
