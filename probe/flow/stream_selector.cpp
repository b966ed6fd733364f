#include "probe/flow/stream_selector.h"

#include "common/app/value_parsers.h"
#include "proto/topic.h"

namespace muxtap::probe {
namespace {

constexpr std::int64_t max_port = 65535;
constexpr std::int64_t max_vlan = 4094;

Result<net::IpAddress> parse_address(std::string_view text) {
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    const auto address = net::IpAddress::parse(text);
    if (!address) return fail("\"" + std::string{text} + "\" is not an IPv4 or IPv6 address");
    return *address;
}

/// Reads `?vlan=N`.
Result<void> parse_query(std::string_view query, StreamSelector& selector) {
    constexpr std::string_view vlan_key = "vlan=";
    if (query.empty()) return {};
    if (!query.starts_with(vlan_key)) return fail("\"?" + std::string{query} + "\": expected ?vlan=N");
    const auto vlan = app::parse_integer(query.substr(vlan_key.size()), 0, max_vlan);
    if (!vlan) return fail("vlan: " + vlan.error().message);
    selector.vlan = static_cast<std::uint16_t>(*vlan);
    return {};
}

Result<void> parse_place(std::string_view place, StreamSelector& selector) {
    if (const auto at = place.find('@'); at != std::string_view::npos) {
        if (at > 0) {
            auto sender = parse_address(place.substr(0, at));
            if (!sender) return tl::unexpected<Error>(sender.error());
            selector.sender = *sender;
        }
        place = place.substr(at + 1);
    }
    const auto colon = place.rfind(':');
    if (colon == std::string_view::npos) return fail("\"" + std::string{place} + "\": expected IP:PORT");
    auto address = parse_address(place.substr(0, colon));
    if (!address) return tl::unexpected<Error>(address.error());
    const auto port = app::parse_integer(place.substr(colon + 1), 1, max_port);
    if (!port) return fail("port \"" + std::string{place.substr(colon + 1)} + "\": " + port.error().message);
    if (selector.sender && !address->is_multicast()) {
        return fail(address->to_text() + " is not a multicast group, and only a group is joined for one sender");
    }
    selector.destination = *address;
    selector.port = static_cast<std::uint16_t>(*port);
    return {};
}

}  // namespace

Result<StreamSelector> parse_stream_selector(std::string_view text) {
    const std::string whole{text};
    const auto wrong = [&](const std::string& why) {
        return fail("stream \"" + whole + "\": " + why + " (form: NAME=udp://[SENDER@]IP:PORT[?vlan=N])");
    };
    StreamSelector selector;
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos) return wrong("no udp:// or rtp:// in it");
    if (const auto equals = text.substr(0, scheme).find('='); equals != std::string_view::npos) {
        selector.name = text.substr(0, equals);
        if (!proto::is_stream_name(selector.name)) {
            return wrong("a name has 1 to 128 printable ASCII characters without space, slash, quote and backslash");
        }
        text = text.substr(equals + 1);
    }
    if (!text.starts_with("udp://") && !text.starts_with("rtp://")) return wrong("the scheme must be udp or rtp");
    selector.rtp_only = text.starts_with("rtp");
    text = text.substr(6);
    const auto question = text.find('?');
    if (question != std::string_view::npos) {
        if (auto query = parse_query(text.substr(question + 1), selector); !query) return wrong(query.error().message);
        text = text.substr(0, question);
    }
    if (text.ends_with('/')) text.remove_suffix(1);
    if (auto place = parse_place(text, selector); !place) return wrong(place.error().message);
    if (selector.name.empty()) selector.name = selector.destination.to_text_with_port(selector.port);
    return selector;
}

}  // namespace muxtap::probe
