#include "client/frames/text/cea608_field.h"

#include <bit>

#include "client/frames/text/cea608_characters.h"

namespace muxtap::frames {
namespace {

constexpr unsigned solid_block = 0x7F;

bool odd_parity(std::uint8_t byte) noexcept {
    return std::popcount(byte) % 2 == 1;
}

CaptionTeller teller(unsigned number, ts::Pid pid, const FindingHandler& found) {
    return {pid, "CC" + std::to_string(number), {}, found};
}

}  // namespace

Cea608Field::Cea608Field(unsigned field, ts::Pid pid, const FindingHandler& found)
    : field_(field),
      channels_{Cea608Channel(teller(field * 2 - 1, pid, found)), Cea608Channel(teller(field * 2, pid, found))} {}

bool Cea608Field::pair(std::uint8_t first, std::uint8_t second, const MediaTime& time) {
    unsigned one = first & 0x7FU;
    unsigned two = second & 0x7FU;
    // In the place of a damaged character stands a solid block; of a damaged control code the repetition counts.
    const bool damaged = !odd_parity(first) || !odd_parity(second);
    if (damaged && one < 0x20) return false;
    if (!odd_parity(first)) one = solid_block;
    if (!odd_parity(second)) two = solid_block;
    if (one >= 0x10 && one <= 0x1F) return control(one, two, time);
    last_control_ = 0;
    if (one == 0 && two == 0) return false;
    if (one >= 0x01 && one <= 0x0F) {
        // Extended data until the next control code (CTA-608-E, 9.2).
        if (field_ == 2) extended_data_ = true;
        return false;
    }
    Cea608Channel& channel = channels_[current_];
    if (extended_data_ || channel.in_text_mode()) return false;
    for (const unsigned code : {one, two}) {
        if (code >= 0x20) channel.character(cea608_basic_character(code), time);
    }
    return true;
}

bool Cea608Field::control(unsigned first, unsigned second, const MediaTime& time) {
    if (second < 0x20) return false;
    const unsigned code = first << 8 | second;
    const bool repeated = code == last_control_;
    last_control_ = repeated ? 0 : code;
    extended_data_ = false;
    current_ = (first & 8U) != 0 ? 1 : 0;
    Cea608Channel& channel = channels_[current_];
    if (!repeated) channel.control(first & 0x17U, second, time);
    return !channel.in_text_mode();
}

void Cea608Field::interrupt(const MediaTime& last) {
    for (Cea608Channel& channel : channels_) channel.interrupt(last);
    extended_data_ = false;
    last_control_ = 0;
}

void Cea608Field::finish(const MediaTime& last) {
    for (Cea608Channel& channel : channels_) channel.finish(last);
}

}  // namespace muxtap::frames
