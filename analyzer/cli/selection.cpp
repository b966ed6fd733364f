#include "analyzer/cli/selection.h"

#include <algorithm>

namespace muxtap::analyze {
namespace {

template <typename Items, typename Item>
bool contains(const Items& items, const Item& item) {
    return std::find(items.begin(), items.end(), item) != items.end();
}

bool is_wanted(const analyzer::PidReport& pid, const Selection& selection) {
    if (contains(selection.pids, pid.pid)) return true;
    return std::any_of(pid.programs.begin(), pid.programs.end(),
                       [&](std::uint16_t program) { return contains(selection.programs, program); });
}

bool is_wanted(const analyzer::ProgramReport& program, const Selection& selection) {
    if (contains(selection.programs, program.info.program_number)) return true;
    if (program.info.pmt_pid && contains(selection.pids, *program.info.pmt_pid)) return true;
    return std::any_of(program.info.streams.begin(), program.info.streams.end(),
                       [&](const analyzer::ProgramStream& stream) { return contains(selection.pids, stream.pid); });
}

}  // namespace

void select(analyzer::Report& report, const Selection& selection) {
    if (selection.all()) return;
    std::vector<ts::Pid> wanted = selection.pids;
    for (const analyzer::PidReport& pid : report.pids)
        if (is_wanted(pid, selection)) wanted.push_back(pid.pid);
    for (const analyzer::ProgramReport& program : report.programs) {
        if (!contains(selection.programs, program.info.program_number)) continue;
        for (const analyzer::ProgramStream& stream : program.info.streams) wanted.push_back(stream.pid);
    }
    const auto unwanted = [&](ts::Pid pid) { return !contains(wanted, pid); };
    std::erase_if(report.programs, [&](const auto& program) { return !is_wanted(program, selection); });
    std::erase_if(report.pids, [&](const auto& pid) { return unwanted(pid.pid); });
    std::erase_if(report.tables, [&](const auto& table) { return unwanted(table.pid); });
    std::erase_if(report.missing_pids, unwanted);
    for (analyzer::Indicator& indicator : report.indicators) {
        std::erase_if(indicator.pids, [&](const auto& pid) { return unwanted(pid.pid); });
    }
}

bool is_selected(const analyzer::Event& event, const Selection& selection) {
    if (selection.all()) return true;
    return (event.pid && contains(selection.pids, *event.pid)) ||
           (event.program && contains(selection.programs, *event.program));
}

bool fails(const analyzer::Report& report, unsigned lowest_priority) {
    return std::any_of(report.indicators.begin(), report.indicators.end(), [&](const analyzer::Indicator& indicator) {
        return indicator.count > 0 && priority_of(indicator.id) <= lowest_priority;
    });
}

}  // namespace muxtap::analyze
