#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/clock.h"

namespace muxtap::app {

enum class LogFormat : std::uint8_t { text, json };

/// One named value of a log line. Units are part of the name (`_ns`, `_bps`, `_bytes`).
struct LogField {
    std::string_view name;
    std::variant<bool, std::int64_t, std::uint64_t, double, std::string_view> value;
};

/// Lines written so far, by level, and those that were left out as repeats of one before.
struct LogCounts {
    std::uint64_t debug = 0;
    std::uint64_t info = 0;
    std::uint64_t warning = 0;
    std::uint64_t error = 0;
    std::uint64_t repeats = 0;
};

/// Writes log lines to stderr: text for people, or one JSON object per line with keys `time`, `level`, `program`,
/// `event`, `message` and the fields. A warning or error that repeats itself (same event, message and texts, whatever
/// its numbers) is written once, and then once an interval with `repeated`, how many there were, and `since`, when the
/// first of them was. May be used by several threads. Never used per packet.
class Log {
public:
    struct Settings {
        std::string program;
        LogFormat format = LogFormat::text;
        bool silent = false;  ///< only warnings and errors
        bool debug = false;
        std::chrono::nanoseconds repeat_interval = std::chrono::seconds{10};  ///< 0: repeats are lines like others
    };
    explicit Log(const Settings& settings);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    /// `event` is a stable name for programs to match (`source_silent`), `message` one line for people.
    void debug(std::string_view event, std::string_view message, std::initializer_list<LogField> fields = {});
    void info(std::string_view event, std::string_view message, std::initializer_list<LogField> fields = {});
    void warning(std::string_view event, std::string_view message, std::initializer_list<LogField> fields = {});
    void error(std::string_view event, std::string_view message, std::initializer_list<LogField> fields = {});

    /// Writes repeats that are due; to be called now and then. The rest is written at the end.
    void tell_repeats(SteadyTime now);

    [[nodiscard]] LogCounts counts() const;
    [[nodiscard]] LogFormat format() const noexcept;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::app
