// Input: the frames of a message, each behind its length in two bytes, high byte first.
// Property: whatever is accepted is encoded again into a message that is accepted and says the same.
#include <algorithm>
#include <string>
#include <vector>

#include "common/ts/packet_view.h"
#include "proto/feed_decoder.h"
#include "proto/feed_encoder.h"
#include "tests/fuzz/require.h"

namespace {

using namespace muxtap;
using fuzz::require;

std::vector<ByteView> split_frames(ByteView input) {
    std::vector<ByteView> frames;
    while (input.size() >= 2) {
        const std::size_t size = std::min<std::size_t>(read_u16(input, 0), input.size() - 2);
        frames.push_back(input.subspan(2, size));
        input = input.subspan(2 + size);
    }
    return frames;
}

std::string encode(const proto::FeedMessage& message) {
    proto::FeedEncoder encoder;
    return std::visit(
        [&](const auto& alternative) {
            if constexpr (requires { alternative.payload; })
                return std::string{encoder.encode(alternative.header)};
            else
                return std::string{encoder.encode(alternative)};
        },
        message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static proto::FeedDecoder decoder;  // kept between inputs, as a client keeps it
    std::vector<ByteView> frames = split_frames({data, size});
    const auto message = decoder.decode(frames);
    if (!message) {
        require(!proto::name_of(message.error()).empty(), "a refusal has a name");
        return 0;
    }
    if (const auto* batch = std::get_if<proto::BatchMessage>(&*message)) {
        require(batch->payload.size() == std::size_t{batch->header.packets} * ts::packet_size, "payload holds packets");
    }
    const std::string first = encode(*message);
    frames[1] = as_bytes(first);
    const auto again = decoder.decode(frames);
    require(again.has_value(), "what was accepted is accepted when encoded again");
    require(encode(*again) == first, "encoded again it says the same");
    return 0;
}
