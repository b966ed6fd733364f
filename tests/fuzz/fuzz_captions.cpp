// Input: records of a byte that says what follows and how much time passes before, a byte for its length, and its
// bytes: cc_data, pairs of CEA-608 without parity, a service block of CEA-708, the payload of a teletext PES packet,
// the nibbles and characters of a teletext packet, or nothing, where data is missing. Property: a text is UTF-8 without
// blank lines, fits on a screen, belongs to a channel of its kind, and does not end before it begins.
#include <libzvbi.h>

#include <algorithm>
#include <string>
#include <vector>

#include "client/frames/text/caption_decoder.h"
#include "client/frames/text/teletext_decoder.h"
#include "common/base/utf8.h"
#include "tests/fuzz/require.h"

namespace {

using namespace muxtap;
using fuzz::require;
using Bytes = std::vector<std::uint8_t>;

constexpr std::chrono::milliseconds picture{40};

void check_lines(const std::string& content) {
    std::size_t lines = 0;
    for (std::size_t at = 0; at <= content.size(); ++lines) {
        const std::size_t end = std::min(content.find('\n', at), content.size());
        require(end != at && content[at] != ' ' && content[end - 1] != ' ', "a line has text from end to end");
        require(end - at <= 42 * 4, "a line fits on the screen");
        at = end + 1;
    }
    require(lines <= 8 * 15, "a text fits on the screen");
}

void check(const frames::Finding& finding, bool teletext) {
    require(finding.kind == client::WorkerEvent::caption, "a text is a caption");
    require(is_utf8(finding.content), "a text is UTF-8");
    require(!finding.content.empty(), "a text is not empty");
    check_lines(finding.content);
    require(finding.duration && *finding.duration >= picture * 0, "a text does not end before it begins");
    require(finding.text.find('\n') == std::string::npos, "what people read is one line");
    const bool digits = finding.channel.size() == 3 && finding.channel.front() >= '1' && finding.channel.front() <= '8';
    const bool captions = finding.channel.starts_with("CC") || finding.channel.starts_with("service ");
    require(teletext ? digits : captions, "a text has a channel of its kind");
}

class Decoders {
public:
    void pass(std::chrono::milliseconds time) { time_.position += time; }
    void interrupt() {
        captions_.interrupt();
        teletext_.interrupt();
    }
    void finish() {
        captions_.finish();
        teletext_.finish();
    }
    void cc_data(ByteView bytes) { captions_.add(bytes, time_); }
    void teletext(ByteView bytes) { teletext_.add(bytes, time_); }

    void line_21(ByteView bytes) {
        Bytes triplets;
        for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
            // The bit that is no part of a code says the field.
            triplets.push_back(static_cast<std::uint8_t>(0xFC | bytes[i] >> 7));
            triplets.push_back(static_cast<std::uint8_t>(vbi_par8(bytes[i])));
            triplets.push_back(static_cast<std::uint8_t>(vbi_par8(bytes[i + 1])));
        }
        cc_data(triplets);
    }

    void service_block(ByteView bytes) {
        bytes = bytes.first(std::min<std::size_t>(bytes.size(), 31));
        Bytes packet{0, static_cast<std::uint8_t>(1U << 5 | bytes.size())};
        packet.insert(packet.end(), bytes.begin(), bytes.end());
        if (packet.size() % 2 != 0) packet.push_back(0);
        packet[0] = static_cast<std::uint8_t>(sequence_++ % 4 << 6 | packet.size() / 2);
        Bytes triplets;
        for (std::size_t i = 0; i < packet.size(); i += 2) {
            triplets.insert(triplets.end(),
                            {static_cast<std::uint8_t>(i == 0 ? 0xFF : 0xFE), packet[i], packet[i + 1]});
        }
        cc_data(triplets);
    }

    void teletext_packet(ByteView bytes) {
        std::array<std::uint8_t, 42> packet{};
        const auto byte = [&](std::size_t at) { return at < bytes.size() ? bytes[at] : std::uint8_t{0}; };
        const unsigned number = (byte(0) >> 3 & 1U) | (byte(1) & 0x0FU) << 1;
        const std::size_t nibbles = number == 0 ? 10 : number < 26 ? 2 : 3;
        for (std::size_t i = 0; i < packet.size(); ++i) {
            packet[i] = static_cast<std::uint8_t>(i < nibbles ? vbi_ham8(byte(i) & 0x0FU) : vbi_par8(byte(i)));
        }
        for (std::size_t i = 3; number >= 26 && i < packet.size(); i += 3) {
            vbi_ham24p(&packet[i], byte(i) | static_cast<unsigned>(byte(i + 1)) << 8 | (byte(i + 2) & 3U) << 16);
        }
        Bytes payload{0x10, 0x03, 0x2C, 0xE8, 0xE4};
        std::transform(packet.begin(), packet.end(), std::back_inserter(payload),
                       [](std::uint8_t reversed) { return static_cast<std::uint8_t>(vbi_rev8(reversed)); });
        teletext(payload);
    }

private:
    frames::MediaTime time_;
    unsigned sequence_ = 0;
    frames::CaptionDecoder captions_{1, [](const frames::Finding& finding) { check(finding, false); }};
    frames::TeletextDecoder teletext_{2, {}, [](const frames::Finding& finding) { check(finding, true); }};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Decoders decoders;
    for (ByteView rest(data, size); rest.size() >= 2;) {
        const unsigned kind = rest[0] & 7U;
        const ByteView bytes = rest.subspan(2, std::min<std::size_t>(rest[1], rest.size() - 2));
        decoders.pass(picture * (1 + (rest[0] >> 3)));
        rest = rest.subspan(2 + bytes.size());
        switch (kind) {
            case 0: decoders.cc_data(bytes); break;
            case 1: decoders.line_21(bytes); break;
            case 2: decoders.service_block(bytes); break;
            case 3: decoders.teletext(bytes); break;
            case 4: decoders.teletext_packet(bytes); break;
            case 5: decoders.interrupt(); break;
            default: break;
        }
    }
    decoders.finish();
    return 0;
}
