#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/kafka/message.h"

namespace muxtap::kafka {

/// What a row of the spool stores of a message besides its topic, key and time.
struct StoredMessage {
    std::string headers;             ///< for each: length of name, name, length of value, value; lengths LEB128
    std::string_view payload;        ///< as it is, or a zstd frame; borrowed from the codec or the message
    std::uint64_t unpacked_bytes{};  ///< of the payload; 0 when it is stored as it is
    std::uint64_t check{};           ///< FNV-1a over everything stored, to tell damage SQLite cannot see
};

/// Turns messages into what rows store and back. Holds the contexts and buffers of zstd. Used by one thread.
class RowCodec {
public:
    RowCodec();
    ~RowCodec();
    RowCodec(const RowCodec&) = delete;
    RowCodec& operator=(const RowCodec&) = delete;

    /// Valid until the next call, and while the message is.
    [[nodiscard]] StoredMessage pack(const Message& message);

    /// Nothing when what is stored is damaged.
    [[nodiscard]] std::optional<Message> unpack(std::string_view topic, std::string_view key, std::int64_t time_ns,
                                                const StoredMessage& stored);

private:
    struct Contexts;
    std::unique_ptr<Contexts> contexts_;
    std::string packed_;
};

}  // namespace muxtap::kafka
