#include "common/app/log.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

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

}  // namespace

struct Log::Implementation {
    LogFormat format;
    std::string program;
    std::shared_ptr<spdlog::logger> logger;

    void write(spdlog::level::level_enum level, std::string_view event, std::string_view message,
               std::initializer_list<LogField> fields) const {
        if (!logger->should_log(level)) return;
        logger->log(level, "{}",
                    format == LogFormat::json ? json_members(event, message, fields) : text_line(message, fields));
    }

    static std::string text_line(std::string_view message, std::initializer_list<LogField> fields) {
        std::string line{message};
        for (const LogField& field : fields) line.append(" ").append(field.name).append("=").append(as_text(field));
        return line;
    }

    /// The members behind time and level, which the pattern writes.
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
        return std::string{buffer.GetString() + 1, buffer.GetSize() - 1};
    }
};

Log::Log(const Settings& settings)
    : implementation_(std::make_unique<Implementation>(Implementation{
          settings.format, settings.program,
          std::make_shared<spdlog::logger>(settings.program, std::make_shared<spdlog::sinks::stderr_sink_mt>())})) {
    spdlog::logger& logger = *implementation_->logger;
    logger.set_pattern(settings.format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v)"
                                                          : "%Y-%m-%dT%H:%M:%S.%eZ %n %l: %v",
                       spdlog::pattern_time_type::utc);
    logger.set_level(settings.silent  ? spdlog::level::warn
                     : settings.debug ? spdlog::level::debug
                                      : spdlog::level::info);
    logger.flush_on(spdlog::level::trace);
}

Log::~Log() = default;

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
