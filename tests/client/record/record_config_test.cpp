#include "client/record/record_config.h"

#include <catch2/catch.hpp>

#include "common/options/catalogue.h"

namespace muxtap::record {
namespace {

Result<RecordConfig> config_of(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "muxtap-record");
    const char* const environment[] = {nullptr};
    const auto options = app::load_options(options::record_program(), options::known_names(),
                                           static_cast<int>(arguments.size()), arguments.data(), environment);
    if (!options) return tl::unexpected<Error>(options.error());
    return read_config(*options);
}

}  // namespace

TEST_CASE("Without options the local probe's streams are appended to capture.ts") {
    const RecordConfig config = config_of({}).value();
    CHECK(config.feed.endpoints == std::vector<std::string>{"tcp://127.0.0.1:5556"});
    CHECK(client::topic_prefixes(config.feed.streams) == std::vector<std::string>{"ts/", "info/"});
    CHECK(config.output.text() == "capture.ts");
    CHECK(config.existing == ExistingPolicy::append);
    CHECK_FALSE(config.segment);
    CHECK_FALSE(config.retention.any());
    CHECK_FALSE(config.duration);
    CHECK_FALSE(config.packet_count);
}

TEST_CASE("Limits and times are read in their units") {
    const RecordConfig config = config_of({"--segment", "60", "--max-age", "7d", "--max-bytes", "2G", "--flush", "250",
                                           "--duration", "1.5h", "--packet-count", "12"})
                                    .value();
    CHECK(config.segment == std::chrono::seconds{60});
    CHECK(config.retention.max_age == std::chrono::days{7});
    CHECK(config.retention.max_bytes == std::uint64_t{2} << 30);
    CHECK(config.file.flush == std::chrono::milliseconds{250});
    CHECK(config.duration == std::chrono::minutes{90});
    CHECK(config.packet_count == 12U);
}

TEST_CASE("Options that cannot work together are refused by name") {
    struct Row {
        std::vector<const char*> arguments;
        const char* names;
    };
    const auto row = GENERATE(values<Row>({
        {{"--output", "-", "--segment", "60s"}, "--segment"},
        {{"--output", "-", "--max-age", "1d"}, "--max-age"},
        {{"--max-bytes", "1G", "--sidecar=false"}, "--sidecar"},
        {{"--segment", "50ms"}, "--segment"},
        {{"--segment", "400d"}, "--segment"},
        {{"--stream", "a/b"}, "a/b"},
        {{"--stream", ""}, "--stream"},
        {{"--output", "%!"}, "%!"},
        {{"--existing", "maybe"}, "--existing"},
    }));
    CAPTURE(row.arguments.front());
    const auto config = config_of(row.arguments);
    REQUIRE_FALSE(config);
    CHECK(config.error().message.find(row.names) != std::string::npos);
}

}  // namespace muxtap::record
