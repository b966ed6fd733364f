#pragma once

#include "analyzer/tr101290/presence_watch.h"
#include "analyzer/tr101290/rule_context.h"

namespace muxtap::analyzer {

/// TR 101 290, 1.3 PAT_error and 1.3.a PAT_error_2.
///
/// The legacy one asks whether there is a table_id 0x00 on PID 0 at all: a PAT with a wrong CRC holds it off, and a
/// foreign section beside a PAT does not raise it. The new one asks for valid sections and raises on foreign ones.
class PatRule {
public:
    explicit PatRule(const RuleContext& context) : context_(context), watch_(context.board, context.shadow, 2) {}

    /// The clock begins to run: a PAT has to come.
    void start(UnixTime now);
    /// Sections on PID 0, also those with a wrong CRC.
    void on_section(const SectionSeen& section);
    /// A packet on PID 0 whose transport_scrambling_control is not 00.
    void on_scrambled(const Finding& packet);
    void expire(UnixTime now, std::uint64_t packet) { watch_.expire(now, packet); }

private:
    RuleContext context_;
    PresenceWatch watch_;
};

}  // namespace muxtap::analyzer
