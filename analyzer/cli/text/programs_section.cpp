#include <algorithm>
#include <cmath>

#include "analyzer/cli/text/sections.h"
#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

using analyzer::PidReport;
using analyzer::ProgramReport;
using analyzer::ProgramStream;
using analyzer::Report;

/// The format of a stream goes on in the next line beyond these.
constexpr std::size_t format_columns = 38;

const PidReport* find_pid(const Report& report, ts::Pid pid) {
    const auto found = std::lower_bound(report.pids.begin(), report.pids.end(), pid,
                                        [](const PidReport& item, ts::Pid wanted) { return item.pid < wanted; });
    return found != report.pids.end() && found->pid == pid ? &*found : nullptr;
}

/// `program 101 "Première" by muxtap, channel 7.1`.
std::string title_of(const ProgramReport& program) {
    const analyzer::ProgramInfo& info = program.info;
    std::string text = "program " + std::to_string(info.program_number);
    if (!info.service_name.empty()) text += " \"" + printable(info.service_name) + "\"";
    if (!info.provider_name.empty()) text += " by " + printable(info.provider_name);
    if (!info.channel_number.empty()) text += ", channel " + printable(info.channel_number);
    return text;
}

std::string facts_of(const ProgramReport& program) {
    const analyzer::ProgramInfo& info = program.info;
    std::string text = info.pmt_pid ? "PMT " + pid_text(*info.pmt_pid) : std::string{"not in the PAT"};
    if (info.pmt_pid && !info.pmt_seen) text += " not seen";
    if (info.pmt_seen) text += info.pcr_pid ? ", PCR " + pid_text(*info.pcr_pid) : ", no PCR";
    if (program.rate.average_bps != 0) text += ", " + bit_rate(program.rate.average_bps);
    if (program.scrambled) text += ", scrambled";
    if (program.splices != 0) text += ", " + grouped(program.splices) + " splice commands";
    return text;
}

void print_event(std::string& out, const Page& page, const char* label,
                 const std::optional<analyzer::EventInfo>& event) {
    if (!event) return;
    std::string text = event->start ? date_text(*event->start) : std::string{"start not set"};
    text += ", " + duration_text(std::chrono::seconds{event->duration_seconds});
    text.resize(text.size() - 4);  // no milliseconds
    print_field(out, page.painter, label, text + "  \"" + printable(event->name) + "\"");
}

void print_splice(std::string& out, const Page& page, const ProgramReport& program) {
    if (!program.last_splice) return;
    const analyzer::Splice& splice = *program.last_splice;
    std::string text = key_name(splice.command);
    if (splice.event_id) text += " " + std::to_string(*splice.event_id);
    if (splice.cancel) text += ", cancelled";
    if (splice.out_of_network) text += *splice.out_of_network ? ", out of the network" : ", back to the network";
    if (splice.immediate) text += ", at once";
    if (splice.pts) text += ", at PTS " + std::to_string(*splice.pts);
    if (splice.preroll_ns) {
        const double seconds = static_cast<double>(*splice.preroll_ns) / 1e9;
        text += ", " + fixed(std::abs(seconds), 3) + (seconds < 0 ? " s too late" : " s ahead");
    }
    if (splice.duration) text += ", for " + fixed(static_cast<double>(*splice.duration) / 90'000, 3) + " s";
    for (const analyzer::Segmentation& segmentation : splice.segmentations) {
        if (!segmentation.type.empty()) text += ", " + printable(segmentation.type);
    }
    print_field(out, page.painter, "  last splice", text);
}

void print_program(std::string& out, const Page& page, const ProgramReport& program) {
    const std::string title = elided(title_of(program), page_width - 2);
    const std::string facts = facts_of(program);
    const bool fits = text_width(title) + text_width(facts) + 4 <= page_width;
    out += "  " + page.painter.paint(title, Colour::bold) + (fits ? "  " : "\n    ") + facts + "\n";
    if (!program.info.pmt_pid) return;
    Table table({{.title = "PID", .align = Table::Align::left},
                 {.title = "", .align = Table::Align::left},
                 {.title = "codec", .align = Table::Align::left, .yields = true},
                 {.title = "format", .align = Table::Align::left},
                 {.title = "lang", .align = Table::Align::left, .yields = true},
                 {.title = "bit rate"}});
    for (const ProgramStream& stream : program.info.streams) {
        const PidReport* const pid = find_pid(page.report(), stream.pid);
        const StreamDescription description = describe(stream, pid != nullptr && pid->stream ? &*pid->stream : nullptr);
        std::string kind = key_name(stream.kind);
        if (stream.kind == analyzer::MediaKind::splice_information) kind = "splices";
        const Cell rate = pid == nullptr ? Cell{"not seen", Colour::red} : Cell{bit_rate(pid->rate.average_bps)};
        const std::string language = stream.subtitles.empty() ? printable(stream.language) : std::string{};
        const std::vector<std::string> format = wrapped(description.format, format_columns);
        table.add({{pid_text(stream.pid)}, {kind}, {description.codec}, {format.front()}, {language}, rate});
        for (std::size_t i = 1; i < format.size(); ++i) table.add({{}, {}, {}, {format[i]}});
    }
    if (table.empty() && program.info.pmt_seen) out += "    no streams\n";
    if (!table.empty()) table.print(out, page.painter, 4);
    print_event(out, page, "  present", program.info.present);
    print_event(out, page, "  following", program.info.following);
    print_splice(out, page, program);
}

}  // namespace

void print_programs(std::string& out, const Page& page) {
    print_heading(out, page.painter, "Programs");
    if (page.report().programs.empty()) out += "  none: no PAT lists any\n";
    for (const ProgramReport& program : page.report().programs) print_program(out, page, program);
}

}  // namespace muxtap::analyze
