#include "common/app/log.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/fmt/chrono.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <mutex>

#include "common/app/repeat_filter.h"

namespace muxtap::app {
namespace {

std::string as_text(const LogField& field) {
    return std::visit([](const auto& value) { return fmt::format("{}", value); }, field.value);
}

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void write_text(Writer& writer, std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

struct ValueWriter {
    Writer& writer;
    void operator()(bool value) const { writer.Bool(value); }
    void operator()(std::int64_t value) const { writer.Int64(value); }
    void operator()(std::uint64_t value) const { writer.Uint64(value); }
    void operator()(double value) const { writer.Double(value); }
    void operator()(std::string_view value) const { write_text(writer, value); }
};

/// Whether standard error is the journal of systemd, which names its own file in $JOURNAL_STREAM.
bool writes_to_journal() {
    const char* const named = std::getenv("JOURNAL_STREAM");
    struct stat file {};
    if (named == nullptr || ::fstat(STDERR_FILENO, &file) != 0) return false;
    return named == fmt::format("{}:{}", file.st_dev, file.st_ino);
}

/// "<4>" in front of a line: its priority for the journal, which takes it away (sd-daemon(3)).
class JournalPriority final : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm& /*time*/, spdlog::memory_buf_t& out) override {
        const std::string_view priority = message.level >= spdlog::level::err    ? "<3>"
                                          : message.level >= spdlog::level::warn ? "<4>"
                                          : message.level >= spdlog::level::info ? "<6>"
                                                                                 : "<7>";
        out.append(priority.data(), priority.data() + priority.size());
    }
    [[nodiscard]] std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
        return std::make_unique<JournalPriority>();
    }
};

/// What makes two lines the same: all but their numbers.
std::string repeat_key(std::string_view event, std::string_view message, std::initializer_list<LogField> fields) {
    std::string key{event};
    key.append(1, '\0').append(message);
    for (const LogField& field : fields) {
        if (const auto* text = std::get_if<std::string_view>(&field.value)) key.append(1, '\0').append(*text);
    }
    return key;
}

}  // namespace

struct Log::Implementation {
    LogFormat format;
    std::string program;
    std::shared_ptr<spdlog::logger> logger;
    RepeatFilter repeats;  ///< guarded by the mutex, as what follows
    std::mutex mutex{};
    std::array<std::uint64_t, spdlog::level::n_levels> written{};
    std::uint64_t left_out = 0;

    void write(spdlog::level::level_enum level, std::string_view event, std::string_view message,
               std::initializer_list<LogField> fields) {
        if (!logger->should_log(level)) return;
        const std::string line =
            format == LogFormat::json ? json_members(event, message, fields) : text_line(message, fields);
        {
            const std::scoped_lock lock(mutex);
            if (level >= spdlog::level::warn &&
                !repeats.lets_through(repeat_key(event, message, fields), line, level, steady_now(), unix_now())) {
                ++left_out;
                return;
            }
            ++written[static_cast<std::size_t>(level)];
        }
        print(level, line);
    }

    void tell(const std::vector<RepeatFilter::Repeats>& all) {
        for (const RepeatFilter::Repeats& held : all) {
            const auto level = static_cast<spdlog::level::level_enum>(held.level);
            const auto since =
                std::chrono::time_point_cast<std::chrono::seconds>(held.first).time_since_epoch().count();
            const std::string time = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(since)));
            {
                const std::scoped_lock lock(mutex);
                ++written[static_cast<std::size_t>(level)];
            }
            print(level, held.line + (format == LogFormat::json
                                          ? fmt::format(R"(,"repeated":{},"since":"{}")", held.count, time)
                                          : fmt::format(" repeated={} since={}", held.count, time)));
        }
    }

    void print(spdlog::level::level_enum level, const std::string& line) const {
        logger->log(level, "{}", format == LogFormat::json ? line + "}" : line);
    }

    static std::string text_line(std::string_view message, std::initializer_list<LogField> fields) {
        std::string line{message};
        for (const LogField& field : fields) line.append(" ").append(field.name).append("=").append(as_text(field));
        return line;
    }

    /// The members behind time and level, which the pattern writes, without the closing brace.
    [[nodiscard]] std::string json_members(std::string_view event, std::string_view message,
                                           std::initializer_list<LogField> fields) const {
        rapidjson::StringBuffer buffer;
        Writer writer(buffer);
        writer.StartObject();
        for (const auto& [name, text] : {std::pair<std::string_view, std::string_view>{"program", program},
                                         {"event", event},
                                         {"message", message}}) {
            write_text(writer, name);
            write_text(writer, text);
        }
        for (const LogField& field : fields) {
            write_text(writer, field.name);
            std::visit(ValueWriter{writer}, field.value);
        }
        writer.EndObject();
        return std::string{buffer.GetString() + 1, buffer.GetSize() - 2};
    }
};

Log::Log(const Settings& settings)
    : implementation_(new Implementation{.format = settings.format,
                                         .program = settings.program,
                                         .logger = std::make_shared<spdlog::logger>(
                                             settings.program, std::make_shared<spdlog::sinks::stderr_sink_mt>()),
                                         .repeats = RepeatFilter(settings.repeat_interval)}) {
    spdlog::logger& logger = *implementation_->logger;
    const std::string pattern = settings.format == LogFormat::json
                                    ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)"
                                    : "%Y-%m-%dT%H:%M:%S.%eZ %n %l: %v";
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    formatter->add_flag<JournalPriority>('*').set_pattern((writes_to_journal() ? "%*" : "") + pattern);
    logger.set_formatter(std::move(formatter));
    logger.set_level(settings.silent  ? spdlog::level::warn
                     : settings.debug ? spdlog::level::debug
                                      : spdlog::level::info);
    logger.flush_on(spdlog::level::trace);
}

Log::~Log() {
    implementation_->tell(implementation_->repeats.rest());
}

void Log::tell_repeats(SteadyTime now) {
    std::vector<RepeatFilter::Repeats> due;
    {
        const std::scoped_lock lock(implementation_->mutex);
        due = implementation_->repeats.due(now);
    }
    implementation_->tell(due);
}

LogCounts Log::counts() const {
    const std::scoped_lock lock(implementation_->mutex);
    const auto& written = implementation_->written;
    return {.debug = written[spdlog::level::debug],
            .info = written[spdlog::level::info],
            .warning = written[spdlog::level::warn],
            .error = written[spdlog::level::err],
            .repeats = implementation_->left_out};
}

LogFormat Log::format() const noexcept {
    return implementation_->format;
}

void Log::debug(std::string_view event, std::string_view message, std::initializer_list<LogField> fields) {
    implementation_->write(spdlog::level::debug, event, message, fields);
}
void Log::info(std::string_view event, std::string_view message, std::initializer_list<LogField> fields) {
    implementation_->write(spdlog::level::info, event, message, fields);
}
void Log::warning(std::string_view event, std::string_view message, std::initializer_list<LogField> fields) {
    implementation_->write(spdlog::level::warn, event, message, fields);
}
void Log::error(std::string_view event, std::string_view message, std::initializer_list<LogField> fields) {
    implementation_->write(spdlog::level::err, event, message, fields);
}

}  // namespace muxtap::app
