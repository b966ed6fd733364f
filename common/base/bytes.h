#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace muxtap {

/// Borrowed bytes; valid only as long as the buffer they were taken from.
using ByteView = std::span<const std::uint8_t>;

/// Big-endian (network order) reads at `bytes[offset]`. The caller has checked that the bytes are there.
[[nodiscard]] inline std::uint16_t read_u16(ByteView bytes, std::size_t offset) noexcept {
    return static_cast<std::uint16_t>(bytes[offset] << 8 | bytes[offset + 1]);
}

[[nodiscard]] inline std::uint32_t read_u32(ByteView bytes, std::size_t offset) noexcept {
    return static_cast<std::uint32_t>(read_u16(bytes, offset)) << 16 | read_u16(bytes, offset + 2);
}

/// Reverses the byte order of a 16-, 32- or 64-bit value.
[[nodiscard]] constexpr std::uint16_t swap_bytes(std::uint16_t value) noexcept {
    return __builtin_bswap16(value);
}
[[nodiscard]] constexpr std::uint32_t swap_bytes(std::uint32_t value) noexcept {
    return __builtin_bswap32(value);
}
[[nodiscard]] constexpr std::uint64_t swap_bytes(std::uint64_t value) noexcept {
    return __builtin_bswap64(value);
}

/// Copies a trivially copyable value in host byte order out of `bytes[offset]`, whatever its alignment.
/// The caller has checked that the bytes are there.
template <typename T>
[[nodiscard]] T load(ByteView bytes, std::size_t offset) noexcept {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof(T));
    return value;
}

/// The bytes of a text, borrowed from it.
[[nodiscard]] inline ByteView as_bytes(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// The text in `bytes`, borrowed from them.
[[nodiscard]] inline std::string_view as_text(ByteView bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace muxtap
