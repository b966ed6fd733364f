#include "probe/flow/stream_selector.h"

#include <catch2/catch.hpp>

namespace muxtap::probe {
namespace {

TEST_CASE("a stream is named with everything that selects it") {
    struct Row {
        const char* text;
        const char* name;
        const char* destination;
        std::uint16_t port;
        std::optional<std::string> sender;
        std::optional<std::uint16_t> vlan;
        bool rtp_only;
    };
    const Row row = GENERATE(values<Row>({
        {"news=udp://239.1.1.1:5000", "news", "239.1.1.1", 5000, {}, {}, false},
        {"udp://239.1.1.1:5000", "239.1.1.1:5000", "239.1.1.1", 5000, {}, {}, false},
        {"udp://@239.1.1.1:5000", "239.1.1.1:5000", "239.1.1.1", 5000, {}, {}, false},
        {"udp://239.1.1.1:5000/", "239.1.1.1:5000", "239.1.1.1", 5000, {}, {}, false},
        {"a=rtp://10.0.0.5@232.1.1.1:1", "a", "232.1.1.1", 1, "10.0.0.5", {}, true},
        {"a=udp://239.1.1.1:65535?vlan=0", "a", "239.1.1.1", 65535, {}, 0, false},
        {"a=udp://239.1.1.1:5000/?vlan=4094", "a", "239.1.1.1", 5000, {}, 4094, false},
        {"udp://[ff15::1]:5000", "[ff15::1]:5000", "ff15::1", 5000, {}, {}, false},
        {"six=udp://[fd00::5]@[ff35::1]:5000?vlan=12", "six", "ff35::1", 5000, "fd00::5", 12, false},
        {"a.b:c-d=udp://1.2.3.4:5", "a.b:c-d", "1.2.3.4", 5, {}, {}, false},
    }));
    INFO(row.text);
    const auto selector = parse_stream_selector(row.text);
    REQUIRE(selector.has_value());
    CHECK(selector->name == row.name);
    CHECK(selector->destination.to_text() == row.destination);
    CHECK(selector->port == row.port);
    CHECK(selector->sender.has_value() == row.sender.has_value());
    if (row.sender) CHECK(selector->sender->to_text() == *row.sender);
    CHECK(selector->vlan == row.vlan);
    CHECK(selector->rtp_only == row.rtp_only);
}

TEST_CASE("what is wrong with a stream's address is said, with the whole of it and the form it should have") {
    struct Row {
        const char* text;
        const char* why;
    };
    const Row row = GENERATE(values<Row>({
        {"", "no udp:// or rtp://"},
        {"239.1.1.1:5000", "no udp:// or rtp://"},
        {"news", "no udp:// or rtp://"},
        {"tcp://239.1.1.1:5000", "the scheme must be udp or rtp"},
        {"news=http://239.1.1.1:5000", "the scheme must be udp or rtp"},
        {"=udp://239.1.1.1:5000", "a name has"},
        {"a b=udp://239.1.1.1:5000", "a name has"},
        {"a/b=udp://239.1.1.1:5000", "a name has"},
        {"udp://239.1.1.1", "expected IP:PORT"},
        {"udp://", "expected IP:PORT"},
        {"udp://:5000", "is not an IPv4 or IPv6 address"},
        {"udp://239.1.1:5000", "\"239.1.1\" is not an IPv4 or IPv6 address"},
        {"udp://example.org:5000", "\"example.org\" is not an IPv4 or IPv6 address"},
        {"udp://me@239.1.1.1:5000", "\"me\" is not an IPv4 or IPv6 address"},
        {"udp://239.1.1.1:0", "port \"0\""},
        {"udp://239.1.1.1:65536", "port \"65536\""},
        {"udp://239.1.1.1:http", "port \"http\""},
        {"udp://239.1.1.1:", "port \"\""},
        {"udp://239.1.1.1:5000?vlan=4095", "vlan"},
        {"udp://239.1.1.1:5000?vlan=-1", "vlan"},
        {"udp://239.1.1.1:5000?vlan=", "vlan"},
        {"udp://239.1.1.1:5000?lan=4", "expected ?vlan=N"},
    }));
    INFO(row.text);
    const auto selector = parse_stream_selector(row.text);
    REQUIRE_FALSE(selector.has_value());
    CHECK_THAT(selector.error().message, Catch::Contains(row.why) &&
                                             Catch::Contains("\"" + std::string{row.text} + "\"") &&
                                             Catch::Contains("NAME=udp://[SENDER@]IP:PORT[?vlan=N]"));
}

}  // namespace
}  // namespace muxtap::probe
