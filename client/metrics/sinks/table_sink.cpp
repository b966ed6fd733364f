#include "client/metrics/sinks/table_sink.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace muxtap::metrics {
namespace {

using namespace std::chrono_literals;

/// Records of one interval come within a moment of each other.
constexpr std::chrono::nanoseconds shortest_pause = 250ms;
constexpr std::chrono::nanoseconds longest_pause = 1s;
constexpr std::chrono::nanoseconds pause_without_escapes = 10s;
/// As in the Prometheus sink.
constexpr std::chrono::nanoseconds leaves_after = 5min;
constexpr std::size_t most_events = 200;
/// For a terminal that takes nothing.
constexpr int longest_wait_ms = 1000;

constexpr std::string_view hide_cursor = "\033[?25l";
constexpr std::string_view show_cursor = "\033[?25h";
constexpr std::string_view no_wrapping = "\033[?7l";
constexpr std::string_view wrapping = "\033[?7h";
constexpr std::string_view home = "\033[H";
constexpr std::string_view clear_line = "\033[K";
constexpr std::string_view clear_below = "\033[J";

TableSize size_of(int terminal) {
    winsize size{};
    if (::ioctl(terminal, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
    return {.columns = size.ws_col, .rows = size.ws_row};
}

bool is_set(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
}

}  // namespace

TableSink::Settings TableSink::settings_for(int terminal) {
    const char* name = std::getenv("TERM");
    const bool dumb = name == nullptr || std::string_view{name}.empty() || std::string_view{name} == "dumb";
    return {.terminal = terminal, .in_place = !dumb, .colour = !dumb && !is_set("NO_COLOR")};
}

TableSink::TableSink(Settings settings) : settings_(std::move(settings)) {
    if (!settings_.size) settings_.size = [terminal = settings_.terminal] { return size_of(terminal); };
}

TableSink::~TableSink() {
    if (drawn_ && settings_.in_place) put(show_cursor);
}

void TableSink::write(std::span<const RecordPtr> records) {
    const SteadyTime now = settings_.now();
    for (const RecordPtr& record : records) {
        if (const client::EventRecord* event = record->event()) {
            add_event(table_event(*event));
        } else {
            const client::RecordIdentity& identity = record->interval()->identity;
            streams_[{identity.probe, identity.stream}] = {.record = record, .heard = now};
        }
    }
    changed_ = changed_ || !records.empty();
    delivered_ += records.size();
}

void TableSink::add_event(TableEvent event) {
    const std::scoped_lock lock(mutex_);
    events_.push_back(std::move(event));
    if (events_.size() > most_events) events_.pop_front();
}

void TableSink::note(UnixTime time, std::string text, text::Colour colour) {
    add_event({.time = time, .stream = {}, .text = std::move(text), .colour = colour});
    const std::scoped_lock lock(mutex_);
    noted_ = true;
}

void TableSink::tick() {
    const SteadyTime now = settings_.now();
    {
        const std::scoped_lock lock(mutex_);
        changed_ = changed_ || noted_;
        noted_ = false;
    }
    const auto since = now - last_drawn_;
    if (!settings_.in_place) {
        if (drawn_ ? since >= pause_without_escapes : !streams_.empty()) draw(settings_.size());
        return;
    }
    const TableSize size = settings_.size();
    const bool due = !drawn_ || size != last_size_ || since >= (changed_ ? shortest_pause : longest_pause);
    if (due) draw(size);
}

void TableSink::draw(TableSize size) {
    const SteadyTime now = settings_.now();
    std::erase_if(streams_, [&](const auto& stream) { return now - stream.second.heard >= leaves_after; });
    std::vector<RecordPtr> records;
    for (const auto& [name, stream] : streams_) records.push_back(stream.record);
    std::vector<TableEvent> events;
    {
        const std::scoped_lock lock(mutex_);
        events.assign(events_.begin(), events_.end());
    }
    const std::string table = render_table(records, events, size, settings_.colour);
    std::string out;
    if (settings_.in_place) {
        // What was on the terminal before goes up, not away.
        if (!drawn_) out.append(hide_cursor).append(size.rows, '\n');
        out.append(no_wrapping).append(home);
        // Before the text: after a full line it would take its last character away.
        out.append(clear_line);
        for (const char character : table) {
            out.push_back(character);
            if (character == '\n') out.append(clear_line);
        }
        out.append(clear_below).append(wrapping);
    } else {
        out = table + "\n";
    }
    put(out);
    drawn_ = true;
    changed_ = false;
    last_drawn_ = now;
    last_size_ = size;
}

void TableSink::put(std::string_view text) {
    int problem = 0;
    while (!text.empty() && problem == 0) {
        const ssize_t written = ::write(settings_.terminal, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {
            pollfd ready{.fd = settings_.terminal, .events = POLLOUT, .revents = 0};
            if (::poll(&ready, 1, longest_wait_ms) == 0) problem = EAGAIN;
        } else if (errno != EINTR) {
            problem = errno;
        }
    }
    // A terminal that was hung up does not come back.
    if (problem == EIO || problem == EPIPE) closed_ = true;
    const std::scoped_lock lock(mutex_);
    problem_ = problem;
}

void TableSink::finish(std::chrono::milliseconds /*patience*/) {
    if (!streams_.empty() || drawn_) draw(settings_.size());
    if (settings_.in_place && drawn_) put(show_cursor);
}

SinkFigures TableSink::figures() const {
    SinkFigures figures;
    figures.name = "table";
    figures.delivered = delivered_;
    const std::scoped_lock lock(mutex_);
    figures.healthy = problem_ == 0;
    if (problem_ != 0) {
        figures.problem = "cannot write to the terminal: " + std::generic_category().message(problem_);
    }
    return figures;
}

}  // namespace muxtap::metrics
