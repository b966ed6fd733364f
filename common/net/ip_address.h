#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/bytes.h"

namespace muxtap::net {

/// An IPv4 or IPv6 address. IPv4 addresses are held as mapped ones (::ffff:a.b.c.d, RFC 4291, 2.5.5.2).
class IpAddress {
public:
    IpAddress() noexcept = default;

    /// From the four bytes of an IPv4 header's address.
    [[nodiscard]] static IpAddress from_v4(ByteView four_bytes) noexcept;
    /// From the sixteen bytes of an IPv6 header's address.
    [[nodiscard]] static IpAddress from_v6(ByteView sixteen_bytes) noexcept;
    /// From text, "239.1.1.1" or "ff05::1", without brackets. Names are not resolved.
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

    [[nodiscard]] bool is_v4() const noexcept;
    [[nodiscard]] bool is_multicast() const noexcept;
    /// 0.0.0.0 or ::
    [[nodiscard]] bool is_unspecified() const noexcept;
    /// The 4 or 16 bytes in network order, borrowed from this address.
    [[nodiscard]] ByteView bytes() const noexcept;
    [[nodiscard]] std::string to_text() const;
    /// `239.1.1.1:5000`, `[ff05::1]:5000`.
    [[nodiscard]] std::string to_text_with_port(std::uint16_t port) const;
    [[nodiscard]] std::size_t hash() const noexcept;

    [[nodiscard]] auto operator<=>(const IpAddress&) const noexcept = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
};

}  // namespace muxtap::net
