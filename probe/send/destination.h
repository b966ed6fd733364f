#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace muxtap::send {

enum class Encapsulation : std::uint8_t { udp, rtp };

/// Where datagrams go.
struct Destination {
    std::string text;  ///< as it was given
    Encapsulation encapsulation = Encapsulation::udp;
    sockaddr_storage address{};
    socklen_t address_size = 0;

    [[nodiscard]] int family() const noexcept { return address.ss_family; }
    [[nodiscard]] bool is_multicast() const noexcept;
};

/// From "udp://239.1.1.1:5000", "rtp://[ff15::1]:5000" or a name in place of the address, which is looked up.
[[nodiscard]] Result<Destination> parse_destination(std::string_view text);

/// Several, each text one or more separated by commas. All must agree on udp or rtp, because they get the same
/// datagrams.
[[nodiscard]] Result<std::vector<Destination>> parse_destinations(const std::vector<std::string>& texts);

/// The index of a network interface; the error lists those that exist.
[[nodiscard]] Result<unsigned> find_interface(const std::string& name);

}  // namespace muxtap::send
