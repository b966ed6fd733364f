#include "analyzer/cli/text/sections.h"
#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

using analyzer::Report;

std::string reason_text(ts::RejectReason reason) {
    switch (reason) {
        case ts::RejectReason::sync_byte: return "sync byte is not 0x47";
        case ts::RejectReason::reserved_afc: return "adaptation_field_control is the reserved 00";
        case ts::RejectReason::adaptation_length: return "adaptation_field_length points past the packet";
        case ts::RejectReason::truncated: return "cut off";
        case ts::RejectReason::not_ts: return "datagrams that hold no packets";
        case ts::RejectReason::accepted: break;
    }
    return {};
}

std::string times(std::uint64_t count) {
    return grouped(count) + (count == 1 ? " time" : " times");
}

void print_rejected(std::string& out, const Page& page) {
    const analyzer::TotalCounters& totals = page.report().totals;
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        if (totals.rejected.of(reason) == 0) continue;
        print_field(out, page.painter, "rejected", grouped(totals.rejected.of(reason)) + ": " + reason_text(reason),
                    Colour::red);
    }
    if (totals.skipped_bytes > 0) {
        print_field(out, page.painter, "between packets", grouped(totals.skipped_bytes) + " bytes", Colour::red);
    }
    if (totals.sync_losses > 0) {
        print_field(out, page.painter, "sync lost", times(totals.sync_losses), Colour::red);
    }
    if (totals.capture_losses > 0) {
        std::string text = times(totals.capture_losses);
        if (totals.captured_packets_lost > 0) text += ", " + grouped(totals.captured_packets_lost) + " packets";
        print_field(out, page.painter, "lost by capture", text, Colour::yellow);
    }
}

void print_sections(std::string& out, const Page& page) {
    for (const analyzer::PidReport& pid : page.report().pids) {
        if (!pid.sections) continue;
        std::string text;
        const auto add = [&](std::uint64_t count, const char* what) {
            if (count > 0) text += (text.empty() ? "" : ", ") + grouped(count) + " " + what;
        };
        add(pid.sections->crc, "with wrong CRC-32");
        add(pid.sections->too_long, "too long");
        add(pid.sections->interrupted, "interrupted");
        add(pid.sections->bad_pointer, "with wrong pointer_field");
        add(pid.sections->malformed, "malformed");
        if (!text.empty()) print_field(out, page.painter, "sections " + pid_text(pid.pid), text, Colour::red);
    }
}

void print_limits(std::string& out, const Page& page) {
    const Report& report = page.report();
    for (const analyzer::Limit& limit : report.limits) {
        std::string text = printable(limit.what) + ": no more than " + grouped(limit.cap) + " are followed";
        if (limit.left_out > 0) text += ", " + grouped(limit.left_out) + " are not in this report";
        print_field(out, page.painter, "limit", text, Colour::yellow);
    }
    if (report.events_dropped > 0) {
        print_field(out, page.painter, "events dropped", grouped(report.events_dropped), Colour::yellow);
    }
    for (const std::string& remark : page.input.remarks) {
        print_field(out, page.painter, "in the capture", printable(remark));
    }
}

}  // namespace

void print_damage(std::string& out, const Page& page) {
    std::string text;
    print_rejected(text, page);
    print_sections(text, page);
    print_limits(text, page);
    if (text.empty()) return;
    print_heading(out, page.painter, "Damage and limits");
    out += text;
}

std::string text_report(const Page& page) {
    std::string out;
    print_header(out, page);
    print_programs(out, page);
    print_indicators(out, page);
    print_pids(out, page);
    print_clocks(out, page);
    print_network(out, page);
    print_damage(out, page);
    return out;
}

}  // namespace muxtap::analyze
