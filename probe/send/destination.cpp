#include "probe/send/destination.h"

#include <net/if.h>
#include <netdb.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "common/app/value_parsers.h"

namespace muxtap::send {
namespace {

constexpr std::string_view expected_form = "expected udp://ADDRESS:PORT or rtp://ADDRESS:PORT, IPv6 as [ADDRESS]";

tl::unexpected<Error> bad(std::string_view text, std::string_view why) {
    return fail("destination \"" + std::string{text} + "\": " + std::string{why});
}

struct HostAndPort {
    std::string host;
    std::string_view port;
};

/// Splits "1.2.3.4:5000" or "[::1]:5000" ; an empty host says that the form is wrong.
HostAndPort split_host_and_port(std::string_view rest) {
    const auto colon = rest.rfind(':');
    if (colon == std::string_view::npos) return {};
    std::string_view host = rest.substr(0, colon);
    if (host.starts_with('@')) host.remove_prefix(1);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return {};
    }
    return {std::string{host}, rest.substr(colon + 1)};
}

Result<void> resolve(const std::string& host, std::int64_t port, Destination& destination) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (error != 0) return bad(destination.text, "cannot resolve \"" + host + "\": " + ::gai_strerror(error));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
    std::memcpy(&destination.address, found->ai_addr, found->ai_addrlen);
    destination.address_size = found->ai_addrlen;
    return {};
}

std::string interface_names() {
    const std::unique_ptr<struct if_nameindex, decltype(&::if_freenameindex)> all(::if_nameindex(),
                                                                                  &::if_freenameindex);
    std::string names;
    for (const struct if_nameindex* entry = all.get(); entry != nullptr && entry->if_name != nullptr; ++entry) {
        if (!names.empty()) names += ", ";
        names += entry->if_name;
    }
    return names;
}

}  // namespace

bool Destination::is_multicast() const noexcept {
    if (family() == AF_INET6) {
        sockaddr_in6 six{};
        std::memcpy(&six, &address, sizeof(six));
        return IN6_IS_ADDR_MULTICAST(&six.sin6_addr);
    }
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof(four));
    return IN_MULTICAST(ntohl(four.sin_addr.s_addr));
}

Result<Destination> parse_destination(std::string_view text) {
    Destination destination;
    destination.text = std::string{text};
    std::string_view rest = text;
    if (rest.starts_with("rtp://")) {
        destination.encapsulation = Encapsulation::rtp;
    } else if (!rest.starts_with("udp://")) {
        return bad(text, expected_form);
    }
    rest.remove_prefix(6);
    if (rest.ends_with('/')) rest.remove_suffix(1);
    const auto [host, port_text] = split_host_and_port(rest);
    if (host.empty()) return bad(text, expected_form);
    const auto port = app::parse_integer(port_text, 1, 65535);
    if (!port) return bad(text, "port \"" + std::string{port_text} + "\": " + port.error().message);
    if (auto done = resolve(host, *port, destination); !done) return tl::unexpected<Error>(done.error());
    return destination;
}

Result<std::vector<Destination>> parse_destinations(const std::vector<std::string>& texts) {
    std::vector<Destination> destinations;
    for (std::string_view list : texts) {
        while (!list.empty()) {
            const auto comma = list.find(',');
            auto destination = parse_destination(list.substr(0, comma));
            if (!destination) return tl::unexpected<Error>(destination.error());
            if (!destinations.empty() && destinations.front().encapsulation != destination->encapsulation) {
                return bad(destination->text, "udp:// and rtp:// cannot be mixed in one run");
            }
            destinations.push_back(std::move(*destination));
            list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
        }
    }
    if (destinations.empty()) return fail("no destination: give --to udp://ADDRESS:PORT");
    return destinations;
}

Result<unsigned> find_interface(const std::string& name) {
    const unsigned index = ::if_nametoindex(name.c_str());
    if (index != 0) return index;
    return fail("no interface \"" + name + "\"; there are: " + interface_names());
}

}  // namespace muxtap::send
