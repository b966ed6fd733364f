#pragma once

#include <cstdio>
#include <cstdlib>

namespace muxtap::fuzz {

/// Ends the process when a property does not hold, so that the fuzzer keeps the input. Works in every build.
inline void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "violated: %s\n", property);
    std::abort();
}

}  // namespace muxtap::fuzz
