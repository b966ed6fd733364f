#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "client/record/memory_budget.h"
#include "client/record/output.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"

namespace muxtap::record {

/// Whole packets inside a received message, which is kept alive as long as they are needed.
struct PacketSlice {
    std::shared_ptr<const void> owner;
    ByteView packets;
};

/// Writes packets with few large calls straight from the memory they were received in. What could not be written stays,
/// in order, within the budget. After a failure the file ends on a packet boundary. Used by one thread.
class FileWriter {
public:
    explicit FileWriter(MemoryBudget& budget) noexcept : budget_(budget) {}
    ~FileWriter();
    FileWriter(const FileWriter&) = delete;
    FileWriter& operator=(const FileWriter&) = delete;

    /// Writes go here from now on. Until then packets only wait.
    void attach(std::unique_ptr<Output> output);
    [[nodiscard]] bool attached() const noexcept { return output_ != nullptr; }

    /// Takes packets; false, and nothing is taken, when the budget does not allow it. `anyway`: it does allow it.
    [[nodiscard]] bool add(PacketSlice slice, SteadyTime now, bool anyway = false);

    /// Whether enough waits for one large write.
    [[nodiscard]] bool worth_writing() const noexcept;
    /// Writes all that waits. 0, or the errno of what stopped it, EAGAIN meaning a slow reader.
    [[nodiscard]] int write_waiting();
    /// Gives up what waits; how many packets that was.
    std::uint64_t drop_waiting();
    [[nodiscard]] int sync();
    void begin_sync();

    /// When the oldest packet that waits was taken.
    [[nodiscard]] std::optional<SteadyTime> oldest() const noexcept;
    [[nodiscard]] std::uint64_t waiting_packets() const noexcept;
    [[nodiscard]] std::uint64_t written_packets() const noexcept;
    /// Where in the file this writer began.
    [[nodiscard]] std::uint64_t start_bytes() const noexcept { return output_ ? output_->start_bytes() : 0; }
    [[nodiscard]] bool is_regular() const noexcept { return output_ && output_->is_regular(); }
    [[nodiscard]] bool is_removed() const { return output_ && output_->is_removed(); }

private:
    struct Waiting {
        PacketSlice slice;
        SteadyTime since;
    };
    [[nodiscard]] static std::uint64_t cost_of(const PacketSlice& slice) noexcept;
    void consume(std::size_t bytes);
    void return_to_boundary();

    MemoryBudget& budget_;
    std::unique_ptr<Output> output_;
    std::deque<Waiting> waiting_;
    std::size_t front_done_ = 0;  ///< bytes of the first slice that are written
    std::uint64_t waiting_bytes_ = 0;
    std::uint64_t written_bytes_ = 0;
};

}  // namespace muxtap::record
