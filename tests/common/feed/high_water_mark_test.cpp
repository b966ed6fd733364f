#include "common/feed/high_water_mark.h"

#include <catch2/catch.hpp>

namespace muxtap::feed {
namespace {

TEST_CASE("the mark is the number of full batches that the budget holds, from two to a hundred thousand") {
    struct Row {
        std::uint64_t budget;
        std::size_t packets;
        int mark;
    };
    for (const Row row :
         {Row{std::uint64_t{64} << 20, 1400, 254}, Row{std::uint64_t{64} << 20, 350, 1019}, Row{263'200 * 10, 1400, 10},
          Row{263'200 * 10 - 1, 1400, 9}, Row{0, 1400, 2}, Row{1, 1400, 2}, Row{std::uint64_t{1} << 50, 1, 100'000}}) {
        INFO(row.budget << " bytes in batches of " << row.packets);
        CHECK(high_water_mark(row.budget, row.packets) == row.mark);
    }
}

}  // namespace
}  // namespace muxtap::feed
