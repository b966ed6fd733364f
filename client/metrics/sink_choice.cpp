#include "client/metrics/sink_choice.h"

#include <algorithm>
#include <array>

#include "common/app/value_parsers.h"

namespace muxtap::metrics {
namespace {

struct Scheme {
    std::string_view name;
    SinkKind kind;
    enum class Target : std::uint8_t { none, optional, required } target;
};

using Target = Scheme::Target;
constexpr std::array<Scheme, 5> schemes = {{{"kafka", SinkKind::kafka, Target::optional},
                                            {"sqlite", SinkKind::sqlite, Target::required},
                                            {"ndjson", SinkKind::ndjson, Target::required},
                                            {"prometheus", SinkKind::prometheus, Target::required},
                                            {"table", SinkKind::table, Target::none}}};

constexpr std::string_view what_there_is =
    "expected kafka, kafka:HOST:PORT, sqlite:FILE, ndjson:FILE, ndjson:- (standard output), prometheus:PORT, "
    "prometheus:ADDRESS:PORT or table";

}  // namespace

std::string SinkChoice::name() const {
    const auto* const scheme =
        std::find_if(schemes.begin(), schemes.end(), [this](const Scheme& s) { return s.kind == kind; });
    return std::string{scheme->name} + (target.empty() || kind == SinkKind::kafka ? "" : ":" + target);
}

Result<SinkChoice> parse_sink(std::string_view text) {
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    const std::string_view target = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    const auto* const scheme =
        std::find_if(schemes.begin(), schemes.end(), [&](const Scheme& known) { return known.name == name; });
    const std::string place = "--to \"" + std::string{text} + "\": ";
    if (scheme == schemes.end()) return fail(place + "no such sink: " + std::string{what_there_is});
    const bool fits = scheme->target == Target::optional || (scheme->target == Target::required) == !target.empty();
    if (!fits || (colon != std::string_view::npos && target.empty())) {
        return fail(place + std::string{what_there_is});
    }
    SinkChoice choice{.kind = scheme->kind, .target = std::string{target}};
    if (choice.kind == SinkKind::prometheus) {
        auto address = app::parse_listen_address(target);
        if (!address) return fail(place + "prometheus: " + address.error().message);
        choice.target = std::move(*address);
    }
    return choice;
}

Result<std::vector<SinkChoice>> read_sink_choices(const app::Options& options, bool stdout_is_terminal) {
    std::vector<SinkChoice> choices;
    for (const std::string& text : options.list("to")) {
        auto choice = parse_sink(text);
        if (!choice) return tl::unexpected<Error>(choice.error());
        const auto same = [&](const SinkChoice& other) {
            return other == *choice || (other.kind == SinkKind::kafka && choice->kind == SinkKind::kafka);
        };
        if (std::any_of(choices.begin(), choices.end(), same)) return fail("--to \"" + text + "\": given twice");
        choices.push_back(std::move(*choice));
    }
    const kafka::Wish wish = kafka::wish_of(options);
    const auto to_kafka = std::find_if(choices.begin(), choices.end(),
                                       [](const SinkChoice& choice) { return choice.kind == SinkKind::kafka; });
    if (to_kafka != choices.end() && wish == kafka::Wish::refused)
        return fail("--send-to-kafka=false contradicts --to kafka: leave one out");
    if (to_kafka == choices.end() && wish == kafka::Wish::wanted)
        choices.insert(choices.begin(), {.kind = SinkKind::kafka, .target = {}});
    for (SinkChoice& choice : choices) {
        if (choice.kind != SinkKind::kafka || !choice.target.empty()) continue;
        choice.target = kafka::brokers_of(options);
    }
    if (choices.empty()) {
        choices.push_back(stdout_is_terminal ? SinkChoice{.kind = SinkKind::table, .target = {}}
                                             : SinkChoice{.kind = SinkKind::ndjson, .target = "-"});
    }
    const auto on_stdout = std::count_if(choices.begin(), choices.end(), [](const SinkChoice& choice) {
        return choice.kind == SinkKind::table || (choice.kind == SinkKind::ndjson && choice.target == "-");
    });
    if (on_stdout > 1) return fail("--to: table and ndjson:- both need standard output: leave one out");
    return choices;
}

Result<SinkSettings> read_sink_settings(const app::Options& options) {
    SinkSettings settings;
    auto kafka = kafka::read_kafka_settings(options);
    if (!kafka) return tl::unexpected<Error>(kafka.error());
    settings.kafka = std::move(*kafka);
    settings.kafka_topic = options.text("kafka-topic");
    settings.sqlite_retention = options.duration("sqlite-retention");
    settings.ndjson_bytes = options.bytes("ndjson-bytes");
    settings.ndjson_files = static_cast<unsigned>(options.integer("ndjson-files"));
    settings.prometheus_pids = static_cast<std::size_t>(options.integer("prometheus-pids"));
    return settings;
}

}  // namespace muxtap::metrics
