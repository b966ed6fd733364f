#include "client/metrics/sinks/table_rows.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "common/text/columns.h"
#include "common/text/numbers.h"

namespace muxtap::metrics {
namespace {

using analyzer::Report;
using text::Cell;
using text::Colour;

enum Place : std::size_t { stream, state, rate, services, p1, p2, p3, continuity, lost, jitter, gap, lag };

/// "25 us", "1.50 ms", "2.00 s": three figures.
std::string time_text(double microseconds) {
    constexpr double thousand = 1000;
    const double size = std::abs(microseconds);
    if (size < thousand) return text::fixed(microseconds, 0) + " us";
    if (size < thousand * thousand) {
        return text::fixed(microseconds / thousand, size < 10 * thousand ? 2 : size < 100 * thousand ? 1 : 0) + " ms";
    }
    const double seconds = microseconds / thousand / thousand;
    return text::fixed(seconds, std::abs(seconds) < 10 ? 2 : 0) + " s";
}

Cell state_cell(StreamPhase phase) {
    switch (phase) {
        case StreamPhase::waiting: return {"waiting", Colour::yellow};
        case StreamPhase::live: return {"live", Colour::green};
        case StreamPhase::silent: return {"SILENT", Colour::red};
        case StreamPhase::ended: return {"ended", Colour::dim};
        case StreamPhase::probe_silent: return {"NO PROBE", Colour::red};
    }
    return {};
}

std::string services_text(const Report& report) {
    std::string names;
    for (const analyzer::ProgramReport& program : report.programs) {
        const std::string& service = program.info.service_name;
        if (!names.empty()) names += ", ";
        names += service.empty() ? std::to_string(program.info.program_number) : text::printable(service);
    }
    return names.empty() ? "-" : names;
}

Cell lamp_cell(const Lamp& lamp) {
    if (lamp.now > 0) return {"● " + std::to_string(lamp.now) + "/" + std::to_string(lamp.ever), Colour::red};
    if (lamp.ever > 0) return {"○ " + std::to_string(lamp.ever), Colour::yellow};
    return {"·", Colour::dim};
}

Cell continuity_cell(const IntervalRecord& record) {
    const std::uint64_t now = record.report->totals.continuity_errors;
    const std::uint64_t before = record.previous ? record.previous->totals.continuity_errors : now;
    if (now == 0) return {"0", Colour::dim};
    if (now <= before) return {text::count_text(now), Colour::yellow};
    return {text::count_text(now) + " +" + text::count_text(now - before), Colour::red};
}

Cell lost_cell(const Losses& losses) {
    const std::uint64_t network = losses.rtp_lost > 0 ? losses.rtp_lost : losses.continuity_lost;
    const std::uint64_t here = losses.feed_packets > 0 ? losses.feed_packets : losses.feed_batches;
    if (network + losses.kernel_dropped + losses.probe_queue_dropped + here == 0) return {"-", Colour::dim};
    return {text::count_text(network) + "|" + text::count_text(losses.kernel_dropped) + "|" +
                text::count_text(losses.probe_queue_dropped) + "|" + text::count_text(here),
            Colour::yellow};
}

Cell jitter_cell(const Report& report) {
    double largest = -1;
    for (const analyzer::PidReport& pid : report.pids) {
        if (!pid.pcr || !pid.pcr->overall_jitter_us) continue;
        const analyzer::Spread& spread = *pid.pcr->overall_jitter_us;
        largest = std::max({largest, std::abs(spread.min), std::abs(spread.max)});
    }
    return {largest < 0 ? "-" : time_text(largest)};
}

Cell gap_cell(const Report& report) {
    if (!report.arrival || report.arrival->window.count == 0) return {"-"};
    return {time_text(report.arrival->window.max_us)};
}

bool lost_something(const Losses& losses) {
    return losses.rtp_lost + losses.kernel_dropped + losses.probe_queue_dropped + losses.feed_batches > 0;
}

}  // namespace

std::array<Lamp, 3> lamps_of(const analyzer::Indicators& indicators) {
    std::array<Lamp, 3> lamps{};
    for (const analyzer::Indicator& indicator : indicators) {
        Lamp& lamp = lamps.at(priority_of(indicator.id) - 1);
        const bool wrong = indicator.state == analyzer::IndicatorState::error;
        lamp.now += wrong ? 1 : 0;
        lamp.ever += wrong || indicator.count > 0 ? 1 : 0;
    }
    return lamps;
}

int urgency_of(const IntervalRecord& record) {
    const std::array<Lamp, 3> lamps = lamps_of(record.report->indicators);
    switch (record.phase) {
        case StreamPhase::probe_silent:
        case StreamPhase::silent: return 6;
        case StreamPhase::ended: return -1;
        case StreamPhase::waiting: return 4;
        case StreamPhase::live: break;
    }
    if (lamps[0].now > 0) return 5;
    if (lamps[1].now > 0) return 4;
    if (lamps[0].ever > 0 || lost_something(record.losses)) return 3;
    if (lamps[1].ever > 0) return 2;
    return lamps[2].now > 0 ? 1 : 0;
}

std::vector<text::Table::Column> table_columns() {
    using Align = text::Table::Align;
    return {{.title = "stream", .align = Align::left, .yields = true},
            {.title = "state", .align = Align::left},
            {.title = "rate"},
            {.title = "services", .align = Align::left, .yields = true},
            {.title = "P1", .align = Align::left},
            {.title = "P2", .align = Align::left},
            {.title = "P3", .align = Align::left},
            {.title = "CC errors"},
            {.title = "lost net|host|probe|here"},
            {.title = "PCR jitter"},
            {.title = "gap max"},
            {.title = "lag"}};
}

std::vector<std::size_t> least_important_first() {
    return {lag, gap, jitter, services, p3, lost, p2, continuity, rate, p1, state};
}

std::vector<Cell> table_row(const IntervalRecord& record) {
    const Report& report = *record.report;
    const std::array<Lamp, 3> lamps = lamps_of(report.indicators);
    const bool live = record.phase == StreamPhase::live;
    const double lag_us = std::chrono::duration<double, std::micro>(record.figures->lag).count();
    return {{text::printable(record.identity.stream), urgency_of(record) >= 4 ? Colour::bold : Colour::none},
            state_cell(record.phase),
            {live ? text::bit_rate(report.rate.arrival.window_bps) : "-"},
            {services_text(report)},
            lamp_cell(lamps[0]),
            lamp_cell(lamps[1]),
            lamp_cell(lamps[2]),
            continuity_cell(record),
            lost_cell(record.losses),
            jitter_cell(report),
            gap_cell(report),
            {live ? time_text(lag_us) : "-"}};
}

}  // namespace muxtap::metrics
