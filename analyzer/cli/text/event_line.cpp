#include "analyzer/cli/text/event_line.h"

#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

using analyzer::EventKind;

Colour colour_of(EventKind kind) {
    switch (kind) {
        case EventKind::indicator_began:
        case EventKind::silence_began:
        case EventKind::clock_jump: return Colour::red;
        case EventKind::indicator_ended:
        case EventKind::silence_ended: return Colour::green;
        case EventKind::capture_loss:
        case EventKind::pid_vanished:
        case EventKind::limit_reached: return Colour::yellow;
        default: return Colour::none;
    }
}

}  // namespace

std::string event_line(const analyzer::Event& event, const std::string& stream, analyzer::ClockSource clock,
                       const Painter& painter) {
    std::string line = painter.paint(time_text(event.time, clock), Colour::dim);
    if (!stream.empty()) line += "  " + printable(stream);
    std::string kind = key_name(event.kind);
    constexpr std::size_t longest_kind = 18;
    const std::string padding(kind.size() < longest_kind ? longest_kind - kind.size() : 0, ' ');
    line += "  " + painter.paint(kind, colour_of(event.kind)) + padding;
    line += "  " + (event.pid ? pid_text(*event.pid) : std::string(6, ' '));
    line += "  " + printable(event.text);
    while (line.back() == ' ') line.pop_back();
    return line;
}

std::string indicator_list(const Painter& painter) {
    Table table({{.title = "no.", .align = Table::Align::left},
                 {.title = "priority"},
                 {.title = "indicator", .align = Table::Align::left},
                 {.title = "in JSON", .align = Table::Align::left}});
    for (std::size_t i = 0; i < analyzer::indicator_count; ++i) {
        const auto id = static_cast<analyzer::IndicatorId>(i);
        table.add({{number_of(id)}, {std::to_string(priority_of(id))}, {display_name(id)}, {key_name(id)}});
    }
    std::string out;
    table.print(out, painter, 0);
    return out;
}

}  // namespace muxtap::analyze
