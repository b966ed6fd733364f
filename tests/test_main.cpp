#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#include <cstdio>

#include "tests/support/skipping.h"

namespace muxtap::test {
namespace {

bool any_skipped = false;

}  // namespace

void say_skipped(const std::string& what, const std::string& why) {
    any_skipped = true;
    std::fprintf(stderr, "\n*** SKIPPED: %s: %s\n", what.c_str(), why.c_str());
}

}  // namespace muxtap::test

int main(int argc, char** argv) {
    const int failures = Catch::Session().run(argc, argv);
    return failures == 0 && muxtap::test::any_skipped ? muxtap::test::exit_skipped : failures;
}
