#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "analyzer/report/rate_info.h"
#include "common/base/clock.h"

namespace muxtap::analyzer {

/// Bit rates over the last second in steps of 100 ms, of many counters at once: each PID, null packets, the whole
/// multiplex. A counter is a slot, numbered from 0; new ones are added at the end. Groups add up slots: programs.
///
/// Rates are those of packets of 188 bytes. Allocates when a slot or group appears, not per tick.
class RateBoard {
public:
    static constexpr std::chrono::milliseconds step{100};
    static constexpr std::size_t steps_per_window = 10;

    /// Time begins; counters are 0.
    void start(UnixTime now) noexcept;

    /// The counters, cumulative, as they are at `now`; slots that are missing at the end have not changed. To be called
    /// before the first packet behind each full step, and at the end of the run. `last_packet` is the time of the
    /// newest packet counted: what was counted since the last call is spread from the end of the last full step up to
    /// it, and the steps behind it, if time went on by more than one, are silent. Times before `start` or the last call
    /// are taken as that one's.
    void tick(UnixTime now, UnixTime last_packet, std::span<const std::uint64_t> packets);

    /// Sets what a group, numbered from 0, is made of: its rates are the sums of those of these slots, whenever they
    /// came; lowest and highest are those of the windows since it has had packets.
    void set_group(std::size_t group, std::span<const std::uint32_t> slots);
    /// Adds a slot.
    void add_to_group(std::size_t group, std::uint32_t slot);
    /// Makes it a new one.
    void clear_group(std::size_t group) noexcept;

    /// `window_bps` is 0 until the first second has passed, and honest: 0 for a PID without packets in the last second.
    [[nodiscard]] RateInfo slot(std::size_t slot) const noexcept;
    [[nodiscard]] RateInfo group(std::size_t group) const noexcept;
    /// Packets in the window, for shares of it.
    [[nodiscard]] std::uint64_t window_packets(std::size_t slot) const noexcept;

    /// Whether packets may be expected still: the last one is no longer ago than 5 s or three times as long as is
    /// usual for the slot, at most a minute.
    [[nodiscard]] bool present(std::size_t slot) const noexcept;

private:
    struct Meter {
        std::array<std::uint64_t, steps_per_window + 1> ring{};  ///< cumulative, at the last full steps
        std::uint64_t total = 0;                                 ///< newest, also between steps
        std::uint64_t base = 0;                                  ///< at the last full step before this call
        std::uint64_t added = 0;                                 ///< by this call
        std::uint64_t min = 0;
        std::uint64_t max = 0;
        std::uint64_t first_active = 0;  ///< step with its first packet, from 1; 0: none yet
        std::uint64_t last_active = 0;
        std::uint64_t active_steps = 0;
    };
    struct Group {
        std::vector<std::uint32_t> members;
        std::uint64_t min = 0;
        std::uint64_t max = 0;
        bool noted = false;  ///< a window with packets
    };

    void push(Meter& meter, std::uint64_t cumulative) noexcept;
    void push_all(double share) noexcept;
    [[nodiscard]] std::uint64_t window_of(const Meter& meter) const noexcept;
    [[nodiscard]] std::uint64_t window_of(const Group& group) const noexcept;
    [[nodiscard]] std::uint64_t average_bps(std::uint64_t packets) const noexcept;
    void note_window(Group& group) const noexcept;
    void take(std::span<const std::uint64_t> packets);

    UnixTime start_{};
    UnixTime newest_{};        ///< time of the last call
    UnixTime last_step_{};     ///< end of the last full step
    std::uint64_t steps_ = 0;  ///< full ones
    std::size_t at_ = 0;       ///< of the newest in the rings
    std::vector<Meter> slots_;
    std::vector<Group> groups_;
};

}  // namespace muxtap::analyzer
