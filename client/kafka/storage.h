#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "client/kafka/delivery.h"
#include "client/kafka/entry.h"
#include "client/kafka/outbox.h"
#include "client/kafka/spool.h"
#include "common/base/repeat_limiter.h"

namespace muxtap::kafka {

/// Keeps the spool going: writes what waits in memory, erases what is done, sets a damaged file aside, and says when
/// the disk does not take it and when it does again. Used by one thread.
class Storage {
public:
    [[nodiscard]] static Result<std::unique_ptr<Storage>> open(const Outbox::Settings& settings, app::Log& log);

    /// Messages that came from outside, oldest first; they get their identities here.
    void add(std::deque<Message> messages);

    /// Writes what it can and hands it to `delivery`, which gives back what is done. While writing fails, hands over
    /// what may go from memory. True: something moved.
    bool work(Delivery& delivery);
    /// An error of reading.
    void failed(const DatabaseError& error, Delivery& delivery);
    /// The last chance, with `delivery` stopped: everything not acknowledged is to be on disk. Returns how many
    /// messages are not, and so are lost.
    [[nodiscard]] std::uint64_t finish(Delivery& delivery);

    /// Null while a damaged spool could not be replaced.
    [[nodiscard]] Spool* spool() noexcept { return spool_.get(); }
    [[nodiscard]] std::uint64_t found() const noexcept { return found_; }
    [[nodiscard]] std::uint64_t first_new() const noexcept { return first_new_; }
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return spool_ ? spool_->bytes() : 0; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept { return memory_bytes_; }
    [[nodiscard]] bool failing() const noexcept { return !problem_.empty(); }
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

private:
    Storage(const Outbox::Settings& settings, app::Log& log) noexcept;
    [[nodiscard]] bool due(const std::vector<std::uint64_t>& done);
    bool write(Delivery& delivery);
    [[nodiscard]] DatabaseResult<std::size_t> commit(std::vector<std::uint64_t>& done);
    void hand_over(std::size_t count, Delivery& delivery);
    bool hand_over_unspooled(Delivery& delivery);
    void set_aside(const std::string& reason, Delivery& delivery);
    void begin_failing(const std::string& problem);
    void end_failing();

    const Outbox::Settings* settings_;
    app::Log* log_;
    std::unique_ptr<Spool> spool_;
    std::deque<Entry> memory_;  ///< not in the spool and not with the delivery
    std::size_t memory_bytes_ = 0;
    std::uint64_t next_id_ = 1;
    std::uint64_t first_new_ = 1;
    std::uint64_t found_ = 0;
    std::uint64_t rows_ = 0;
    std::uint64_t lost_ = 0;
    std::string problem_;
    RepeatLimiter say_failing_;
    bool said_failing_ = false;
    SteadyTime failing_since_{};
    SteadyTime try_again_{};
    SteadyTime done_since_{};
    SteadyTime shrink_again_{};
};

}  // namespace muxtap::kafka
