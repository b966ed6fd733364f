#include "common/net/ip_address.h"

#include <catch2/catch.hpp>
#include <set>

#include "tests/support/frame_builder.h"

namespace muxtap::net {
namespace {

using test::address;

TEST_CASE("an address is read from text, told apart and written again") {
    struct Row {
        const char* text;
        const char* written;
        bool v4, multicast, unspecified;
    };
    const Row row = GENERATE(values<Row>({
        {"10.0.0.5", "10.0.0.5", true, false, false},
        {"0.0.0.0", "0.0.0.0", true, false, true},
        {"223.255.255.255", "223.255.255.255", true, false, false},
        {"224.0.0.0", "224.0.0.0", true, true, false},
        {"239.255.255.255", "239.255.255.255", true, true, false},
        {"240.0.0.1", "240.0.0.1", true, false, false},
        {"::", "::", false, false, true},
        {"fd00:0:0::5", "fd00::5", false, false, false},
        {"FF15::1", "ff15::1", false, true, false},
        {"fe80::1", "fe80::1", false, false, false},
        {"::ffff:239.1.1.1", "239.1.1.1", true, true, false},
    }));
    INFO(row.text);
    const auto read = IpAddress::parse(row.text);
    REQUIRE(read.has_value());
    CHECK(read->to_text() == row.written);
    CHECK(read->is_v4() == row.v4);
    CHECK(read->is_multicast() == row.multicast);
    CHECK(read->is_unspecified() == row.unspecified);
    CHECK(read->bytes().size() == (row.v4 ? 4 : 16));
    CHECK(IpAddress::parse(read->to_text()) == *read);
}

TEST_CASE("what is no address is not taken for one") {
    const char* const text = GENERATE("", "localhost", "1.2.3", "1.2.3.256", "1.2.3.4.5", "1.2.3.4 ", "[::1]", ":",
                                      "fd00::1::2", "12345::", "1.2.3.4/8", "239.1.1.1:5000");
    INFO(text);
    CHECK_FALSE(IpAddress::parse(text).has_value());
}

TEST_CASE("a port stands behind brackets where the address has colons") {
    CHECK(address("239.1.1.1").to_text_with_port(5000) == "239.1.1.1:5000");
    CHECK(address("ff15::1").to_text_with_port(1) == "[ff15::1]:1");
}

TEST_CASE("addresses from header bytes are those from text, and equal ones hash alike") {
    const std::uint8_t four[] = {239, 1, 1, 1};
    CHECK(IpAddress::from_v4(four) == address("239.1.1.1"));
    std::array<std::uint8_t, 16> sixteen{0xFF, 0x15};
    sixteen[15] = 1;
    CHECK(IpAddress::from_v6(sixteen) == address("ff15::1"));
    CHECK(IpAddress{} == address("::"));
    CHECK(address("::ffff:1.2.3.4").hash() == address("1.2.3.4").hash());
}

TEST_CASE("neighbouring groups do not share hashes") {
    std::set<std::size_t> hashes;
    for (unsigned i = 0; i < 65536; ++i) {
        const std::uint8_t bytes[] = {239, 1, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)};
        hashes.insert(IpAddress::from_v4(bytes).hash());
    }
    CHECK(hashes.size() > 65500);
}

}  // namespace
}  // namespace muxtap::net
