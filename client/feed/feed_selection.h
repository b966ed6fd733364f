#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/app/options.h"
#include "common/base/result.h"

namespace muxtap::client {

/// Streams by name, or by how their names begin.
struct StreamChoice {
    std::string name;
    bool prefix = false;

    [[nodiscard]] bool matches(std::string_view stream) const noexcept {
        return prefix ? stream.starts_with(name) : stream == name;
    }
};

/// Which probes and streams a worker follows: the options of common/options/feed_options.h, checked.
struct FeedSelection {
    std::vector<std::string> endpoints;
    std::vector<StreamChoice> streams;  ///< never empty
    std::uint64_t receive_buffer_bytes = std::uint64_t{64} << 20;
    std::chrono::nanoseconds silence{std::chrono::seconds{3}};  ///< after which something counts as silent
};

/// The error names the option and what it expects.
[[nodiscard]] Result<FeedSelection> read_feed_selection(const app::Options& options);

/// Topic prefixes to subscribe to, packets and status of each chosen stream.
[[nodiscard]] std::vector<std::string> topic_prefixes(const std::vector<StreamChoice>& streams);

/// Whether one of the choices takes this stream.
[[nodiscard]] bool is_chosen(const std::vector<StreamChoice>& streams, std::string_view stream) noexcept;

}  // namespace muxtap::client
