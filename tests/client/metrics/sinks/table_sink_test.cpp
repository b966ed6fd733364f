#include "client/metrics/sinks/table_sink.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "client/metrics/sinks/table_rows.h"
#include "common/base/file_descriptor.h"
#include "common/text/columns.h"
#include "tests/client/metrics/sinks/table_records.h"

namespace muxtap::metrics {
namespace {

using namespace std::chrono_literals;
using test::RecordMaker;

/// The text of table_golden/NAME.txt. MUXTAP_WRITE_GOLDEN=1 writes it anew, to be looked at before it is committed.
std::string golden(const std::string& name, const std::string& actual) {
    const std::string path = std::string{MUXTAP_GOLDEN} + "/" + name + ".txt";
    if (std::getenv("MUXTAP_WRITE_GOLDEN") != nullptr) std::ofstream(path) << actual;
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

std::vector<TableEvent> events_of(int seconds) {
    std::vector<TableEvent> events;
    for (int second = 0; second < seconds; ++second) {
        for (const RecordPtr& record : test::made_up_events(second)) events.push_back(table_event(*record->event()));
    }
    return events;
}

std::string rendered(int streams, int seconds, TableSize size, bool colour = false) {
    return render_table(test::made_up_streams(streams), events_of(seconds), size, colour);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

/// A pipe in place of a terminal.
class Pipe {
public:
    Pipe() {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
        out_ = FileDescriptor{ends[0]};
        in_ = FileDescriptor{ends[1]};
    }
    [[nodiscard]] int in() const { return in_.get(); }
    void close_reader() { out_.reset(); }
    /// What was written since the last call.
    [[nodiscard]] std::string text() const {
        std::string all;
        char part[4096];
        for (ssize_t got = 0; (got = ::read(out_.get(), part, sizeof part)) > 0;) {
            all.append(part, static_cast<std::size_t>(got));
        }
        return all;
    }

private:
    FileDescriptor out_;
    FileDescriptor in_;
};

struct Rig {
    Pipe pipe;
    SteadyTime now{1h};
    TableSize size{.columns = 120, .rows = 20};
    std::unique_ptr<TableSink> sink;

    explicit Rig(bool in_place = true) {
        sink = std::make_unique<TableSink>(TableSink::Settings{.terminal = pipe.in(),
                                                               .in_place = in_place,
                                                               .colour = false,
                                                               .size = [this] { return size; },
                                                               .now = [this] { return now; }});
    }
    /// What a tick draws.
    std::string tick() const {
        sink->tick();
        return pipe.text();
    }
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the table on a wide terminal") {
    const std::string text = rendered(9, 3, {.columns = 160, .rows = 30});
    CHECK(text == golden("wide", text));
}

TEST_CASE("the table on a terminal of 80 columns and 24 lines") {
    const std::string text = rendered(30, 10, {.columns = 80, .rows = 24});
    CHECK(text == golden("usual", text));
}

TEST_CASE("the table in colour") {
    const std::string text = rendered(7, 1, {.columns = 120, .rows = 20}, true);
    CHECK(text == golden("colour", text));
}

TEST_CASE("the table fits a terminal of any size") {
    for (std::size_t columns = 1; columns <= 200; columns += columns < 30 ? 1 : 13) {
        for (std::size_t rows = 1; rows <= 60; rows += rows < 15 ? 1 : 9) {
            for (const int streams : {0, 1, 7, 100}) {
                for (const int seconds : {0, 1, 30}) {
                    INFO(columns << " columns, " << rows << " rows, " << streams << " streams, " << seconds);
                    const auto lines = lines_of(rendered(streams, seconds, {.columns = columns, .rows = rows}));
                    REQUIRE(lines.size() <= std::max<std::size_t>(rows - 1, 1));
                    for (const std::string& line : lines) {
                        INFO(line);
                        // Below this the table's columns are as narrow as they become.
                        if (columns >= 10) REQUIRE(text::text_width(line) <= columns);
                    }
                }
            }
        }
    }
}

TEST_CASE("streams that do not fit are counted, those that need nobody first") {
    const std::string text = rendered(100, 0, {.columns = 120, .rows = 24});
    CHECK(has(text, "… and "));
    CHECK(has(text, "SILENT"));
    CHECK_FALSE(has(text, "ended  "));
    CHECK(has(text, "100 streams"));
    CHECK_FALSE(has(rendered(5, 0, {.columns = 120, .rows = 24}), "… and "));
}

TEST_CASE("the events get a third of the lines, and what streams leave over") {
    const auto count = [](const std::string& text) {
        std::size_t events = 0;
        for (const std::string& line : lines_of(text)) events += has(line, "_began") ? 1 : 0;
        return events;
    };
    CHECK(count(rendered(100, 50, {.columns = 120, .rows = 34})) == 8);
    CHECK(count(rendered(3, 50, {.columns = 120, .rows = 34})) == 25);
    // The newest are shown.
    CHECK(has(rendered(3, 50, {.columns = 120, .rows = 34}), "22:17:29"));
}

TEST_CASE("what needs somebody most comes first") {
    const auto urgency = [](const auto& change) {
        RecordMaker maker;
        change(maker);
        return urgency_of(*maker.make()->interval());
    };
    using analyzer::IndicatorState;
    const int good = urgency([](auto&) {});
    const int ended = urgency([](auto& m) { m.interval.phase = StreamPhase::ended; });
    const int third = urgency([](auto& m) { m.report.indicators[20].state = IndicatorState::error; });
    const int lost = urgency([](auto& m) { m.interval.losses.feed_batches = 1; });
    const int second = urgency([](auto& m) { m.report.indicators[9].state = IndicatorState::error; });
    const int first = urgency([](auto& m) { m.report.indicators[0].state = IndicatorState::error; });
    const int silent = urgency([](auto& m) { m.interval.phase = StreamPhase::silent; });
    CHECK(ended < good);
    CHECK(good < third);
    CHECK(third < lost);
    CHECK(lost < second);
    CHECK(second < first);
    CHECK(first < silent);
}

TEST_CASE("a lamp is for now and for ever") {
    analyzer::Indicators indicators = RecordMaker().report.indicators;
    indicators[0].state = analyzer::IndicatorState::error;
    indicators[0].count = 5;
    indicators[1].count = 2;
    indicators[8].count = 1;
    const auto lamps = lamps_of(indicators);
    CHECK(lamps[0].now == 1);
    CHECK(lamps[0].ever == 2);
    CHECK(lamps[1].now == 0);
    CHECK(lamps[1].ever == 1);
    CHECK(lamps[2].ever == 0);
}

TEST_CASE("a sink with a problem is named above the table") {
    RecordMaker maker;
    CHECK_FALSE(has(render_table(std::vector{maker.make()}, {}, {}, false), "kafka"));
    maker.figures.sinks[0].healthy = false;
    maker.figures.sinks[0].problem = "broker is away";
    maker.figures.sinks[0].waiting = 1234;
    CHECK(has(render_table(std::vector{maker.make()}, {}, {}, false), "kafka: broker is away, 1,234 records wait"));
}

TEST_CASE("what streams send does not reach the terminal as an escape") {
    RecordMaker maker("\x1b]0;title\x07\n", "\x1b[2J");
    maker.fill(1);
    maker.report.programs.front().info.service_name = "\x1b[31m\xff";
    const std::vector<TableEvent> events{{.time = {}, .stream = "\x1b[H", .text = "line\nfeed \x1b[0m"}};
    const std::string text = render_table(std::vector{maker.make()}, events, {.columns = 200, .rows = 20}, false);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(lines_of(text).size() == 7);
}

TEST_CASE("the table is drawn in place and the cursor comes back") {
    Rig rig;
    rig.sink->write(test::made_up_streams(3));
    const std::string first = rig.tick();
    CHECK(has(first, "\033[?25l"));
    CHECK(has(first, "\033[H"));
    CHECK(has(first, "3 streams"));
    // Nothing new: not drawn again at once.
    rig.now += 100ms;
    CHECK(rig.tick().empty());
    // Records of a new interval are, a moment later.
    rig.sink->write(test::made_up_streams(4));
    CHECK(rig.tick().empty());
    rig.now += 200ms;
    const std::string second = rig.tick();
    CHECK(has(second, "4 streams"));
    CHECK_FALSE(has(second, "\033[?25l"));
    rig.sink->finish(0ms);
    const std::string last = rig.pipe.text();
    CHECK(has(last, "4 streams"));
    CHECK(last.substr(last.size() - 6) == "\033[?25h");
}

TEST_CASE("a terminal that changes its size gets a new table at once") {
    Rig rig;
    rig.sink->write(test::made_up_streams(3));
    CHECK(has(rig.tick(), "CC errors"));
    rig.size = {.columns = 30, .rows = 10};
    const std::string text = rig.tick();
    CHECK(has(text, "SILENT"));
    CHECK_FALSE(has(text, "CC errors"));
}

TEST_CASE("events and notes are shown below the table") {
    Rig rig;
    rig.sink->write(test::made_up_streams(1));
    rig.sink->write(test::made_up_events(0));
    rig.sink->note(from_unix_ns(test::start_ns), "the broker is back");
    const std::string text = rig.tick();
    CHECK(has(text, "22:16:40  239.1.1.1:5000  silence_began: nothing for 1.00 s"));
    CHECK(has(text, "22:16:40  the broker is back"));
    rig.now += 300ms;
    rig.sink->note(from_unix_ns(test::start_ns), "the broker is gone");
    CHECK(has(rig.tick(), "the broker is gone"));
}

TEST_CASE("a stream of which nothing comes leaves the table") {
    Rig rig;
    rig.sink->write(test::made_up_streams(2));
    CHECK(has(rig.tick(), "2 streams"));
    rig.now += 4min;
    rig.sink->write(test::made_up_streams(1));
    CHECK(has(rig.tick(), "2 streams"));
    rig.now += 1min;
    CHECK(has(rig.tick(), "1 stream:"));
}

TEST_CASE("without escapes a table is printed every 10 seconds") {
    Rig rig(false);
    CHECK(rig.tick().empty());
    rig.sink->write(test::made_up_streams(2));
    const std::string first = rig.tick();
    CHECK(has(first, "2 streams"));
    CHECK(first.find('\033') == std::string::npos);
    rig.now += 9s;
    CHECK(rig.tick().empty());
    rig.now += 1s;
    CHECK(has(rig.tick(), "2 streams"));
}

TEST_CASE("a terminal that is gone is a problem of the sink, which is closed") {
    Rig rig;
    std::signal(SIGPIPE, SIG_IGN);
    rig.sink->write(test::made_up_streams(2));
    CHECK_FALSE(rig.tick().empty());
    CHECK(rig.sink->figures().healthy);
    CHECK(rig.sink->figures().delivered == 2);
    CHECK_FALSE(rig.sink->closed());
    rig.pipe.close_reader();
    rig.now += 1s;
    rig.sink->tick();
    CHECK_FALSE(rig.sink->figures().healthy);
    CHECK(rig.sink->figures().problem == "cannot write to the terminal: Broken pipe");
    CHECK(rig.sink->closed());
}

TEST_CASE("colours follow TERM and NO_COLOR") {
    const auto with = [](const char* term, const char* no_colour) {
        ::setenv("TERM", term, 1);
        ::setenv("NO_COLOR", no_colour, 1);
        return TableSink::settings_for(1);
    };
    CHECK(with("xterm", "").colour);
    CHECK(with("xterm", "").in_place);
    CHECK_FALSE(with("xterm", "1").colour);
    CHECK(with("xterm", "1").in_place);
    CHECK_FALSE(with("dumb", "").colour);
    CHECK_FALSE(with("dumb", "").in_place);
}

}  // namespace muxtap::metrics
