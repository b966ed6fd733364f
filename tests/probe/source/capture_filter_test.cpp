#include "probe/source/capture_filter.h"

#include <pcap/pcap.h>

#include <catch2/catch.hpp>

#include "tests/support/frame_builder.h"

namespace muxtap::probe {
namespace {

using namespace muxtap::test;

/// Whether the compiled filter lets a frame through, by libpcap's own interpreter.
bool passes(const std::string& expression, const ByteVector& frame) {
    const auto compiled = compile_filter(expression, 65535);
    INFO((compiled ? std::string{} : compiled.error().message));
    REQUIRE(compiled.has_value());
    std::vector<bpf_insn> instructions;
    for (const sock_filter& from : *compiled) instructions.push_back({from.code, from.jt, from.jf, from.k});
    const auto size = static_cast<unsigned>(frame.size());
    return ::bpf_filter(instructions.data(), frame.data(), size, size) != 0;
}

struct Row {
    const char* name;
    ByteVector frame;
    bool asked_for;  ///< by the two streams
    bool any_flow;   ///< by --discover
};

std::vector<Row> rows() {
    const ByteVector datagram = udp({}, packet_run(7));
    const ByteVector other_port = udp({.destination_port = 5001}, packet_run(7));
    const auto v4 = [&](const Ipv4Fields& fields, const ByteVector& payload) {
        return ethernet(type_v4, ipv4(fields, payload));
    };
    const auto v6 = [&](const Ipv6Fields& fields, const ByteVector& payload) {
        return ethernet(type_v6, ipv6(fields, payload));
    };
    return {
        {"IPv4", v4({}, datagram), true, true},
        {"IPv4 with options", v4({.option_bytes = 12}, datagram), true, true},
        {"first fragment", v4({.more_fragments = true}, datagram), true, true},
        {"later fragment", v4({.fragment_offset = 1480, .more_fragments = true}, filler(800)), true, true},
        {"last fragment", v4({.fragment_offset = 1480}, filler(100)), true, true},
        {"IPv6", v6({}, datagram), true, true},
        {"IPv6, hop by hop", v6({.next_header = 0}, extension(17, 8, datagram)), true, true},
        {"IPv6, routing", v6({.next_header = 43}, extension(17, 8, datagram)), true, true},
        {"IPv6, destination options", v6({.next_header = 60}, extension(17, 8, datagram)), true, true},
        {"IPv6, authentication", v6({.next_header = 51}, authentication(17, 24, datagram)), true, true},
        {"IPv6, fragment", v6({.next_header = 44}, fragment_header(17, 1448, true, 1, filler(400))), true, true},
        // The outer tag is out of the bytes, the inner one is left.
        {"QinQ", ethernet(0x8100, tag(20, type_v4, ipv4({}, datagram))), true, true},
        {"QinQ, service tag inside", ethernet(0x88A8, tag(20, type_v4, ipv4({}, datagram))), true, true},
        {"other port", v4({}, other_port), false, true},
        {"other address", v4({.destination = "239.1.1.2"}, datagram), false, true},
        {"our address as the sender", v4({.source = "239.1.1.1", .destination = "10.0.0.9"}, datagram), false, true},
        {"fragment to another address", v4({.destination = "239.1.1.2", .fragment_offset = 1480}, filler(100)), false,
         true},
        {"IPv6, other port", v6({}, other_port), false, true},
        {"IPv6, other address", v6({.destination = "ff15::2"}, datagram), false, true},
        {"IPv6, extension to another address",
         v6({.destination = "ff15::2", .next_header = 0}, extension(17, 8, datagram)), false, true},
        {"TCP to our address", v4({.protocol = protocol_tcp}, datagram), false, false},
        {"TCP in IPv6", v6({.next_header = protocol_tcp}, datagram), false, false},
        {"ICMP", v4({.protocol = 1}, filler(64)), false, false},
        {"fragment of TCP",
         v4({.destination = "239.1.1.2", .protocol = protocol_tcp, .fragment_offset = 1480}, filler(64)), false, false},
        {"ARP", ethernet(0x0806, filler(46)), false, false},
    };
}

TEST_CASE("the filter of two streams lets their frames through, and no others") {
    const std::vector<StreamSelector> selectors = {parse_stream_selector("a=udp://239.1.1.1:5000").value(),
                                                   parse_stream_selector("b=udp://[ff15::1]:5000").value()};
    for (const Row& row : rows()) {
        INFO(row.name);
        CHECK(passes(filter_expression(selectors, false), row.frame) == row.asked_for);
    }
}

TEST_CASE("where every flow is wanted, or too many are, all UDP passes") {
    const std::vector<StreamSelector> many(40, parse_stream_selector("a=udp://239.1.1.1:5000").value());
    for (const Row& row : rows()) {
        INFO(row.name);
        CHECK(passes(filter_expression({}, true), row.frame) == row.any_flow);
        CHECK(passes(filter_expression(many, false), row.frame) == row.any_flow);
    }
}

TEST_CASE("a filter that is not valid is named with libpcap's reason and the option") {
    const auto compiled = compile_filter("udp prt 5", 65535);
    REQUIRE_FALSE(compiled.has_value());
    CHECK_THAT(compiled.error().message,
               Catch::Contains("\"udp prt 5\"") && Catch::Contains("syntax error") && Catch::Contains("--pcap-filter"));
}

}  // namespace
}  // namespace muxtap::probe
