#include "common/net/frame_decoder.h"

#include <catch2/catch.hpp>
#include <optional>
#include <set>

#include "tests/support/frame_builder.h"

namespace muxtap::net {
namespace {

using namespace muxtap::test;

const ByteVector payload = packet_run(7);

struct Decoded {
    FrameVerdict verdict;
    Datagram datagram;
    ByteVector payload;
};

/// `captured`: no more of the frame than this.
Decoded decode(const ByteVector& bytes, LinkType link_type = LinkType::ethernet,
               std::optional<std::size_t> captured = {}, std::uint16_t stripped_vlan = 0) {
    FrameDecoder decoder;
    // Memory of exactly the size, so that AddressSanitizer sees every step too far.
    const ByteVector exact(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(captured.value_or(bytes.size())));
    Decoded decoded{};
    decoded.verdict = decoder.decode({.link_type = link_type,
                                      .bytes = exact,
                                      .wire_length = bytes.size(),
                                      .time = from_unix_ns(77),
                                      .stripped_vlan = stripped_vlan},
                                     decoded.datagram);
    CHECK(decoder.counts().of(decoded.verdict) == 1);
    if (decoded.verdict == FrameVerdict::datagram) {
        decoded.payload.assign(decoded.datagram.payload.begin(), decoded.datagram.payload.end());
    }
    return decoded;
}

ByteVector v4_udp() {
    return ipv4({}, udp({}, payload));
}
ByteVector v6_udp() {
    return ipv6({}, udp({}, payload));
}

TEST_CASE("the datagram is found behind every kind of link header") {
    struct Row {
        const char* name;
        LinkType link_type;
        ByteVector frame;
        std::uint16_t vlan, inner_vlan;
        std::uint16_t stripped = 0;
    };
    const std::vector<Row> rows = {
        {"Ethernet", LinkType::ethernet, ethernet(type_v4, v4_udp()), 0, 0},
        {"Ethernet, IPv6", LinkType::ethernet, ethernet(type_v6, v6_udp()), 0, 0},
        {"802.1Q", LinkType::ethernet, ethernet(0x8100, tag(123, type_v4, v4_udp())), 123, 0},
        {"802.1Q, IPv6", LinkType::ethernet, ethernet(0x8100, tag(4094, type_v6, v6_udp())), 4094, 0},
        {"QinQ", LinkType::ethernet, ethernet(0x88A8, tag(10, 0x8100, tag(20, type_v4, v4_udp()))), 10, 20},
        {"old QinQ", LinkType::ethernet, ethernet(0x9100, tag(10, 0x8100, tag(20, type_v4, v4_udp()))), 10, 20},
        {"priority tag", LinkType::ethernet, ethernet(0x8100, tag(0, type_v4, v4_udp())), 0, 0},
        {"priority tag around a VLAN", LinkType::ethernet, ethernet(0x8100, tag(0, 0x8100, tag(7, type_v4, v4_udp()))),
         7, 0},
        {"three tags", LinkType::ethernet, ethernet(0x88A8, tag(1, 0x88A8, tag(2, 0x8100, tag(3, type_v4, v4_udp())))),
         1, 2},
        {"tag stripped by the kernel", LinkType::ethernet, ethernet(type_v4, v4_udp()), 55, 0, 55},
        {"outer tag stripped by the kernel", LinkType::ethernet, ethernet(0x8100, tag(66, type_v4, v4_udp())), 55, 66,
         55},
        {"cooked", LinkType::linux_cooked, cooked(type_v4, v4_udp()), 0, 0},
        {"cooked, IPv6", LinkType::linux_cooked, cooked(type_v6, v6_udp()), 0, 0},
        {"cooked, 802.1Q", LinkType::linux_cooked, cooked(0x8100, tag(9, type_v4, v4_udp())), 9, 0},
        {"cooked v2", LinkType::linux_cooked_v2, cooked_v2(type_v4, v4_udp()), 0, 0},
        {"cooked v2, 802.1Q", LinkType::linux_cooked_v2, cooked_v2(0x8100, tag(9, type_v6, v6_udp())), 9, 0},
        {"raw IPv4", LinkType::raw_ip, v4_udp(), 0, 0},
        {"raw IPv6", LinkType::raw_ip, v6_udp(), 0, 0},
        {"null, host order", LinkType::loopback, joined({{2, 0, 0, 0}, v4_udp()}), 0, 0},
        {"loop, network order", LinkType::loopback, joined({{0, 0, 0, 2}, v4_udp()}), 0, 0},
        {"null, IPv6 of FreeBSD", LinkType::loopback, joined({{28, 0, 0, 0}, v6_udp()}), 0, 0},
        {"null, IPv6 of Darwin", LinkType::loopback, joined({{30, 0, 0, 0}, v6_udp()}), 0, 0},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const Decoded decoded = decode(row.frame, row.link_type, {}, row.stripped);
        CHECK(decoded.verdict == FrameVerdict::datagram);
        CHECK(decoded.payload == payload);
        CHECK(decoded.datagram.vlan == row.vlan);
        CHECK(decoded.datagram.inner_vlan == row.inner_vlan);
        CHECK(decoded.datagram.source_port == 4000);
        CHECK(decoded.datagram.destination_port == 5000);
        CHECK(decoded.datagram.missing_bytes == 0);
        CHECK(to_unix_ns(decoded.datagram.time) == 77);
        const bool v4 = decoded.datagram.destination.is_v4();
        CHECK(decoded.datagram.source.to_text() == (v4 ? "10.0.0.5" : "fd00::5"));
        CHECK(decoded.datagram.destination.to_text() == (v4 ? "239.1.1.1" : "ff15::1"));
    }
}

TEST_CASE("the datagram is found behind options and extension headers") {
    struct Row {
        const char* name;
        std::uint16_t type;
        ByteVector packet;
    };
    const ByteVector datagram = udp({}, payload);
    const std::vector<Row> rows = {
        {"4 bytes of options", type_v4, ipv4({.option_bytes = 4}, datagram)},
        {"40 bytes of options", type_v4, ipv4({.option_bytes = 40}, datagram)},
        {"hop by hop", type_v6, ipv6({.next_header = 0}, extension(17, 8, datagram))},
        {"routing", type_v6, ipv6({.next_header = 43}, extension(17, 24, datagram))},
        {"destination options", type_v6, ipv6({.next_header = 60}, extension(17, 16, datagram))},
        {"authentication", type_v6, ipv6({.next_header = 51}, authentication(17, 24, datagram))},
        {"authentication, odd words", type_v6, ipv6({.next_header = 51}, authentication(17, 28, datagram))},
        {"atomic fragment", type_v6, ipv6({.next_header = 44}, fragment_header(17, 0, false, 5, datagram))},
        {"all of them", type_v6,
         ipv6({.next_header = 0},
              extension(60, 8,
                        extension(43, 8,
                                  extension(44, 24,
                                            fragment_header(51, 0, false, 9,
                                                            authentication(60, 16, extension(17, 8, datagram)))))))},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const Decoded decoded = decode(ethernet(row.type, row.packet));
        CHECK(decoded.verdict == FrameVerdict::datagram);
        CHECK(decoded.payload == payload);
    }
}

TEST_CASE("padding behind a datagram is not part of it, whatever header ends first") {
    const ByteVector small = {1, 2, 3};
    CHECK(decode(ethernet(type_v4, joined({ipv4({}, udp({}, small)), filler(15)}))).payload == small);
    CHECK(decode(ethernet(type_v6, joined({ipv6({}, udp({}, small)), filler(15)}))).payload == small);
    // Bytes between the end of the datagram and the end of the IP packet.
    CHECK(decode(ethernet(type_v4, ipv4({}, udp({.length_off_by = -4}, payload)))).payload.size() ==
          payload.size() - 4);
    const Decoded empty = decode(ethernet(type_v4, joined({ipv4({}, udp({}, {})), filler(18)})));
    CHECK(empty.verdict == FrameVerdict::datagram);
    CHECK(empty.payload.empty());
    CHECK(empty.datagram.missing_bytes == 0);
}

TEST_CASE("what the snap length cut off is told, byte for byte") {
    for (const ByteVector& frame : {plain_frame(payload), ethernet(type_v6, v6_udp()),
                                    ethernet(0x8100, tag(5, type_v4, ipv4({.option_bytes = 8}, udp({}, payload))))}) {
        const std::size_t headers = frame.size() - payload.size();
        for (std::size_t captured = 0; captured <= frame.size(); ++captured) {
            CAPTURE(frame.size(), captured);
            const Decoded decoded = decode(frame, LinkType::ethernet, captured);
            if (captured < headers) {
                REQUIRE(decoded.verdict == FrameVerdict::truncated_header);
                continue;
            }
            REQUIRE(decoded.verdict == FrameVerdict::datagram);
            REQUIRE(decoded.payload.size() == captured - headers);
            REQUIRE(decoded.datagram.missing_bytes == frame.size() - captured);
        }
    }
}

TEST_CASE("a merged frame that is too long for its length fields ends where the frame ends") {
    const ByteVector large = packet_run(400);
    const ByteVector v4 = ethernet(type_v4, ipv4({.zero_length = true}, udp({.zero_length = true}, large)));
    CHECK(decode(v4).payload == large);
    CHECK(decode(ethernet(type_v6, ipv6({.zero_length = true}, udp({.zero_length = true}, large)))).payload == large);
    const Decoded cut = decode(v4, LinkType::ethernet, 65535);
    CHECK(cut.payload.size() == 65535 - 42);
    CHECK(cut.datagram.missing_bytes == v4.size() - 65535);
}

TEST_CASE("each frame without a datagram is refused by name") {
    struct Row {
        const char* name;
        ByteVector frame;
        FrameVerdict verdict;
        LinkType link_type = LinkType::ethernet;
    };
    const ByteVector datagram = udp({}, payload);
    const auto v4_frame = [&](const Ipv4Fields& fields) { return ethernet(type_v4, ipv4(fields, datagram)); };
    const std::vector<Row> rows = {
        {"empty", {}, FrameVerdict::truncated_header},
        {"empty, cooked", {}, FrameVerdict::truncated_header, LinkType::linux_cooked},
        {"empty, cooked v2", {}, FrameVerdict::truncated_header, LinkType::linux_cooked_v2},
        {"empty, raw", {}, FrameVerdict::truncated_header, LinkType::raw_ip},
        {"empty, loopback", {0, 0, 0, 2}, FrameVerdict::truncated_header, LinkType::loopback},
        {"tag without a type", ethernet(0x8100, ByteVector{0, 5}), FrameVerdict::truncated_header},
        {"ARP", ethernet(0x0806, filler(46)), FrameVerdict::not_ip},
        {"802.3 length", ethernet(100, filler(100)), FrameVerdict::not_ip},
        {"ARP in a VLAN", ethernet(0x8100, tag(5, 0x0806, filler(46))), FrameVerdict::not_ip},
        {"five tags",
         ethernet(0x8100, tag(1, 0x8100, tag(2, 0x8100, tag(3, 0x8100, tag(4, 0x8100, tag(5, type_v4, v4_udp())))))),
         FrameVerdict::not_ip},
        {"TCP", v4_frame({.protocol = protocol_tcp}), FrameVerdict::not_udp},
        {"TCP in IPv6", ethernet(type_v6, ipv6({.next_header = protocol_tcp}, datagram)), FrameVerdict::not_udp},
        {"ICMPv6 behind an extension", ethernet(type_v6, ipv6({.next_header = 0}, extension(58, 8, datagram))),
         FrameVerdict::not_udp},
        {"encrypted", ethernet(type_v6, ipv6({.next_header = 50}, datagram)), FrameVerdict::not_udp},
        {"fragment of TCP", ethernet(type_v6, ipv6({.next_header = 44}, fragment_header(6, 0, true, 1, filler(64)))),
         FrameVerdict::not_udp},
        {"IPv6 in an IPv4 frame", v4_frame({.version = 6}), FrameVerdict::bad_header},
        {"IPv4 in an IPv6 frame", ethernet(type_v6, ipv6({.version = 4}, datagram)), FrameVerdict::bad_header},
        {"header of 4 words", v4_frame({.header_words = 4}), FrameVerdict::bad_header},
        {"total length below the header", v4_frame({.length_off_by = -(8 + 1316 + 1)}), FrameVerdict::bad_header},
        {"header longer than the frame", ethernet(type_v4, ipv4({.header_words = 15}, ByteVector(8))),
         FrameVerdict::bad_header},
        {"UDP length below its header", ethernet(type_v4, ipv4({}, udp({.length_off_by = -1317}, payload))),
         FrameVerdict::bad_header},
        {"IP packet ends in the UDP header", ethernet(type_v4, ipv4({}, ByteVector(7))), FrameVerdict::bad_header},
        {"IPv6 packet ends in an extension", ethernet(type_v6, ipv6({.next_header = 0}, ByteVector(7))),
         FrameVerdict::bad_header},
        {"extension longer than the packet",
         ethernet(type_v6, ipv6({.next_header = 60}, ByteVector{17, 200, 0, 0, 0, 0, 0, 0})), FrameVerdict::bad_header},
        {"empty last fragment", v4_frame({.fragment_offset = 8, .length_off_by = -1324}),
         FrameVerdict::fragment_refused},
        {"first fragment of a broken size", ethernet(type_v4, ipv4({.more_fragments = true}, ByteVector(13))),
         FrameVerdict::fragment_refused},
        {"first fragment", ethernet(type_v4, ipv4({.more_fragments = true}, ByteVector(16))),
         FrameVerdict::fragment_kept},
        {"first fragment, IPv6",
         ethernet(type_v6, ipv6({.next_header = 44}, fragment_header(17, 0, true, 1, ByteVector(16)))),
         FrameVerdict::fragment_kept},
    };
    std::set<FrameVerdict> fired = {FrameVerdict::datagram};
    for (const Row& row : rows) {
        INFO(row.name);
        const Decoded decoded = decode(row.frame, row.link_type);
        CHECK(name_of(decoded.verdict) == name_of(row.verdict));
        fired.insert(decoded.verdict);
    }
    CHECK(fired.size() == frame_verdict_count);
    const ByteVector many = [&] {
        ByteVector inner = datagram;
        for (int i = 0; i < 17; ++i) inner = extension(i == 0 ? 17 : 60, 8, inner);
        return ethernet(type_v6, ipv6({.next_header = 60}, inner));
    }();
    CHECK(decode(many).verdict == FrameVerdict::bad_header);
}

TEST_CASE("a UDP length that says more than there is gives what there is, and what is missing") {
    const Decoded decoded = decode(ethernet(type_v4, ipv4({}, udp({.length_off_by = 10}, payload))));
    CHECK(decoded.verdict == FrameVerdict::datagram);
    CHECK(decoded.payload == payload);
    CHECK(decoded.datagram.missing_bytes == 10);
}

TEST_CASE("fragments of IPv4 and IPv6 are put together again") {
    const ByteVector datagram = udp({}, payload);
    const ByteView whole = datagram;
    for (const bool v6 : {false, true}) {
        for (const bool reversed : {false, true}) {
            CAPTURE(v6, reversed);
            std::vector<ByteVector> frames;
            for (std::size_t at = 0; at < whole.size(); at += 496) {
                const bool more = at + 496 < whole.size();
                const ByteView bytes = whole.subspan(at, std::min<std::size_t>(496, whole.size() - at));
                frames.push_back(
                    v6 ? ethernet(type_v6, ipv6({.next_header = 0},
                                                extension(44, 8, fragment_header(17, at, more, 0xABCDEF01, bytes))))
                       : ethernet(type_v4, ipv4({.fragment_offset = at, .more_fragments = more}, bytes)));
            }
            REQUIRE(frames.size() == 3);
            if (reversed) std::reverse(frames.begin(), frames.end());
            FrameDecoder decoder;
            Datagram found;
            for (std::size_t i = 0; i < frames.size(); ++i) {
                const auto verdict = decoder.decode({.bytes = frames[i], .wire_length = frames[i].size()}, found);
                CHECK(verdict == (i + 1 < frames.size() ? FrameVerdict::fragment_kept : FrameVerdict::datagram));
            }
            CHECK(ByteVector(found.payload.begin(), found.payload.end()) == payload);
            CHECK(found.destination_port == 5000);
            CHECK(found.destination.to_text() == (v6 ? "ff15::1" : "239.1.1.1"));
            CHECK(decoder.incomplete_datagrams() == 0);
        }
    }
}

TEST_CASE("a fragment that the snap length cut is refused") {
    const ByteVector frame = ethernet(type_v4, ipv4({.more_fragments = true}, ByteVector(1480)));
    CHECK(decode(frame, LinkType::ethernet, 200).verdict == FrameVerdict::fragment_refused);
}

TEST_CASE("no flipped or missing byte makes a payload that is not inside the frame") {
    const std::vector<std::pair<LinkType, ByteVector>> frames = {
        {LinkType::ethernet,
         ethernet(0x88A8, tag(10, 0x8100, tag(20, type_v4, ipv4({.option_bytes = 8}, udp({}, filler(40))))))},
        {LinkType::ethernet,
         ethernet(
             type_v6,
             ipv6({.next_header = 0},
                  extension(44, 8, fragment_header(51, 0, false, 9, authentication(17, 16, udp({}, filler(40)))))))},
        {LinkType::linux_cooked_v2, cooked_v2(type_v4, ipv4({}, udp({}, filler(40))))},
        {LinkType::loopback, joined({{2, 0, 0, 0}, ipv4({.more_fragments = true}, filler(40))})},
    };
    const auto check_inside = [](LinkType link_type, const ByteVector& bytes, std::size_t wire_length) {
        FrameDecoder decoder;
        Datagram datagram;
        const auto verdict =
            decoder.decode({.link_type = link_type, .bytes = bytes, .wire_length = wire_length}, datagram);
        if (verdict != FrameVerdict::datagram || datagram.payload.empty()) return;
        REQUIRE(datagram.payload.data() > bytes.data());
        REQUIRE(datagram.payload.data() + datagram.payload.size() <= bytes.data() + bytes.size());
    };
    for (const auto& [link_type, frame] : frames) {
        for (std::size_t at = 0; at < frame.size(); ++at) {
            for (unsigned bit = 0; bit < 8; ++bit) {
                ByteVector changed = frame;
                changed[at] ^= static_cast<std::uint8_t>(1U << bit);
                check_inside(link_type, changed, changed.size());
            }
            ByteVector changed = frame;
            for (const unsigned value : {0U, 0xFFU}) {
                changed[at] = static_cast<std::uint8_t>(value);
                check_inside(link_type, changed, changed.size());
            }
            const ByteVector cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(at));
            check_inside(link_type, cut, frame.size());
            check_inside(link_type, cut, cut.size());
        }
    }
}

TEST_CASE("link types are known by their numbers in files") {
    struct Row {
        int number;
        std::optional<LinkType> link_type;
    };
    const Row row = GENERATE(values<Row>({{1, LinkType::ethernet},
                                          {0, LinkType::loopback},
                                          {108, LinkType::loopback},
                                          {101, LinkType::raw_ip},
                                          {228, LinkType::raw_ip},
                                          {229, LinkType::raw_ip},
                                          {113, LinkType::linux_cooked},
                                          {276, LinkType::linux_cooked_v2},
                                          {105, {}},
                                          {-1, {}},
                                          {65535, {}}}));
    CAPTURE(row.number);
    CHECK(link_type_from_number(row.number) == row.link_type);
}

}  // namespace
}  // namespace muxtap::net
