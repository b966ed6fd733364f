#include "analyzer/cli/input.h"
#include "analyzer/cli/text/sections.h"
#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

using analyzer::ClockSource;
using analyzer::Report;

std::string clock_text(const Report& report) {
    switch (report.clock) {
        case ClockSource::pcr: return "from the PCRs, since the start of the file";
        case ClockSource::arrival: return "arrival times of the capture, UTC";
        case ClockSource::none: break;
    }
    return "none: no PCR, so nothing that takes time is measured (--bitrate tells the time by position)";
}

std::string rate_text(const analyzer::MuxRateInfo& rate) {
    const std::uint64_t bps = rate.pcr_bps != 0 ? rate.pcr_bps : rate.arrival.average_bps;
    if (bps == 0) return "not known";
    std::string text = bit_rate(bps);
    if (rate.constant_rate) text += *rate.constant_rate ? ", constant by the PCRs" : ", variable by the PCRs";
    if (rate.arrival.max_bps != 0) {
        text += ", in one second " + bit_rate(rate.arrival.min_bps) + " to " + bit_rate(rate.arrival.max_bps);
    }
    if (rate.peak_10ms_bps != 0) text += ", in 10 ms at most " + bit_rate(rate.peak_10ms_bps);
    return text + ", null packets " + percent(rate.null_share);
}

std::string standard_text(const Report& report) {
    const auto name = [](analyzer::Standard standard) -> std::string {
        switch (standard) {
            case analyzer::Standard::dvb: return "DVB";
            case analyzer::Standard::atsc: return "ATSC";
            default: return "MPEG";
        }
    };
    std::string text = name(report.detected) + " by its tables";
    if (report.standard != analyzer::Standard::automatic) text += ", judged as " + name(report.standard);
    return text;
}

std::string stream_text(const analyzer::NetworkInfo& network) {
    std::string text;
    const auto add = [&](const char* what, const auto& number) {
        if (!number) return;
        text += (text.empty() ? "" : ", ") + std::string{what} + " " + std::to_string(*number);
    };
    add("transport stream", network.transport_stream_id);
    add("network", network.network_id);
    add("original network", network.original_network_id);
    if (!network.network_name.empty()) text += " \"" + printable(network.network_name) + "\"";
    return text;
}

}  // namespace

void print_header(std::string& out, const Page& page) {
    const Report& report = page.report();
    std::string title = page.input.path == "-" ? "standard input" : printable(page.input.path);
    const std::string stream = page.stream.name.empty() ? "" : "  " + printable(page.stream.name);
    const std::size_t room = page_width > text_width(stream) ? page_width - text_width(stream) : 0;
    out += page.painter.paint(elided(title, room) + stream, Colour::bold) + "\n";

    std::string size = grouped(report.totals.packets) + " packets";
    if (page.input.is_capture) {
        size += page.stream.over_rtp ? " in RTP" : " in UDP";
    } else {
        size += " every " + std::to_string(page.stream.stride) + " bytes, " + grouped(page.input.bytes) + " bytes";
    }
    print_field(out, page.painter, "size", size);
    if (report.clock != ClockSource::none) {
        std::string duration = duration_text(report.last - report.first);
        if (report.clock == ClockSource::arrival) duration += " from " + date_text(report.first);
        print_field(out, page.painter, "duration", duration);
    }
    print_field(out, page.painter, "clock", clock_text(report));
    print_field(out, page.painter, "rate", rate_text(report.rate));
    print_field(out, page.painter, "standard", standard_text(report));
    if (const std::string ids = stream_text(report.network); !ids.empty()) {
        print_field(out, page.painter, "identifiers", ids);
    }
    if (report.network.utc_time) print_field(out, page.painter, "time in tables", date_text(*report.network.utc_time));
}

}  // namespace muxtap::analyze
