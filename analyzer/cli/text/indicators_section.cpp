#include "analyzer/cli/text/sections.h"
#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

using analyzer::Indicator;
using analyzer::IndicatorState;

/// The lamp: an indicator that is well now but was not shows both.
Cell lamp_of(const Indicator& indicator) {
    switch (indicator.state) {
        case IndicatorState::error: return {"● error", Colour::red};
        case IndicatorState::ok:
            return indicator.count == 0 ? Cell{"● ok", Colour::green} : Cell{"● ok again", Colour::yellow};
        case IndicatorState::not_applicable: return {"○ not applicable", Colour::dim};
        case IndicatorState::not_measured: break;
    }
    return {"○ not measured", Colour::dim};
}

std::string pids_of(const Indicator& indicator) {
    constexpr std::size_t most_shown = 4;
    std::string text;
    for (std::size_t i = 0; i < indicator.pids.size() && i < most_shown; ++i) {
        text += (i == 0 ? "" : " ") + pid_text(indicator.pids[i].pid);
        if (indicator.pids.size() > 1) text += "(" + count_text(indicator.pids[i].count) + ")";
    }
    if (indicator.more_pids || indicator.pids.size() > most_shown) text += " …";
    return text;
}

/// "P1 ● ok": the worst of a priority.
Cell summary_of(const analyzer::Indicators& indicators, unsigned priority) {
    std::size_t errors = 0;
    std::size_t past = 0;
    std::size_t judged = 0;
    for (const Indicator& indicator : indicators) {
        if (priority_of(indicator.id) != priority) continue;
        errors += indicator.state == IndicatorState::error ? 1 : 0;
        judged += indicator.state == IndicatorState::ok ? 1 : 0;
        past += indicator.state != IndicatorState::error && indicator.count > 0 ? 1 : 0;
    }
    const std::string name = "P" + std::to_string(priority) + " ";
    if (errors > 0) return {name + "● " + std::to_string(errors) + " in error", Colour::red};
    if (past > 0) return {name + "● " + std::to_string(past) + " ok again", Colour::yellow};
    if (judged == 0) return {name + "○ not measured", Colour::dim};
    return {name + "● ok", Colour::green};
}

void print_row(Table& table, const Page& page, const Indicator& indicator) {
    const bool counted = indicator.state == IndicatorState::error || indicator.state == IndicatorState::ok;
    const Cell count = indicator.count > 0 ? Cell{count_text(indicator.count)}
                       : counted           ? Cell{"0", Colour::dim}
                                           : Cell{"-", Colour::dim};
    table.add({{number_of(indicator.id)},
               {display_name(indicator.id)},
               lamp_of(indicator),
               count,
               indicator.capture_loss > 0 ? Cell{count_text(indicator.capture_loss)} : Cell{"-", Colour::dim},
               {indicator.first ? time_text(*indicator.first, page.report().clock) : ""},
               {pids_of(indicator)}});
}

}  // namespace

void print_indicators(std::string& out, const Page& page) {
    print_heading(out, page.painter, "TR 101 290");
    const analyzer::Indicators& indicators = page.report().indicators;
    out += " ";
    for (const unsigned priority : {1U, 2U, 3U}) {
        const Cell summary = summary_of(indicators, priority);
        out += (priority == 1 ? " " : "   ") + page.painter.paint(summary.text, summary.colour);
    }
    out += "\n";
    Table table({{.title = "no.", .align = Table::Align::left},
                 {.title = "indicator", .align = Table::Align::left},
                 {.title = "state", .align = Table::Align::left},
                 {.title = "count"},
                 {.title = "capture"},
                 {.title = "first", .align = Table::Align::left},
                 {.title = "PIDs", .align = Table::Align::left, .yields = true}});
    for (const Indicator& indicator : indicators) print_row(table, page, indicator);
    table.print(out, page.painter);
}

}  // namespace muxtap::analyze
