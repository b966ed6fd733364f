#include "client/feed/feed_selection.h"

#include <algorithm>

#include "proto/topic.h"

namespace muxtap::client {
namespace {

std::vector<std::string> endpoints_of(const app::Options& options) {
    if (!options.list("connect").empty()) return options.list("connect");
    if (!options.text("ipc-path").empty()) return {"ipc://" + options.text("ipc-path")};
    std::string address = options.text("target-ip");
    if (address.find(':') != std::string::npos && !address.starts_with('[')) address = "[" + address + "]";
    return {"tcp://" + address + ":" + std::to_string(options.integer("target-port"))};
}

Result<std::vector<StreamChoice>> streams_of(const app::Options& options) {
    std::vector<StreamChoice> streams;
    for (const std::string& text : options.list("stream")) {
        StreamChoice choice{text, text.ends_with('*')};
        if (choice.prefix) choice.name.pop_back();
        if (!proto::is_stream_name(choice.name) && !(choice.prefix && choice.name.empty())) {
            return fail("--stream \"" + text +
                        "\": not a stream name: 1 to 128 printable characters without space, slash, quote and "
                        "backslash, and * at the end for all that begin so");
        }
        streams.push_back(std::move(choice));
    }
    if (streams.empty()) streams.push_back({.name = {}, .prefix = true});
    return streams;
}

}  // namespace

Result<FeedSelection> read_feed_selection(const app::Options& options) {
    FeedSelection selection;
    selection.endpoints = endpoints_of(options);
    auto streams = streams_of(options);
    if (!streams) return tl::unexpected<Error>(streams.error());
    selection.streams = std::move(*streams);
    selection.receive_buffer_bytes = std::max<std::uint64_t>(options.bytes("receive-buffer"), std::uint64_t{1} << 20);
    selection.silence = std::max<std::chrono::nanoseconds>(options.duration("silence"), std::chrono::milliseconds{100});
    return selection;
}

std::vector<std::string> topic_prefixes(const std::vector<StreamChoice>& streams) {
    std::vector<std::string> prefixes;
    for (const StreamChoice& choice : streams) {
        for (const proto::Kind kind : {proto::Kind::ts, proto::Kind::info}) {
            const std::string topic = proto::make_topic(kind, choice.name);
            // Of a name's beginning more may follow; of nothing, `ts/` and `info/` are left.
            const std::size_t shorter = choice.prefix ? 1 : 0;
            prefixes.push_back(topic.substr(0, topic.size() - shorter));
        }
    }
    return prefixes;
}

bool is_chosen(const std::vector<StreamChoice>& streams, std::string_view stream) noexcept {
    return std::any_of(streams.begin(), streams.end(),
                       [&](const StreamChoice& choice) { return choice.matches(stream); });
}

}  // namespace muxtap::client
