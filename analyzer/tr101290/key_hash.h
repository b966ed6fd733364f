#pragma once

#include <cstddef>
#include <cstdint>

namespace muxtap::analyzer {

/// Spreads keys whose low bits are alike, as those packed from table_id, extension and section_number are.
struct KeyHash {
    [[nodiscard]] std::size_t operator()(std::uint64_t key) const noexcept {
        key = (key ^ key >> 30) * 0xBF58476D1CE4E5B9U;
        key = (key ^ key >> 27) * 0x94D049BB133111EBU;
        return key ^ key >> 31;
    }
};

}  // namespace muxtap::analyzer
