#pragma once

#include <cstdint>
#include <optional>

#include "analyzer/psi/section.h"
#include "common/base/bytes.h"

namespace muxtap::psi {

/// One section of a bouquet association table (EN 300 468, 5.2.2), as far as its name.
struct Bat {
    std::uint16_t bouquet_id = 0;
    std::optional<ByteView> bouquet_name;  ///< as sent, borrowed from the section
    bool sound = true;                     ///< false: a length reaches beyond the section
};

/// The caller has checked the table_id.
[[nodiscard]] Bat parse_bat(const Section& section);

}  // namespace muxtap::psi
