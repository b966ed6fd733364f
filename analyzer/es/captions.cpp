#include "analyzer/es/captions.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

namespace muxtap::es {
namespace {

constexpr std::size_t construct_size = 3;

bool odd_parity(std::uint8_t byte) noexcept {
    return std::popcount(byte) % 2 == 1;
}

/// Bits set as numbers in rising order.
std::vector<std::uint8_t> numbers_of(std::uint64_t bits) {
    std::vector<std::uint8_t> numbers;
    for (std::uint8_t number = 0; number < 64; ++number) {
        if ((bits >> number & 1U) != 0) numbers.push_back(number);
    }
    return numbers;
}

}  // namespace

void CaptionCollector::cc_data(ByteView bytes) noexcept {
    if (bytes.size() < 2 || (bytes[0] & 0x40U) == 0) return;  // process_cc_data_flag
    const std::size_t count = bytes[0] & 0x1FU;
    // DTVCC packets that begin in this picture, as far as this picture has them.
    std::array<std::uint8_t, 128> packet;
    std::size_t size = 0;
    const auto close = [&] {
        if (size != 0) dtvcc_packet(ByteView(packet.data(), size));
        size = 0;
    };
    bool started = false;
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = 2 + i * construct_size;  // behind the flags and em_data
        if (at + construct_size > bytes.size()) break;
        const unsigned type = bytes[at] & 3U;
        if ((bytes[at] & 4U) == 0) {  // cc_valid
            if (type < 2) continue;
            close();
            started = false;
            continue;
        }
        if (type < 2) {
            line_21_pair(type + 1, bytes[at + 1], bytes[at + 2]);
            continue;
        }
        if (type == 3) {  // DTVCC_PACKET_START
            close();
            started = true;
        }
        if (!started || size + 2 > packet.size()) continue;
        packet[size++] = bytes[at + 1];
        packet[size++] = bytes[at + 2];
    }
    close();
}

void CaptionCollector::line_21_pair(unsigned field, std::uint8_t first, std::uint8_t second) noexcept {
    if (!odd_parity(first) || !odd_parity(second)) return;
    const unsigned one = first & 0x7FU;
    const unsigned two = second & 0x7FU;
    if (one == 0 && two == 0) return;
    Mode& mode = modes_[field - 1];
    if (one >= 0x10 && one <= 0x1F) {
        control_code(field, one, two);
        return;
    }
    if (field == 2 && one >= 0x01 && one <= 0x0F) {
        // Start, continuation or end of an extended data packet (CTA-608-E, 9.2).
        mode = one == 0x0F ? Mode::unknown : Mode::extended_data;
        return;
    }
    if (mode == Mode::extended_data || mode == Mode::text) return;
    cea608_ = true;
    in_picture_ = true;
}

void CaptionCollector::control_code(unsigned field, unsigned first, unsigned second) noexcept {
    Mode& mode = modes_[field - 1];
    const unsigned base = first & ~0x08U;  // without the data channel bit
    const bool miscellaneous = (base == 0x14 || base == 0x15) && second >= 0x20 && second <= 0x2F;
    if (miscellaneous && (second == 0x2A || second == 0x2B)) {  // text restart, resume text display
        mode = Mode::text;
        return;
    }
    // Loading and display commands of captions end text; other codes go with what is on.
    const bool of_captions = miscellaneous && (second == 0x20 || (second >= 0x25 && second <= 0x27) || second == 0x29 ||
                                               second == 0x2C || second >= 0x2E);
    if (mode == Mode::text && !of_captions) return;
    mode = Mode::caption;
    const unsigned channel = (field - 1) * 2 + ((first & 0x08U) != 0 ? 2 : 1);
    channels_ = static_cast<std::uint8_t>(channels_ | 1U << channel);
    cea608_ = true;
    in_picture_ = true;
}

void CaptionCollector::dtvcc_packet(ByteView packet) noexcept {
    // packet_size_code counts pairs of bytes, the header included; 0 stands for 128 bytes (CTA-708-E, 5).
    const std::size_t code = packet[0] & 0x3FU;
    const std::size_t size = std::min(packet.size(), code == 0 ? std::size_t{128} : code * 2);
    for (std::size_t at = 1; at < size;) {
        unsigned service = packet[at] >> 5;
        const std::size_t block = packet[at] & 0x1FU;
        ++at;
        if (service == 0) return;  // null service block: the rest is filling
        if (service == 7 && block != 0) {
            if (at == size) return;
            service = packet[at++] & 0x3FU;
        }
        if (block != 0 && service != 0) {
            services_ |= std::uint64_t{1} << service;
            in_picture_ = true;
        }
        at += block;
    }
}

void CaptionCollector::end_picture(analyzer::CaptionInfo& info) {
    if (!in_picture_) return;
    in_picture_ = false;
    ++info.pictures_with_captions;
    info.cea608 = cea608_;
    if (channels_ != written_channels_) {
        written_channels_ = channels_;
        info.cea608_channels = numbers_of(channels_);
    }
    if (services_ != written_services_) {
        written_services_ = services_;
        info.cea708 = true;
        info.cea708_services = numbers_of(services_);
    }
}

}  // namespace muxtap::es
