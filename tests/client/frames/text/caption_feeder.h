#pragma once

#include <bit>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "client/frames/text/caption_decoder.h"
#include "tests/client/frames/text/found_texts.h"

namespace muxtap::test {

[[nodiscard]] inline std::uint8_t with_parity(unsigned code) {
    return static_cast<std::uint8_t>(std::popcount(code & 0x7FU) % 2 == 1 ? code & 0x7FU : code | 0x80U);
}

/// Feeds a decoder with captions written as codes: one pair of CEA-608 a picture, DTVCC in as many pictures as it
/// takes. A picture lasts 40 ms.
class CaptionFeeder {
public:
    static constexpr ts::Pid pid = 0x123;
    static constexpr int picture_ms = 40;

    /// A picture with these triplets. Returns whether the decoder says that there were captions.
    bool triplets(const std::vector<std::uint8_t>& bytes) {
        const bool captions = decoder_.add(bytes, at_ms(now_));
        now_ += picture_ms;
        return captions;
    }
    bool pair(unsigned first, unsigned second, unsigned field = 1) {
        return triplets({static_cast<std::uint8_t>(0xFC | (field - 1)), with_parity(first), with_parity(second)});
    }
    /// A control code, sent twice as it should be.
    void control(unsigned first, unsigned second, unsigned field = 1) {
        pair(first, second, field);
        pair(first, second, field);
    }
    void text(std::string_view text, unsigned field = 1) {
        for (std::size_t i = 0; i < text.size(); i += 2) {
            pair(static_cast<std::uint8_t>(text[i]), i + 1 < text.size() ? static_cast<std::uint8_t>(text[i + 1]) : 0U,
                 field);
        }
    }

    /// One DTVCC packet with one service block, in one picture.
    void service(unsigned number, const std::vector<std::uint8_t>& codes) {
        std::vector<std::uint8_t> packet{0};
        if (number < 7) {
            packet.push_back(static_cast<std::uint8_t>(number << 5 | codes.size()));
        } else {
            packet.push_back(static_cast<std::uint8_t>(7U << 5 | codes.size()));
            packet.push_back(static_cast<std::uint8_t>(number));
        }
        packet.insert(packet.end(), codes.begin(), codes.end());
        if (packet.size() % 2 != 0) packet.push_back(0);
        packet[0] = static_cast<std::uint8_t>(sequence_++ % 4 << 6 | packet.size() / 2);
        std::vector<std::uint8_t> bytes;
        for (std::size_t i = 0; i < packet.size(); i += 2) {
            bytes.insert(bytes.end(), {static_cast<std::uint8_t>(i == 0 ? 0xFF : 0xFE), packet[i], packet[i + 1]});
        }
        triplets(bytes);
    }
    void lose_packet() { ++sequence_; }

    void wait_until(std::int64_t milliseconds) { now_ = milliseconds; }
    [[nodiscard]] std::int64_t now() const noexcept { return now_; }
    [[nodiscard]] frames::CaptionDecoder& decoder() noexcept { return decoder_; }
    [[nodiscard]] const FoundTexts& found() const noexcept { return found_; }
    [[nodiscard]] std::vector<Told> told() const { return found_.told(); }

private:
    FoundTexts found_;
    frames::CaptionDecoder decoder_{pid, found_.handler()};
    std::int64_t now_ = 0;
    unsigned sequence_ = 0;
};

}  // namespace muxtap::test
