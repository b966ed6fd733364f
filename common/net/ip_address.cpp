#include "common/net/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace muxtap::net {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

}  // namespace

IpAddress IpAddress::from_v4(ByteView four_bytes) noexcept {
    IpAddress address;
    std::copy(mapped_prefix.begin(), mapped_prefix.end(), address.bytes_.begin());
    std::copy_n(four_bytes.begin(), 4, address.bytes_.begin() + mapped_prefix.size());
    return address;
}

IpAddress IpAddress::from_v6(ByteView sixteen_bytes) noexcept {
    IpAddress address;
    std::copy_n(sixteen_bytes.begin(), 16, address.bytes_.begin());
    return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    const std::string zero_ended{text};
    std::array<std::uint8_t, 16> bytes{};
    if (inet_pton(AF_INET, zero_ended.c_str(), bytes.data()) == 1) return from_v4(bytes);
    if (inet_pton(AF_INET6, zero_ended.c_str(), bytes.data()) == 1) return from_v6(bytes);
    return std::nullopt;
}

bool IpAddress::is_v4() const noexcept {
    return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes_.begin());
}

bool IpAddress::is_multicast() const noexcept {
    return is_v4() ? bytes_[12] >> 4 == 0xE : bytes_[0] == 0xFF;
}

bool IpAddress::is_unspecified() const noexcept {
    const ByteView own = bytes();
    return std::all_of(own.begin(), own.end(), [](std::uint8_t byte) { return byte == 0; });
}

ByteView IpAddress::bytes() const noexcept {
    return is_v4() ? ByteView(bytes_).subspan(12) : ByteView(bytes_);
}

std::string IpAddress::to_text() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(is_v4() ? AF_INET : AF_INET6, bytes().data(), text.data(), text.size());
    return text.data();
}

std::string IpAddress::to_text_with_port(std::uint16_t port) const {
    return (is_v4() ? to_text() : "[" + to_text() + "]") + ":" + std::to_string(port);
}

std::size_t IpAddress::hash() const noexcept {
    const auto high = load<std::uint64_t>(bytes_, 0);
    const auto low = load<std::uint64_t>(bytes_, 8);
    return (high * 0x9E3779B97F4A7C15U) ^ (low * 0xC2B2AE3D27D4EB4FU);
}

}  // namespace muxtap::net
