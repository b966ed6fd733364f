#pragma once

#include <vector>

#include "analyzer/psi/descriptors.h"
#include "analyzer/psi/section.h"

namespace muxtap::psi {

/// One section of the conditional access table (ISO/IEC 13818-1, 2.4.4.6): where the EMMs are.
struct Cat {
    std::vector<CaReference> emms;
    bool sound = true;  ///< false: descriptors contradict its length
};

/// The caller has checked the table_id.
[[nodiscard]] Cat parse_cat(const Section& section);

}  // namespace muxtap::psi
