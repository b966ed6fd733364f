#pragma once

#include <cstdint>
#include <unordered_map>

#include "analyzer/tr101290/key_hash.h"
#include "analyzer/tr101290/rule_context.h"

namespace muxtap::analyzer {

/// Sections of one table that come too close upon each other (EN 300 468, 5.1.4): the first byte of one less than
/// 25 ms after the last byte of the one before with the same PID, table_id and table_id_extension; of an EIT with the
/// same service_id and section_number (TR 101 290, 3.6.a). Raises the table's indicator and 3.2.
class SectionGap {
public:
    explicit SectionGap(const RuleContext& context) : context_(context) {}

    /// A valid section of one table, for its indicator.
    void on_section(const SectionSeen& section, IndicatorId indicator);
    /// Times that a table was not followed because there are too many.
    [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

private:
    RuleContext context_;
    std::unordered_map<std::uint64_t, UnixTime, KeyHash> last_byte_;
    std::uint64_t left_out_ = 0;
};

}  // namespace muxtap::analyzer
