#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <variant>

#include "common/base/bytes.h"
#include "common/base/result.h"
#include "proto/feed_header.h"

namespace muxtap::proto {

/// Why a message is not one of the feed, or not one this version reads.
enum class FeedReject : std::uint8_t {
    frame_count,        ///< a ts/ message has three frames, an info/ message two
    topic,              ///< not ts/<stream>/ or info/<stream>/, or not the topic of the header's stream
    header_size,        ///< the header is longer than `FeedDecoder::max_header_bytes`
    not_json,           ///< the header is not one JSON object in UTF-8
    newer_version,      ///< `v` is larger than this program knows: upgrade it
    key,                ///< a required key is missing or has a value of the wrong type or range
    payload_size,       ///< the payload is not `packets` x 188 bytes
    datagram_list,      ///< `datagrams` cannot be read, or its packets do not add up to `packets`
    payload_sync_byte,  ///< a packet of the payload does not start with 0x47
};

inline constexpr std::size_t feed_reject_count = 9;

/// The reason's name, as in counters and logs.
[[nodiscard]] std::string_view name_of(FeedReject reject) noexcept;

/// A batch and its payload; both borrowed from the message and from the decoder.
struct BatchMessage {
    BatchHeader header;
    ByteView payload;
};

using FeedMessage = std::variant<BatchMessage, InfoHeader>;

/// Reads messages of the feed (proto/README.md). Trusts nothing in them; ignores keys it does not know. Keeps its
/// memory between calls: headers of up to `max_datagrams` datagrams are read without an allocation.
/// Used by one thread.
class FeedDecoder {
public:
    static constexpr std::size_t max_datagrams = 4096;
    static constexpr std::size_t max_frames = 3;
    /// The largest batch a probe makes, 10,000 packets in as many datagrams, needs a third of this.
    static constexpr std::size_t max_header_bytes = std::size_t{1} << 20;

    FeedDecoder();
    ~FeedDecoder();
    FeedDecoder(const FeedDecoder&) = delete;
    FeedDecoder& operator=(const FeedDecoder&) = delete;

    /// Reads the frames of one message. What is returned borrows from `frames` and from this decoder and is valid
    /// until either changes.
    [[nodiscard]] Result<FeedMessage, FeedReject> decode(std::span<const ByteView> frames);

private:
    struct Memory;
    std::unique_ptr<Memory> memory_;
};

}  // namespace muxtap::proto
