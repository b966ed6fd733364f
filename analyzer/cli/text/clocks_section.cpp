#include "analyzer/cli/text/sections.h"
#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

using analyzer::PcrInfo;
using analyzer::PidReport;
using analyzer::TimestampInfo;

Cell number(std::uint64_t count, Colour colour) {
    return count == 0 ? Cell{"-", Colour::dim} : Cell{count_text(count), colour};
}

Cell spread(const std::optional<analyzer::Spread>& values, int digits) {
    return values && values->count > 0 ? Cell{spread_text(*values, digits)} : Cell{"not measured", Colour::dim};
}

std::string signed_fixed(double number, int digits) {
    return (number > 0 ? "+" : "") + fixed(number, digits);
}

void print_pcrs(std::string& out, const Page& page) {
    Table table({{.title = "PCR PID", .align = Table::Align::left},
                 {.title = "PCRs"},
                 {.title = "interval ms"},
                 {.title = ">40 ms"},
                 {.title = ">100 ms"},
                 {.title = "jumps"},
                 {.title = "accuracy ns"},
                 {.title = "jitter µs"},
                 {.title = "ppm"}});
    for (const PidReport& pid : page.report().pids) {
        if (!pid.pcr) continue;
        const PcrInfo& pcr = *pid.pcr;
        table.add(
            {{pid_text(pid.pid)},
             {count_text(pcr.count)},
             {spread_text(pcr.interval_ms, 2)},
             number(pcr.repetition_over_40ms, Colour::yellow),
             number(pcr.repetition_errors, Colour::red),
             number(pcr.discontinuity_errors, Colour::red),
             spread(pcr.accuracy_ns, 0),
             spread(pcr.overall_jitter_us, 0),
             pcr.frequency_offset_ppm ? Cell{signed_fixed(*pcr.frequency_offset_ppm, 2)} : Cell{"-", Colour::dim}});
    }
    if (table.empty()) {
        out += "  no PCR\n";
    } else {
        table.print(out, page.painter);
    }
}

void print_timestamps(std::string& out, const Page& page) {
    Table table({{.title = "PTS PID", .align = Table::Align::left},
                 {.title = "stream", .align = Table::Align::left, .yields = true},
                 {.title = "PES"},
                 {.title = "PTS"},
                 {.title = "gap ms"},
                 {.title = "jumps"},
                 {.title = "decode margin ms"},
                 {.title = "PTS margin ms"}});
    for (const PidReport& pid : page.report().pids) {
        if (!pid.timestamps || pid.timestamps->pes_packets == 0) continue;
        const TimestampInfo& times = *pid.timestamps;
        const double gap = static_cast<double>(times.pts_interval_max_ns) / 1e6;
        table.add({{pid_text(pid.pid)},
                   {pid.stream ? display_name(pid.stream->codec) : ""},
                   {count_text(times.pes_packets)},
                   {count_text(times.pts_count)},
                   times.pts_interval_max_ns == 0 ? Cell{"-", Colour::dim} : Cell{fixed(gap, 1)},
                   number(times.pts_jumps + times.dts_jumps, Colour::red),
                   {spread_text(times.decode_margin_ms, 1)},
                   {spread_text(times.presentation_margin_ms, 1)}});
    }
    if (table.empty()) return;
    out += "\n";
    table.print(out, page.painter);
}

}  // namespace

void print_clocks(std::string& out, const Page& page) {
    print_heading(out, page.painter, "Clocks");
    print_pcrs(out, page);
    print_timestamps(out, page);
    bool first = true;
    for (const analyzer::ProgramReport& program : page.report().programs) {
        if (!program.audio_video_offset_ms) continue;
        if (first) out += "\n";
        first = false;
        print_field(out, page.painter, "audio less video",
                    "program " + std::to_string(program.info.program_number) + ": " +
                        signed_fixed(*program.audio_video_offset_ms, 1) + " ms");
    }
}

}  // namespace muxtap::analyze
