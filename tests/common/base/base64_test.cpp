#include "common/base/base64.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace muxtap;

TEST_CASE("base 64 is that of RFC 4648") {
    for (const auto& [plain, coded] :
         {std::pair{"", ""}, std::pair{"f", "Zg=="}, std::pair{"fo", "Zm8="}, std::pair{"foo", "Zm9v"},
          std::pair{"foob", "Zm9vYg=="}, std::pair{"fooba", "Zm9vYmE="}, std::pair{"foobar", "Zm9vYmFy"}})
        CHECK(to_base64(as_bytes(plain)) == coded);
    const std::vector<std::uint8_t> high = {0xFB, 0xEF, 0xFF};
    CHECK(to_base64(high) == "++//");
}
