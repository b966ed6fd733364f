#include "client/kafka/row_codec.h"

#include <zstd.h>

namespace muxtap::kafka {

namespace {

constexpr int level = 1;
// No message is larger; a damaged length must not become an allocation.
constexpr std::uint64_t most_unpacked = std::uint64_t{1} << 30;

void add_length(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>((value & 0x7f) | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

std::optional<std::string_view> take_text(std::string_view& in) {
    std::uint64_t length = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        if (in.empty()) return std::nullopt;
        const auto byte = static_cast<std::uint8_t>(in.front());
        in.remove_prefix(1);
        length |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            if (length > in.size()) return std::nullopt;
            const std::string_view text = in.substr(0, length);
            in.remove_prefix(length);
            return text;
        }
    }
    return std::nullopt;
}

std::optional<std::vector<MessageHeader>> unpack_headers(std::string_view in) {
    std::vector<MessageHeader> headers;
    while (!in.empty()) {
        const auto name = take_text(in);
        const auto value = name ? take_text(in) : std::nullopt;
        if (!value) return std::nullopt;
        headers.push_back({std::string(*name), std::string(*value)});
    }
    return headers;
}

class Fnv1a {
public:
    void add(std::string_view bytes) noexcept {
        add(bytes.size());
        for (const char byte : bytes) step(static_cast<std::uint8_t>(byte));
    }
    void add(std::uint64_t value) noexcept {
        for (int shift = 0; shift < 64; shift += 8) step(static_cast<std::uint8_t>(value >> shift));
    }
    [[nodiscard]] std::uint64_t value() const noexcept { return value_; }

private:
    void step(std::uint8_t byte) noexcept { value_ = (value_ ^ byte) * 0x100000001b3ULL; }
    std::uint64_t value_ = 0xcbf29ce484222325ULL;
};

std::uint64_t check_of(std::string_view topic, std::string_view key, std::int64_t time_ns,
                       const StoredMessage& stored) noexcept {
    Fnv1a hash;
    hash.add(topic);
    hash.add(key);
    hash.add(static_cast<std::uint64_t>(time_ns));
    hash.add(stored.headers);
    hash.add(stored.unpacked_bytes);
    hash.add(stored.payload);
    return hash.value();
}

struct FreeContext {
    void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
    void operator()(ZSTD_DCtx* context) const noexcept { ZSTD_freeDCtx(context); }
};

}  // namespace

struct RowCodec::Contexts {
    std::unique_ptr<ZSTD_CCtx, FreeContext> in{ZSTD_createCCtx()};
    std::unique_ptr<ZSTD_DCtx, FreeContext> out{ZSTD_createDCtx()};
};

RowCodec::RowCodec() : contexts_(std::make_unique<Contexts>()) {}
RowCodec::~RowCodec() = default;

StoredMessage RowCodec::pack(const Message& message) {
    StoredMessage stored{.headers = {}, .payload = message.payload};
    for (const MessageHeader& header : message.headers) {
        add_length(stored.headers, header.name.size());
        stored.headers += header.name;
        add_length(stored.headers, header.value.size());
        stored.headers += header.value;
    }
    if (contexts_->in != nullptr && !message.payload.empty()) {
        const std::size_t room = ZSTD_compressBound(message.payload.size());
        if (packed_.size() < room) packed_.resize(room);
        const std::size_t packed = ZSTD_compressCCtx(contexts_->in.get(), packed_.data(), packed_.size(),
                                                     message.payload.data(), message.payload.size(), level);
        // What zstd cannot pack is stored as it is.
        if (ZSTD_isError(packed) == 0 && packed < message.payload.size()) {
            stored.payload = std::string_view(packed_).substr(0, packed);
            stored.unpacked_bytes = message.payload.size();
        }
    }
    stored.check = check_of(message.topic, message.key, to_unix_ns(message.time), stored);
    return stored;
}

std::optional<Message> RowCodec::unpack(std::string_view topic, std::string_view key, std::int64_t time_ns,
                                        const StoredMessage& stored) {
    if (check_of(topic, key, time_ns, stored) != stored.check) return std::nullopt;
    auto headers = unpack_headers(stored.headers);
    if (!headers) return std::nullopt;
    Message message{.topic = std::string(topic),
                    .key = std::string(key),
                    .payload = {},
                    .headers = std::move(*headers),
                    .time = from_unix_ns(time_ns)};
    if (stored.unpacked_bytes == 0) {
        message.payload = stored.payload;
        return message;
    }
    if (stored.unpacked_bytes > most_unpacked || contexts_->out == nullptr) return std::nullopt;
    message.payload.resize(stored.unpacked_bytes);
    const std::size_t unpacked =
        ZSTD_decompressDCtx(contexts_->out.get(), message.payload.data(), message.payload.size(), stored.payload.data(),
                            stored.payload.size());
    if (ZSTD_isError(unpacked) != 0 || unpacked != message.payload.size()) return std::nullopt;
    return message;
}

}  // namespace muxtap::kafka
