#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/metrics/sinks/sink.h"
#include "client/metrics/sinks/table_view.h"
#include "common/base/clock.h"

namespace muxtap::metrics {

/// The live table of streams on a terminal: drawn again in place at each interval, with the newest events below it.
/// At the end the last one stays. On a terminal that knows no escapes (TERM=dumb) a table is printed every 10 s.
///
/// Log lines on the same terminal would be drawn over: while the table is on, let the log say only warnings, and hand
/// those to `note` too, so that they stay to be read.
class TableSink final : public Sink {
public:
    struct Settings {
        int terminal = 1;      ///< file descriptor, not owned
        bool in_place = true;  ///< the terminal knows escapes
        bool colour = true;
        std::function<TableSize()> size{};  ///< asked at each drawing; none: the terminal's own
        std::function<SteadyTime()> now = steady_now;
    };
    /// For a terminal, by TERM and NO_COLOR of the environment.
    [[nodiscard]] static Settings settings_for(int terminal);

    explicit TableSink(Settings settings);
    /// Shows the cursor again.
    ~TableSink() override;
    TableSink(const TableSink&) = delete;
    TableSink& operator=(const TableSink&) = delete;

    void write(std::span<const RecordPtr> records) override;
    void tick() override;
    void finish(std::chrono::milliseconds patience) override;
    /// The terminal was closed.
    [[nodiscard]] bool closed() const noexcept override { return closed_; }
    [[nodiscard]] SinkFigures figures() const override;

    /// Shows a line among the events. Any thread.
    void note(UnixTime time, std::string text, text::Colour colour = text::Colour::yellow);

private:
    struct Stream {
        RecordPtr record;
        SteadyTime heard{};
    };

    void add_event(TableEvent event);
    void draw(TableSize size);
    void put(std::string_view text);

    Settings settings_;
    std::map<std::pair<std::string, std::string>, Stream> streams_;
    bool changed_ = true;
    bool drawn_ = false;
    SteadyTime last_drawn_{};
    TableSize last_size_{};
    std::atomic<std::uint64_t> delivered_ = 0;
    std::atomic<bool> closed_ = false;
    mutable std::mutex mutex_;  ///< of what follows
    std::deque<TableEvent> events_;
    bool noted_ = false;
    int problem_ = 0;  ///< errno of the last attempt to write, 0 when it went well
};

}  // namespace muxtap::metrics
