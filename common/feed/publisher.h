#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/feed/batch_pool.h"
#include "common/feed/status_board.h"

namespace muxtap::feed {

/// What a publisher counts. Read by other threads.
struct PublisherCounters {
    std::atomic<std::uint64_t> batches{0};      ///< batches handed to ZeroMQ or to nobody
    std::atomic<std::uint32_t> subscribers{0};  ///< connections with a finished handshake
};

/// The capture threads' end of the bounded queue to the publisher. One writer belongs to one thread.
class BatchQueueWriter {
public:
    virtual ~BatchQueueWriter() = default;
    /// An empty batch for at least `packets` packets. Empty pointer when the memory for batches is used up; in lossless
    /// mode it waits instead, and an empty pointer means that the run is being stopped. The caller drops and counts.
    [[nodiscard]] virtual BatchPtr acquire(std::size_t packets) = 0;
    /// Hands the batch on. When the queue is full the batch stays with the caller and the result is false;
    /// in lossless mode it waits for room instead, and false means that the run is being stopped.
    [[nodiscard]] virtual bool push(BatchPtr& batch) = 0;
    /// Lets the publisher see what was pushed: once a round, so that one wake-up serves many batches. `acquire` and
    /// `push` do it before they wait.
    virtual void deliver() = 0;
    /// Says that this writer will push nothing more; called once, last.
    virtual void finish() = 0;
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
