#include "analyzer/scte35/base64.h"

namespace muxtap::scte35 {

std::string to_base64(ByteView bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t there = bytes.size() - at;
        const std::uint32_t group = std::uint32_t{bytes[at]} << 16 |
                                    (there > 1 ? std::uint32_t{bytes[at + 1]} << 8 : 0U) |
                                    (there > 2 ? std::uint32_t{bytes[at + 2]} : 0U);
        text += digits[group >> 18];
        text += digits[group >> 12 & 63U];
        text += there > 1 ? digits[group >> 6 & 63U] : '=';
        text += there > 2 ? digits[group & 63U] : '=';
    }
    return text;
}

}  // namespace muxtap::scte35
