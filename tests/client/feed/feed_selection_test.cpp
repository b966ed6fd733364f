#include "client/feed/feed_selection.h"

#include <catch2/catch.hpp>

#include "common/options/catalogue.h"

namespace muxtap::client {
namespace {

Result<FeedSelection> selection_of(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "muxtap-record");
    const char* const environment[] = {nullptr};
    const auto options = app::load_options(options::record_program(), options::known_names(),
                                           static_cast<int>(arguments.size()), arguments.data(), environment);
    if (!options) return tl::unexpected<Error>(options.error());
    return read_feed_selection(*options);
}

}  // namespace

TEST_CASE("Probes are named by endpoint, by address or by local socket") {
    CHECK(selection_of({"--connect", "tcp://a:1", "--connect", "ipc:///b"})->endpoints ==
          std::vector<std::string>{"tcp://a:1", "ipc:///b"});
    CHECK(selection_of({"--target-ip", "10.0.0.5", "--target-port", "7"})->endpoints.front() == "tcp://10.0.0.5:7");
    CHECK(selection_of({"--target-ip", "fe80::1"})->endpoints.front() == "tcp://[fe80::1]:5556");
    CHECK(selection_of({"--ipc-path", "/run/muxtap.sock"})->endpoints.front() == "ipc:///run/muxtap.sock");
}

TEST_CASE("Streams are subscribed to with their slash, beginnings without") {
    const auto streams = selection_of({"--stream", "239.1.1.1:5000", "--stream", "sport*"})->streams;
    CHECK(topic_prefixes(streams) ==
          std::vector<std::string>{"ts/239.1.1.1:5000/", "info/239.1.1.1:5000/", "ts/sport", "info/sport"});
    CHECK(is_chosen(streams, "239.1.1.1:5000"));
    CHECK_FALSE(is_chosen(streams, "239.1.1.1:50000"));
    CHECK(is_chosen(streams, "sports"));
    CHECK_FALSE(is_chosen(streams, "news"));
}

}  // namespace muxtap::client
