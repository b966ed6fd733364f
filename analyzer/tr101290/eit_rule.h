#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>

#include "analyzer/tr101290/key_hash.h"
#include "analyzer/tr101290/rule_context.h"

namespace muxtap::analyzer {

/// TR 101 290, 3.6.c EIT_PF_error: of a table of present/following events one section came and the other did not.
///
/// Raised when one of the two comes and the other has not for more than its limit (2 s for this stream, 10 s for
/// others), once; in error until the other one comes or the table ends.
class EitPfRule {
public:
    explicit EitPfRule(const RuleContext& context) : context_(context) {}

    /// Any valid and timed section with table_id 0x4E or 0x4F on PID 0x12.
    void on_section(const SectionSeen& section);
    /// Forgets tables that have ended.
    void expire(UnixTime now);
    [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

private:
    struct Table {
        std::array<UnixTime, 2> last{};  ///< of each section; of one not seen when the other came first
        bool raised = false;
        std::chrono::nanoseconds limit{};
    };
    RuleContext context_;
    std::unordered_map<std::uint64_t, Table, KeyHash> tables_;
    UnixTime next_look_{};
    std::uint64_t left_out_ = 0;
};

}  // namespace muxtap::analyzer
