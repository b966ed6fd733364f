#include "analyzer/cli/text/sections.h"
#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

using analyzer::PidCounters;
using analyzer::PidReport;
using analyzer::PidUse;

const char* name_of(PidUse use) {
    switch (use) {
        case PidUse::pat: return "PAT";
        case PidUse::cat: return "CAT";
        case PidUse::tsdt: return "TSDT";
        case PidUse::ipmp: return "IPMP";
        case PidUse::nit: return "NIT";
        case PidUse::sdt_bat: return "SDT/BAT";
        case PidUse::eit: return "EIT";
        case PidUse::rst: return "RST";
        case PidUse::tdt_tot: return "TDT/TOT";
        case PidUse::network_synchronization: return "network sync";
        case PidUse::dit: return "DIT";
        case PidUse::sit: return "SIT";
        case PidUse::psip: return "PSIP";
        case PidUse::other_si: return "other SI";
        case PidUse::pmt: return "PMT";
        case PidUse::network_information: return "network PID";
        case PidUse::elementary_stream: return "stream";
        case PidUse::pcr_only: return "PCR only";
        case PidUse::ecm: return "ECM";
        case PidUse::emm: return "EMM";
        case PidUse::null: return "null";
        case PidUse::unreferenced: break;
    }
    return "unreferenced";
}

std::string use_of(const PidReport& pid) {
    if (pid.use == PidUse::elementary_stream && pid.stream && pid.stream->codec != analyzer::Codec::unknown) {
        return display_name(pid.stream->codec);
    }
    return name_of(pid.use);
}

std::string programs_of(const PidReport& pid) {
    std::string text;
    for (std::size_t i = 0; i < pid.programs.size() && i < 3; ++i) {
        text += (i == 0 ? "" : ",") + std::to_string(pid.programs[i]);
    }
    return pid.programs.size() > 3 ? text + ",…" : text;
}

/// Zeros step back, so that the others are seen.
Cell number(std::uint64_t count, Colour colour = Colour::none) {
    return count == 0 ? Cell{"-", Colour::dim} : Cell{count_text(count), colour};
}

Cell scrambled(const PidCounters& counters) {
    if (counters.scrambled == 0) return {"-", Colour::dim};
    if (counters.packets == 0) return {count_text(counters.scrambled)};
    return {fixed(100.0 * static_cast<double>(counters.scrambled) / static_cast<double>(counters.packets), 0) + " %"};
}

}  // namespace

void print_pids(std::string& out, const Page& page) {
    const analyzer::Report& report = page.report();
    print_heading(out, page.painter, "PIDs");
    Table table({{.title = "PID", .align = Table::Align::left},
                 {.title = ""},
                 {.title = "use", .align = Table::Align::left, .yields = true},
                 {.title = "program", .align = Table::Align::left, .yields = true},
                 {.title = "packets"},
                 {.title = "bit rate"},
                 {.title = "share"},
                 {.title = "CC"},
                 {.title = "lost"},
                 {.title = "dup"},
                 {.title = "TEI"},
                 {.title = "scr"},
                 {.title = "PCRs"}});
    for (const PidReport& pid : report.pids) {
        const PidCounters& counters = pid.counters;
        const double share = report.totals.packets == 0
                                 ? 0
                                 : static_cast<double>(counters.packets) / static_cast<double>(report.totals.packets);
        const Colour use_colour = pid.use == PidUse::unreferenced ? Colour::yellow : Colour::none;
        table.add({{pid_text(pid.pid)},
                   {std::to_string(pid.pid), Colour::dim},
                   {use_of(pid), use_colour},
                   {programs_of(pid)},
                   {count_text(counters.packets)},
                   pid.rate.average_bps == 0 ? Cell{"-", Colour::dim} : Cell{bit_rate(pid.rate.average_bps)},
                   {percent(share)},
                   number(counters.continuity_errors, Colour::red),
                   number(counters.lost_packets, Colour::red),
                   number(counters.duplicates),
                   number(counters.transport_errors, Colour::red),
                   scrambled(counters),
                   number(counters.pcrs)});
    }
    if (table.empty()) {
        out += "  none\n";
    } else {
        table.print(out, page.painter);
    }
    if (report.missing_pids.empty()) return;
    std::string missing;
    for (const ts::Pid pid : report.missing_pids) missing += (missing.empty() ? "" : " ") + pid_text(pid);
    print_field(out, page.painter, "missing", missing, Colour::red);
}

}  // namespace muxtap::analyze
