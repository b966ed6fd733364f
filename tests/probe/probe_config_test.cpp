#include "probe/probe_config.h"

#include <catch2/catch.hpp>

#include "common/options/catalogue.h"

namespace muxtap::probe {
namespace {

Result<ProbeConfig> config_of(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "muxtap-probe");
    const char* const environment[] = {nullptr};
    const auto options = app::load_options(options::probe_program(), options::known_names(),
                                           static_cast<int>(arguments.size()), arguments.data(), environment);
    if (!options) return tl::unexpected<Error>(options.error());
    return make_config(*options);
}

TEST_CASE("without options the probe captures the stream that existing set-ups expect") {
    const ProbeConfig config = config_of({}).value();
    REQUIRE(config.flows.selectors.size() == 1);
    CHECK(config.flows.selectors[0].name == "224.0.0.200:10000");
    CHECK_FALSE(config.flows.selectors[0].rtp_only);
    CHECK_FALSE(config.flows.discover);
    CHECK(config.method == CaptureMethod::automatic);
    CHECK(config.publisher.feed_endpoints == std::vector<std::string>{"tcp://127.0.0.1:5556"});
    CHECK(config.publisher.raw_endpoints.empty());
    CHECK_FALSE(config.publisher.lossless);
    CHECK(config.flows.assembler.batch_packets == 1400);
    CHECK(config.flows.assembler.batch_age == std::chrono::milliseconds{20});
    CHECK(config.buffer_bytes == std::size_t{64} << 20);
    CHECK(config.promiscuous);
    CHECK(config.join);
    CHECK(config.user == "nobody");
}

TEST_CASE("streams come from --stream, from the address, or from discovery") {
    struct Row {
        std::vector<const char*> arguments;
        std::vector<std::string> names;
        bool discover;
    };
    const std::vector<Row> rows = {
        {{"--source-ip", "239.1.1.1", "--source-port", "5000"}, {"239.1.1.1:5000"}, false},
        {{"--source-ip", "ff15::1"}, {"[ff15::1]:10000"}, false},
        {{"--stream", "a=udp://239.1.1.1:1", "--stream", "udp://239.1.1.2:2"}, {"a", "239.1.1.2:2"}, false},
        {{"--discover"}, {}, true},
        {{"--discover", "--source-ip", "239.1.1.1"}, {"239.1.1.1:10000"}, true},
        {{"--discover", "--stream", "a=udp://239.1.1.1:1"}, {"a"}, true},
    };
    for (const Row& row : rows) {
        CAPTURE(row.arguments);
        const auto config = config_of(row.arguments);
        REQUIRE(config.has_value());
        std::vector<std::string> names;
        for (const StreamSelector& selector : config->flows.selectors) names.push_back(selector.name);
        CHECK(names == row.names);
        CHECK(config->flows.discover == row.discover);
    }
    CHECK(config_of({"--source-protocol", "rtp", "--stream", "a=udp://239.1.1.1:1"})->flows.selectors[0].rtp_only);
    CHECK(config_of({"--input", "x.ts", "--stream", "news"})->file_stream_name == "news");
}

TEST_CASE("endpoints are made of address, port, path and whether there is a header") {
    using Endpoints = std::vector<std::string>;
    const auto both = config_of(
        {"--target-ip", "*", "--target-port", "0", "--ipc-path", "/run/x", "--raw-endpoint", "tcp://127.0.0.1:5557"});
    CHECK(both->publisher.feed_endpoints == Endpoints{"tcp://*:0", "ipc:///run/x"});
    CHECK(both->publisher.raw_endpoints == Endpoints{"tcp://127.0.0.1:5557"});
    const auto raw = config_of({"--send-json-header=false", "--target-ip", "::1"});
    CHECK(raw->publisher.feed_endpoints.empty());
    CHECK(raw->publisher.raw_endpoints == Endpoints{"tcp://[::1]:5556"});
}

TEST_CASE("a frame waits in the ring for half the batch age at most, and a millisecond in immediate mode") {
    using std::chrono::milliseconds;
    CHECK(config_of({})->read_time_out == milliseconds{8});
    CHECK(config_of({"--read-time-out", "3"})->read_time_out == milliseconds{3});
    // What existing set-ups have in their .env files.
    CHECK(config_of({"--read-time-out", "60000"})->read_time_out == milliseconds{10});
    CHECK(config_of({"--batch-age", "6ms"})->read_time_out == milliseconds{3});
    CHECK(config_of({"--batch-age", "100us"})->read_time_out == milliseconds{1});
    CHECK(config_of({"--immediate-mode"})->read_time_out == milliseconds{1});
}

TEST_CASE("only a file that is read as fast as it goes may wait for its subscribers") {
    CHECK(config_of({"--input", "x.ts"})->publisher.lossless);
    CHECK_FALSE(config_of({"--input", "x.ts", "--pace", "capture"})->publisher.lossless);
    CHECK_FALSE(config_of({"--capture", "socket"})->publisher.lossless);
}

TEST_CASE("what is left out on the operator's wish") {
    CHECK(config_of({"--drop", "tei"})->flows.assembler.drop.tei);
    CHECK_FALSE(config_of({"--drop", "tei"})->flows.assembler.drop.null);
    const auto both = config_of({"--drop", "tei", "--drop", "null"});
    CHECK(both->flows.assembler.drop.tei);
    CHECK(both->flows.assembler.drop.null);
}

TEST_CASE("a wrong setting is refused by the option's name and the value") {
    struct Row {
        std::vector<const char*> arguments;
        const char* option;
        const char* value;
    };
    const std::vector<Row> rows = {
        {{"--source-ip", "example.org"}, "--source-ip", "example.org"},
        {{"--source-ip", "239.1.1"}, "--source-ip", "239.1.1"},
        {{"--source-port", "0"}, "source-port", "0"},
        {{"--source-port", "65536"}, "source-port", "65536"},
        {{"--source-port", "http"}, "source-port", "http"},
        {{"--source-protocol", "tcp"}, "source-protocol", "tcp"},
        {{"--stream", "nonsense"}, "stream", "nonsense"},
        {{"--stream", "a=udp://239.1.1.1:1", "--stream", "a=udp://239.1.1.2:1"}, "--stream", "\"a\""},
        {{"--capture", "magic"}, "capture", "magic"},
        {{"--capture", "socket", "--discover"}, "--discover", "--capture socket"},
        {{"--capture", "socket", "--pcap-filter", "udp"}, "--pcap-filter", "--capture socket"},
        {{"--capture", "socket", "--stream", "a=udp://239.1.1.1:1?vlan=7"}, "vlan=7", "--source-device"},
        {{"--capture-threads", "0"}, "capture-threads", "0"},
        {{"--capture-threads", "2", "--capture", "pcap"}, "--capture-threads", "afpacket"},
        {{"--capture-threads", "2", "--capture", "socket"}, "--capture-threads", "afpacket"},
        {{"--capture-threads", "2", "--input", "x.pcap"}, "--capture-threads", "afpacket"},
        {{"--drop", "video"}, "--drop", "video"},
        {{"--pace", "slow"}, "pace", "slow"},
        {{"--batch-packets", "0"}, "batch-packets", "0"},
        {{"--batch-age", "soon"}, "batch-age", "soon"},
        {{"--buffer-size", "lots"}, "buffer-size", "lots"},
        {{"--snaplen", "10"}, "snaplen", "10"},
        {{"--target-port", "70000"}, "target-port", "70000"},
        {{"--source-prt", "5000"}, "source-prt", "--source-port"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.arguments);
        const auto config = config_of(row.arguments);
        REQUIRE_FALSE(config.has_value());
        CHECK_THAT(config.error().message, Catch::Contains(row.option) && Catch::Contains(row.value));
        CHECK(config.error().message.find('\n') == std::string::npos);
    }
}

}  // namespace
}  // namespace muxtap::probe
