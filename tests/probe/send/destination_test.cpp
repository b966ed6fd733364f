#include "probe/send/destination.h"

#include <arpa/inet.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstring>

using namespace muxtap::send;

namespace {

std::string printed(const Destination& destination) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    std::uint16_t port = 0;
    if (destination.family() == AF_INET6) {
        sockaddr_in6 six{};
        std::memcpy(&six, &destination.address, sizeof(six));
        inet_ntop(AF_INET6, &six.sin6_addr, text.data(), text.size());
        port = ntohs(six.sin6_port);
    } else {
        sockaddr_in four{};
        std::memcpy(&four, &destination.address, sizeof(four));
        inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size());
        port = ntohs(four.sin_port);
    }
    return std::string{text.data()} + " " + std::to_string(port);
}

}  // namespace

TEST_CASE("destinations are read in all their forms") {
    struct Row {
        const char* text;
        const char* printed;
        Encapsulation encapsulation;
        bool multicast;
    };
    const Row row = GENERATE(values<Row>({
        {"udp://127.0.0.1:5000", "127.0.0.1 5000", Encapsulation::udp, false},
        {"rtp://239.1.1.1:65535", "239.1.1.1 65535", Encapsulation::rtp, true},
        {"udp://@224.0.0.200:10000/", "224.0.0.200 10000", Encapsulation::udp, true},
        {"udp://[::1]:5000", "::1 5000", Encapsulation::udp, false},
        {"rtp://[ff15::1]:5000", "ff15::1 5000", Encapsulation::rtp, true},
    }));
    INFO(row.text);
    const auto destination = parse_destination(row.text);
    REQUIRE(destination);
    CHECK(printed(*destination) == row.printed);
    CHECK(destination->encapsulation == row.encapsulation);
    CHECK(destination->is_multicast() == row.multicast);
}

TEST_CASE("a destination that is none is refused by name and reason") {
    struct Row {
        const char* text;
        const char* message;
    };
    const Row row = GENERATE(values<Row>({
        {"", "expected udp://ADDRESS:PORT"},
        {"127.0.0.1:5000", "expected udp://ADDRESS:PORT"},
        {"tcp://127.0.0.1:5000", "expected udp://ADDRESS:PORT"},
        {"udp://127.0.0.1", "expected udp://ADDRESS:PORT"},
        {"udp://::1:5000", "IPv6 as [ADDRESS]"},
        {"udp://:5000", "expected udp://ADDRESS:PORT"},
        {"udp://127.0.0.1:0", "port \"0\": expected a whole number from 1 to 65535"},
        {"udp://127.0.0.1:65536", "port \"65536\": expected a whole number from 1 to 65535"},
        {"udp://127.0.0.1:x", "port \"x\""},
        {"udp://300.1.1.1.1:5000", "cannot resolve \"300.1.1.1.1\""},
    }));
    INFO(row.text);
    const auto destination = parse_destination(row.text);
    REQUIRE_FALSE(destination);
    CHECK_THAT(destination.error().message, Catch::Contains(row.message) && Catch::Contains(row.text));
}

TEST_CASE("several destinations come from several texts and from commas in one") {
    const auto all = parse_destinations({"udp://127.0.0.1:1,udp://[::1]:2", "udp://127.0.0.1:3"});
    REQUIRE(all);
    REQUIRE(all->size() == 3);
    CHECK(printed((*all)[1]) == "::1 2");
    CHECK(printed((*all)[2]) == "127.0.0.1 3");
}

TEST_CASE("udp and rtp in one run are refused") {
    CHECK_FALSE(parse_destinations({"udp://127.0.0.1:1", "rtp://127.0.0.1:2"}));
    CHECK_FALSE(parse_destinations({}));
}

TEST_CASE("an interface that is not there is named, with those that are") {
    CHECK(find_interface("lo"));
    const auto none = find_interface("eth99");
    REQUIRE_FALSE(none);
    CHECK_THAT(none.error().message, Catch::StartsWith("no interface \"eth99\"; there are: ") && Catch::Contains("lo"));
}
