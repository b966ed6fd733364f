#include "analyzer/psi/text_conversion.h"

#include <iconv.h>

#include <array>
#include <memory>
#include <type_traits>

namespace muxtap::psi {

namespace {

constexpr char32_t replacement = 0xFFFD;

struct CloseConversion {
    void operator()(iconv_t conversion) const noexcept { ::iconv_close(conversion); }
};
using Conversion = std::unique_ptr<std::remove_pointer_t<iconv_t>, CloseConversion>;

Conversion open_conversion(const char* charset) {
    const iconv_t opened = ::iconv_open("UTF-8", charset);
    // iconv_open(3) says "no" with the address that is all ones.
    return Conversion(reinterpret_cast<std::uintptr_t>(opened) == ~std::uintptr_t{0} ? nullptr : opened);
}

/// Without a conversion only ASCII is certain.
std::string ascii_only(ByteView bytes) {
    std::string text;
    for (const std::uint8_t byte : bytes) append_utf8(text, byte < 0x80 ? char32_t{byte} : replacement);
    return text;
}

}  // namespace

void append_utf8(std::string& text, char32_t character) {
    if (character > 0x10FFFF || (character >= 0xD800 && character < 0xE000)) character = replacement;
    const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (character < 0x80) {
        put(character);
        return;
    }
    if (character < 0x800) {
        put(0xC0U | character >> 6);
    } else {
        if (character < 0x10000) {
            put(0xE0U | character >> 12);
        } else {
            put(0xF0U | character >> 18);
            put(0x80U | (character >> 12 & 0x3FU));
        }
        put(0x80U | (character >> 6 & 0x3FU));
    }
    put(0x80U | (character & 0x3FU));
}

std::string multibyte_text(const char* charset, ByteView bytes) {
    const Conversion conversion = open_conversion(charset);
    if (conversion == nullptr) return ascii_only(bytes);
    // iconv(3) takes its input as char*, though it does not write to it.
    std::string input(as_text(bytes));
    char* from = input.data();
    std::size_t left = input.size();
    std::string text;
    std::array<char, 256> room{};
    while (left > 0) {
        char* to = room.data();
        std::size_t free = room.size();
        const std::size_t before = left;
        const std::size_t converted = ::iconv(conversion.get(), &from, &left, &to, &free);
        text.append(room.data(), room.size() - free);
        const bool room_is_full = free < 8;
        if (converted == static_cast<std::size_t>(-1) && !(room_is_full && left < before) && left > 0) {
            append_utf8(text, replacement);
            ++from;
            --left;
            (void)::iconv(conversion.get(), nullptr, nullptr, nullptr, nullptr);
        }
    }
    return text;
}

}  // namespace muxtap::psi
