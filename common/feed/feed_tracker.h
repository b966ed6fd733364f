#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "proto/feed_header.h"

namespace muxtap::feed {

/// What a batch or a status says about the messages before it.
struct FeedVerdict {
    enum class Kind : std::uint8_t {
        first,      ///< the first message of this stream from this probe
        in_order,   ///< follows the one before
        gap,        ///< messages are missing: this subscriber did not get them
        new_epoch,  ///< the probe was restarted; numbering starts again
        stale,      ///< seen already, or of an earlier epoch: to be ignored
    };
    Kind kind = Kind::in_order;
    /// Of a gap, and of a new epoch that a status told of: batches sent and not received.
    std::uint64_t missing_batches = 0;
    /// Of a gap. A status does not know them: then they come with the next batch, as a gap of 0 batches.
    std::uint64_t missing_packets = 0;
    /// Packets that the probe itself captured but could not publish (its own queue was full), before this batch.
    std::uint64_t queue_dropped = 0;
};

/// Follows `(probe, stream, epoch, seq)` of one subscriber's messages, so that no loss stays unseen. Pure: no clock, no
/// I/O. Used by one thread.
class FeedTracker {
public:
    [[nodiscard]] FeedVerdict on_batch(const proto::BatchHeader& header);

    /// A status tells of batches lost before a pause: their number, as missing_batches of a gap, at most once each.
    [[nodiscard]] FeedVerdict on_info(const proto::InfoHeader& info);

    /// The next message of this stream counts as its first, whatever its epoch and numbers.
    void forget(std::string_view probe, std::string_view stream);

private:
    struct Position {
        std::uint64_t epoch = 0;
        std::uint64_t next_seq = 0;
        std::optional<std::uint64_t> next_packet;  ///< not known when only a status told of the epoch
        std::uint64_t queue_dropped = 0;
    };
    [[nodiscard]] Position* find(std::string_view probe, std::string_view stream);
    Position& insert(std::string_view probe, std::string_view stream);

    std::map<std::string, std::map<std::string, Position, std::less<>>, std::less<>> positions_;
};

}  // namespace muxtap::feed
