// Input: a byte for the topic's length and one for the key's, two for the length of the headers, high byte first, two
// for the unpacked length in units of 16, then topic, key, headers and payload as a row of the spool stores them.
// Property: a message comes back as it was packed; of a row in which anything changed, nothing comes back; a row whose
// check value fits what it holds, whatever that is, gives a message that comes back, or nothing.
#include <algorithm>
#include <string>

#include "client/kafka/row_codec.h"
#include "common/base/bytes.h"
#include "tests/fuzz/require.h"

namespace {

using namespace muxtap;
using fuzz::require;
using kafka::Message;
using kafka::RowCodec;
using kafka::StoredMessage;

/// FNV-1a, texts behind their length in eight bytes, lowest first: written again, not borrowed.
class Check {
public:
    void number(std::uint64_t number) {
        for (int i = 0; i < 8; ++i) byte(static_cast<std::uint8_t>(number >> (8 * i)));
    }
    void text(std::string_view text) {
        number(text.size());
        for (const char c : text) byte(static_cast<std::uint8_t>(c));
    }
    [[nodiscard]] std::uint64_t value() const { return value_; }

private:
    void byte(std::uint8_t byte) {
        value_ ^= byte;
        value_ *= 1'099'511'628'211U;
    }
    std::uint64_t value_ = 14'695'981'039'346'656'037U;
};

struct Row {
    std::string topic;
    std::string key;
    std::int64_t time_ns = 0;
    std::string payload;
    StoredMessage stored;  ///< borrows `payload`
};

std::uint64_t check_of(const Row& row) {
    Check check;
    check.text(row.topic);
    check.text(row.key);
    check.number(static_cast<std::uint64_t>(row.time_ns));
    check.text(row.stored.headers);
    check.number(row.stored.unpacked_bytes);
    check.text(row.payload);
    return check.value();
}

std::optional<Message> unpack(RowCodec& codec, const Row& row) {
    return codec.unpack(row.topic, row.key, row.time_ns, row.stored);
}

void check_round_trip(RowCodec& codec, const Message& message) {
    Row row{.topic = message.topic,
            .key = message.key,
            .time_ns = to_unix_ns(message.time),
            .payload = {},
            .stored = codec.pack(message)};
    row.payload = row.stored.payload;
    row.stored.payload = row.payload;
    require(row.stored.check == check_of(row), "the check value is over all that is stored");
    require(unpack(codec, row) == message, "a message comes back as it was packed");
    if (row.payload.empty()) return;
    // Some byte, some bit.
    const std::size_t place = row.stored.check % row.payload.size();
    row.payload[place] = static_cast<char>(row.payload[place] ^ (1 << row.stored.check / 256 % 8));
    row.stored.payload = row.payload;
    require(!unpack(codec, row), "a row in which a bit changed gives nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static RowCodec codec;  // kept from message to message, as the spool keeps it
    if (size < 6) return 0;
    const ByteView bytes(data, size);
    std::string_view input(reinterpret_cast<const char*>(data) + 6, size - 6);
    const auto take = [&input](std::size_t length) {
        const std::string text(input.substr(0, length));
        input.remove_prefix(text.size());
        return text;
    };
    Row row;
    row.topic = take(bytes[0]);
    row.key = take(bytes[1]);
    row.time_ns = bytes[1] * 1'000'000'007LL;
    row.stored.headers = take(read_u16(bytes, 2));
    row.payload = take(input.size());
    row.stored.payload = row.payload;
    row.stored.unpacked_bytes = std::uint64_t{read_u16(bytes, 4)} * 16;
    row.stored.check = check_of(row);
    if (const auto message = unpack(codec, row)) {
        require(row.stored.unpacked_bytes == 0 || message->payload.size() == row.stored.unpacked_bytes,
                "a payload is as long as the row says");
        check_round_trip(codec, *message);
    }
    ++row.stored.check;
    require(!unpack(codec, row), "a row with another check value gives nothing");
    check_round_trip(codec,
                     {.topic = row.topic, .key = row.key, .payload = row.payload, .headers = {{row.key, row.topic}}});
    return 0;
}
