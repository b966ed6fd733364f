#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "analyzer/tr101290/indicator_board.h"
#include "analyzer/tr101290/key_hash.h"
#include "analyzer/tr101290/shadow.h"

namespace muxtap::analyzer {

/// What it means that something does not come. A constant of the program: watches keep pointers to it.
struct Absence {
    std::array<IndicatorId, 2> indicators{};
    std::size_t indicator_entries = 1;
    std::string_view what{};  ///< "no PAT for more than"
    /// In error until it comes. Otherwise a finding when the limit passes: it may have been taken off the air for good.
    bool lasts = true;
    /// What was never seen has no section to repeat: its absence is an SI_repetition_error, too (3.2).
    bool never_seen_is_repetition_error = false;
};

/// One thing that has to come again and again.
struct Watched {
    const Absence* absence = nullptr;
    std::chrono::nanoseconds limit{};
    std::optional<ts::Pid> pid{};
    std::optional<std::uint16_t> program{};
};

/// Things that must be seen at least every so often, each known by a number of the owner's choice. An absence raises
/// one finding, whose time is when the limit passed, however late that is noticed: by `expire`, or when the thing comes
/// at last. A gap as long as the limit is none. A gap in the shadow is counted apart, once; the time then runs anew
/// from the end of the shadow.
class PresenceWatch {
public:
    /// Board and shadow must outlive it. More than `cap` things are not watched.
    PresenceWatch(IndicatorBoard& board, const Shadow& shadow, std::size_t cap)
        : board_(&board), shadow_(&shadow), cap_(cap) {}

    /// Lets the time run from `now` for what was never seen. No effect on what is watched.
    void expect(std::uint64_t key, const Watched& thing, UnixTime now);
    /// It came; watched from now on.
    void seen(std::uint64_t key, const Watched& thing, UnixTime time, std::uint64_t packet);
    /// It came; nothing when it is not watched.
    void seen(std::uint64_t key, UnixTime time, std::uint64_t packet);
    /// It last came at `time`, and it is not known when before: ends an absence and raises none.
    void touch(std::uint64_t key, UnixTime time);

    /// Raises what is overdue. Call at least every 100 ms.
    void expire(UnixTime now, std::uint64_t packet);

    /// Times that something was not watched because there is too much.
    [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

    /// No longer watches it; its absence ends, after it was raised if overdue.
    void forget(std::uint64_t key, UnixTime now);
    /// No longer watches what `drop(key)` says; its absence ends.
    template <typename Drop>
    void forget_if(UnixTime now, Drop&& drop) {
        for (auto entry = entries_.begin(); entry != entries_.end();) {
            if (drop(entry->first)) {
                settle(entry->second, now);
                entry = entries_.erase(entry);
            } else {
                ++entry;
            }
        }
    }

private:
    struct Entry {
        Watched thing;
        UnixTime since{};
        bool seen = false;
        bool raised = false;
        bool lasting = false;         ///< conditions of the board are held
        bool repetition = false;      ///< that of 3.2 as well
        bool shadow_counted = false;  ///< this absence is in `capture_loss` already
    };
    using Entries = std::unordered_map<std::uint64_t, Entry, KeyHash>;

    [[nodiscard]] Entry* add(std::uint64_t key, const Watched& thing, UnixTime since);
    void renew(Entry& entry, UnixTime time, std::uint64_t packet);
    void raise(Entry& entry, UnixTime now, std::uint64_t packet);
    void end(Entry& entry, UnixTime time);
    void settle(Entry& entry, UnixTime now);

    IndicatorBoard* board_;
    const Shadow* shadow_;
    std::size_t cap_;
    std::uint64_t left_out_ = 0;
    std::uint64_t packet_ = 0;             ///< newest one heard of
    UnixTime earliest_ = UnixTime::max();  ///< no limit passes before
    Entries entries_;
    std::vector<std::pair<UnixTime, std::uint64_t>> overdue_;  ///< kept for its memory
};

}  // namespace muxtap::analyzer
