#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "client/metrics/records/record.h"
#include "common/base/clock.h"
#include "common/text/table.h"

namespace muxtap::metrics {

/// A terminal's size in characters.
struct TableSize {
    std::size_t columns = 80;
    std::size_t rows = 24;

    [[nodiscard]] bool operator==(const TableSize&) const noexcept = default;
};

/// A line below the table: something that happened, or what the program has to say.
struct TableEvent {
    UnixTime time{};
    std::string stream;  ///< empty: about none
    std::string text;
    text::Colour colour = text::Colour::none;
};

/// How an event is shown.
[[nodiscard]] TableEvent table_event(const client::EventRecord& event);

/// The streams, those that need somebody first, and below them the newest events, as lines that end with a line feed:
/// at most one line less than the terminal has, none wider than it. `records` are the newest of each stream, of
/// intervals only; `events` have the newest last.
[[nodiscard]] std::string render_table(std::span<const RecordPtr> records, std::span<const TableEvent> events,
                                       TableSize size, bool colour);

}  // namespace muxtap::metrics
