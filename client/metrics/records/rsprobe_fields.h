#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "analyzer/json/fields.h"
#include "client/metrics/records/interval_record.h"

/// Parts of the flat record (docs/rsprobe.md). What is not known is 0 or an empty text: no field is ever missing.
namespace muxtap::metrics::rsprobe {

using analyzer::json::Writer;

/// Fields under one prefix, such as `streams.256.`.
class FlatFields {
public:
    FlatFields(Writer& writer, std::string prefix)
        : writer_(writer), name_(std::move(prefix)), prefix_size_(name_.size()) {}

    template <typename T>
    void add(std::string_view name, const T& content) {
        name_.resize(prefix_size_);
        name_ += name;
        analyzer::json::field(writer_, name_, content);
    }

private:
    Writer& writer_;
    std::string name_;
    std::size_t prefix_size_;
};

/// Milliseconds since 1970.
[[nodiscard]] inline std::int64_t milliseconds(UnixTime time) noexcept {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

/// What a counter went up by since the report before; all of it when there was none, or when the analysis began anew.
[[nodiscard]] inline std::uint64_t increase(std::uint64_t now, std::uint64_t before) noexcept {
    return now >= before ? now - before : now;
}

/// `id` of the record and of each of its PIDs.
[[nodiscard]] std::string id_of(const IntervalRecord& record);

/// `pid_map` and the rates by medium.
void write_media(Writer& writer, const IntervalRecord& record);

/// `streams.<pid>.*` of all PIDs seen.
void write_pids(Writer& writer, const IntervalRecord& record);

/// The host's fields.
void write_host(Writer& writer, const proto::HostFigures& host);

}  // namespace muxtap::metrics::rsprobe
