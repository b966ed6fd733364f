#include "client/metrics/sinks/table_view.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "client/metrics/sinks/table_rows.h"
#include "common/text/columns.h"
#include "common/text/numbers.h"

namespace muxtap::metrics {
namespace {

using text::Cell;
using text::Colour;
using text::Painter;
using text::Table;

constexpr std::size_t between_columns = 2;
/// How narrow a stream's name and its services are made before a column is left out.
constexpr std::size_t narrow_stream = 30;
constexpr std::size_t narrow_services = 10;

std::string time_of_day(UnixTime time) {
    const std::int64_t seconds = to_unix_ns(time) / 1'000'000'000 % 86'400;
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                  static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
    return text.data();
}

/// One line, no wider than the terminal.
std::string line(const Painter& painter, const std::string& text, Colour colour, TableSize size) {
    return painter.paint(text::elided(text, size.columns), colour) + "\n";
}

using Sorted = std::vector<const IntervalRecord*>;

Sorted worst_first(std::span<const RecordPtr> records) {
    Sorted sorted;
    for (const RecordPtr& record : records) sorted.push_back(record->interval());
    const auto before = [](const IntervalRecord* a, const IntervalRecord* b) {
        const int one = urgency_of(*a);
        const int other = urgency_of(*b);
        if (one != other) return one > other;
        return std::tie(a->identity.stream, a->identity.probe) < std::tie(b->identity.stream, b->identity.probe);
    };
    std::sort(sorted.begin(), sorted.end(), before);
    return sorted;
}

std::string summary(const Sorted& streams) {
    if (streams.empty()) return "muxtap-metrics: no stream yet";
    const IntervalRecord* newest =
        *std::max_element(streams.begin(), streams.end(), [](auto* a, auto* b) { return a->time < b->time; });
    std::map<StreamPhase, std::size_t> phases;
    for (const IntervalRecord* stream : streams) ++phases[stream->phase];
    std::string out = "muxtap-metrics  " + text::printable(newest->worker.name) + "  " + time_of_day(newest->time) +
                      " UTC  " + text::grouped(streams.size()) + (streams.size() == 1 ? " stream" : " streams");
    constexpr std::array names = {"waiting", "live", "silent", "ended", "without probe"};
    const char* lead = ": ";
    for (const auto& [phase, count] : phases) {
        out += lead + text::grouped(count) + " " + names.at(static_cast<std::size_t>(phase));
        lead = ", ";
    }
    return out;
}

/// The hosts of the probes, busiest first.
std::string hosts(const Sorted& streams) {
    std::map<std::string, const IntervalRecord*> probes;
    for (const IntervalRecord* stream : streams) {
        const IntervalRecord*& known = probes[stream->identity.probe];
        if (known == nullptr || stream->time > known->time) known = stream;
    }
    std::vector<const IntervalRecord*> sorted;
    sorted.reserve(probes.size());
    for (const auto& [name, record] : probes) sorted.push_back(record);
    const auto load = [](const IntervalRecord* record) { return record->host ? record->host->cpu_share : -1; };
    std::stable_sort(sorted.begin(), sorted.end(), [&](auto* a, auto* b) { return load(a) > load(b); });
    std::string out = sorted.size() == 1 ? "probe  " : "probes  ";
    const char* lead = "";
    for (const IntervalRecord* record : sorted) {
        out += lead + text::printable(record->identity.probe);
        lead = ",  ";
        if (!record->host) continue;
        out += " CPU " + text::fixed(record->host->cpu_share * 100, 0) + " % load " +
               text::fixed(record->host->load_1m, 2) + "/" + std::to_string(record->host->core_count);
    }
    return out;
}

/// What is wrong with sinks; empty when nothing is.
std::string problems(const Sorted& streams) {
    if (streams.empty()) return {};
    const IntervalRecord* newest =
        *std::max_element(streams.begin(), streams.end(), [](auto* a, auto* b) { return a->time < b->time; });
    std::string out;
    for (const SinkFigures& sink : newest->figures->sinks) {
        if (sink.healthy && sink.dropped == 0) continue;
        if (!out.empty()) out += ";  ";
        out += text::printable(sink.name) + ": ";
        if (!sink.healthy) out += text::printable(sink.problem) + ", ";
        out += text::count_text(sink.waiting) + " records wait, " + text::count_text(sink.dropped) + " dropped";
    }
    return out;
}

/// Leaves out columns until the rest fits: a table with half its numbers is worse than one with half its columns.
std::vector<std::size_t> columns_that_fit(const std::vector<Table::Column>& columns,
                                          const std::vector<std::vector<Cell>>& rows, std::size_t page) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        std::size_t width = text::text_width(columns[i].title);
        for (const std::vector<Cell>& row : rows) width = std::max(width, text::text_width(row[i].text));
        if (columns[i].yields) width = std::min(width, i == 0 ? narrow_stream : narrow_services);
        widths.push_back(width);
    }
    const std::vector<std::size_t> order = least_important_first();
    std::vector<bool> is_kept(columns.size(), true);
    const auto total = [&] {
        std::size_t sum = 0;
        for (std::size_t i = 0; i < widths.size(); ++i) sum += is_kept[i] ? widths[i] + between_columns : 0;
        return sum - std::min(sum, between_columns);
    };
    for (auto place = order.begin(); place != order.end() && total() > page; ++place) is_kept[*place] = false;
    // A wide one that went may have made room for others.
    for (auto place = order.rbegin(); place != order.rend(); ++place) {
        const bool was_kept = is_kept[*place];
        is_kept[*place] = true;
        if (total() > page) is_kept[*place] = was_kept;
    }
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (is_kept[i]) kept.push_back(i);
    }
    return kept;
}

std::string streams_table(const Sorted& streams, std::size_t most, const Painter& painter, TableSize size) {
    std::vector<std::vector<Cell>> rows;
    for (std::size_t i = 0; i < std::min(most, streams.size()); ++i) rows.push_back(table_row(*streams[i]));
    const std::vector<Table::Column> columns = table_columns();
    const std::vector<std::size_t> kept = columns_that_fit(columns, rows, size.columns);
    std::vector<Table::Column> kept_columns;
    kept_columns.reserve(kept.size());
    for (const std::size_t i : kept) kept_columns.push_back(columns[i]);
    Table table(kept_columns);
    for (std::vector<Cell>& row : rows) {
        std::vector<Cell> cells;
        cells.reserve(kept.size());
        for (const std::size_t i : kept) cells.push_back(std::move(row[i]));
        table.add(std::move(cells));
    }
    std::string out;
    table.print(out, painter, 0, size.columns);
    return out;
}

std::string event_line(const TableEvent& event, const Painter& painter, TableSize size) {
    const std::string time = time_of_day(event.time);
    std::string text = "  ";
    if (!event.stream.empty()) text += text::printable(event.stream) + "  ";
    text += text::printable(event.text);
    if (size.columns <= time.size() + 2) return text::elided(time, size.columns) + "\n";
    return painter.paint(time, Colour::dim) +
           painter.paint(text::elided(text, size.columns - time.size()), event.colour) + "\n";
}

/// How the lines of the terminal are shared out.
struct Layout {
    std::size_t streams = 0;
    bool more = false;  ///< a line says how many streams are not shown
    std::size_t events = 0;
};

Layout layout_of(std::size_t lines, std::size_t streams, std::size_t events) {
    Layout layout;
    // A third for events, and what streams do not need; an empty line before them.
    const std::size_t at_least = events == 0 ? 0 : std::min(events + 1, lines / 3);
    const std::size_t room = lines - at_least;
    layout.more = streams > room;
    layout.streams = layout.more ? room - std::min<std::size_t>(room, 1) : streams;
    const std::size_t left = lines - std::min(lines, layout.streams + (layout.more ? 1 : 0));
    layout.events = left < 2 ? 0 : std::min(events, left - 1);
    return layout;
}

Colour colour_of(const client::EventRecord& record) {
    if (record.worker_event) {
        switch (*record.worker_event) {
            case client::WorkerEvent::probe_silent:
            case client::WorkerEvent::feed_loss: return Colour::red;
            case client::WorkerEvent::probe_restarted: return Colour::yellow;
            case client::WorkerEvent::probe_back: return Colour::green;
            default: return Colour::none;
        }
    }
    switch (record.event.kind) {
        case analyzer::EventKind::indicator_began:
        case analyzer::EventKind::silence_began:
        case analyzer::EventKind::clock_jump: return Colour::red;
        case analyzer::EventKind::capture_loss:
        case analyzer::EventKind::pid_vanished:
        case analyzer::EventKind::limit_reached: return Colour::yellow;
        case analyzer::EventKind::indicator_ended:
        case analyzer::EventKind::silence_ended: return Colour::green;
        default: return Colour::none;
    }
}

}  // namespace

TableEvent table_event(const client::EventRecord& event) {
    const std::string kind{event.kind_name()};
    return {.time = event.event.time,
            .stream = event.identity.stream.empty() ? event.identity.probe : event.identity.stream,
            .text = kind + (event.event.text.empty() ? "" : ": " + event.event.text),
            .colour = colour_of(event)};
}

std::string render_table(std::span<const RecordPtr> records, std::span<const TableEvent> events, TableSize size,
                         bool colour) {
    const Painter painter(colour);
    const Sorted streams = worst_first(records);
    std::vector<std::string> head{line(painter, summary(streams), Colour::bold, size)};
    if (!streams.empty()) head.push_back(line(painter, hosts(streams), Colour::none, size));
    if (const std::string text = problems(streams); !text.empty())
        head.push_back(line(painter, text, Colour::red, size));
    constexpr std::size_t frame = 2;  // an empty line, the titles
    std::string out;
    const std::size_t lines = size.rows < 2 ? 1 : size.rows - 1;
    for (std::size_t i = 0; i < std::min(head.size(), lines); ++i) out += head[i];
    if (lines <= head.size() + frame) return out;
    const Layout layout = layout_of(lines - head.size() - frame, streams.size(), events.size());
    if (layout.streams > 0) out += "\n" + streams_table(streams, layout.streams, painter, size);
    if (layout.more) {
        const std::size_t hidden = streams.size() - layout.streams;
        out += line(painter, "… and " + text::grouped(hidden) + " more", Colour::dim, size);
    }
    if (layout.events > 0) out += "\n";
    for (const TableEvent& event : events.last(layout.events)) out += event_line(event, painter, size);
    return out;
}

}  // namespace muxtap::metrics
