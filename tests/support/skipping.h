#pragma once

#include <string>

namespace muxtap::test {

/// What a test program returns when nothing failed but something could not be tested; ctest then shows it as skipped.
inline constexpr int exit_skipped = 77;

/// Says loudly that `what` is not tested, and why. The program will not look green.
void say_skipped(const std::string& what, const std::string& why);

}  // namespace muxtap::test
