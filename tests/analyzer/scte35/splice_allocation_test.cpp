#include <catch2/catch.hpp>

#include "analyzer/scte35/splice_watch.h"
#include "tests/analyzer/scte35/sections.h"
#include "tests/support/allocation_counter.h"

namespace muxtap::scte35 {
namespace {

TEST_CASE("watching for repetitions allocates nothing") {
    const auto null = test::section_of({});
    const auto signal = test::section_of({.command_type = 6, .command = {0xFE, 0, 0, 0, 1}, .descriptors = {}});
    SpliceWatch watch;
    CHECK(test::allocations_during([&] {
              for (int i = 0; i < 1000; ++i) {
                  (void)watch.look(null, from_unix_ns(i));
                  (void)watch.look(signal, from_unix_ns(i));
              }
          }) == 0);
    CHECK(watch.events() == 1);
}

}  // namespace
}  // namespace muxtap::scte35
