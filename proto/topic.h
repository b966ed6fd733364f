#pragma once

#include <string>
#include <string_view>

namespace muxtap::proto {

/// What a message of the feed carries, told by the first part of its topic.
enum class Kind : unsigned char { ts, info };

[[nodiscard]] constexpr std::string_view name_of(Kind kind) noexcept {
    return kind == Kind::ts ? "ts" : "info";
}

/// `ts/<stream>/` or `info/<stream>/`. The trailing slash keeps `…:5000` from matching `…:50000`.
[[nodiscard]] inline std::string make_topic(Kind kind, std::string_view stream) {
    std::string topic{name_of(kind)};
    topic.append("/").append(stream).append("/");
    return topic;
}

/// Longest stream name in bytes.
inline constexpr std::size_t max_stream_name = 128;

/// Whether `name` may name a stream: 1 to 128 bytes of printable ASCII without space, slash, quote and backslash.
[[nodiscard]] constexpr bool is_stream_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > max_stream_name || name == "." || name == "..") return false;
    for (const char c : name) {
        if (c <= ' ' || c > '~' || c == '/' || c == '"' || c == '\\') return false;
    }
    return true;
}

}  // namespace muxtap::proto
