#pragma once

#include <cstddef>

namespace muxtap::test {

/// Calls of operator new in this process so far, by any thread.
[[nodiscard]] std::size_t allocations() noexcept;

/// Allocations while `work` runs.
template <typename Work>
[[nodiscard]] std::size_t allocations_during(Work&& work) {
    const std::size_t before = allocations();
    work();
    return allocations() - before;
}

}  // namespace muxtap::test
