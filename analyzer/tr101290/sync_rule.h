#pragma once

#include <cstdint>

#include "analyzer/tr101290/indicator_board.h"
#include "analyzer/tr101290/shadow.h"

namespace muxtap::analyzer {

/// TR 101 290, 1.1 and 1.2. Two consecutive bad sync bytes lose sync, five good ones in a row regain it (5.2.1, note
/// 1); packets that have shifted lose it at once. While sync is lost other findings are in the shadow.
class SyncRule {
public:
    static constexpr std::uint64_t bad_to_lose = 2;
    static constexpr std::uint64_t good_to_regain = 5;

    /// Both must outlive the rule.
    SyncRule(IndicatorBoard& board, Shadow& shadow) noexcept : board_(&board), shadow_(&shadow) {}

    /// So many packets in a row whose sync byte was wrong. `packet` is the number of the next good one.
    void on_bad_sync(std::uint64_t n, UnixTime time, std::uint64_t packet) {
        if (n == 0) return;
        board_->found(IndicatorId::sync_byte_error,
                      Finding{.time = time, .packet = packet, .count = n, .what = "sync byte is not 0x47"});
        good_ = 0;
        bad_ += n;
        if (bad_ >= bad_to_lose) lose(time, packet, "sync lost: consecutive bad sync bytes");
    }

    /// Bytes between two packets that belong to none: the packets have shifted.
    void on_skipped_bytes(std::uint64_t bytes, UnixTime time, std::uint64_t packet) {
        if (bytes == 0) return;
        good_ = 0;
        lose(time, packet, "sync lost: packets have shifted");
    }

    /// So many packets in a row with a good sync byte, the last one at `time`.
    void on_good(std::uint64_t n, UnixTime time) {
        if (n == 0) return;
        bad_ = 0;
        if (!lost_) return;
        good_ += n;
        if (good_ < good_to_regain) return;
        lost_ = false;
        board_->end_condition(IndicatorId::ts_sync_loss, time);
        shadow_->sync_regained(time);
    }

    [[nodiscard]] bool in_shadow() const noexcept { return lost_; }
    /// While sync is lost: good packets in a row that it takes to regain it.
    [[nodiscard]] std::uint64_t good_wanted() const noexcept { return good_to_regain - good_; }
    [[nodiscard]] std::uint64_t losses() const noexcept { return losses_; }
    /// Good packets would change something.
    [[nodiscard]] bool wants_good() const noexcept { return lost_ || bad_ != 0; }

private:
    void lose(UnixTime time, std::uint64_t packet, std::string_view what) {
        if (lost_) return;
        lost_ = true;
        ++losses_;
        board_->begin_condition(IndicatorId::ts_sync_loss, Finding{.time = time, .packet = packet, .what = what});
        shadow_->sync_lost(time);
    }

    IndicatorBoard* board_;
    Shadow* shadow_;
    std::uint64_t bad_ = 0;
    std::uint64_t good_ = 0;
    std::uint64_t losses_ = 0;
    bool lost_ = false;
};

}  // namespace muxtap::analyzer
