#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <variant>

#include "client/metrics/records/interval_record.h"
#include "client/records/event_record.h"

namespace muxtap::metrics {

enum class RecordFormat : std::uint8_t {
    muxtap,   ///< muxtap.metrics/1
    rsprobe,  ///< the flat record of an earlier probe, for intervals; events stay muxtap.event/1
};

/// A record on its way to the sinks, shared by them. Its JSON is made once, by whoever asks first.
class Record {
public:
    using Content = std::variant<IntervalRecord, client::EventRecord>;
    Record(Content content, RecordFormat format) : content_(std::move(content)), format_(format) {}

    [[nodiscard]] const IntervalRecord* interval() const noexcept { return std::get_if<IntervalRecord>(&content_); }
    [[nodiscard]] const client::EventRecord* event() const noexcept {
        return std::get_if<client::EventRecord>(&content_);
    }
    [[nodiscard]] const client::RecordIdentity& identity() const noexcept;
    [[nodiscard]] UnixTime time() const noexcept;
    /// "muxtap.metrics/1", "muxtap.event/1" or "rsprobe".
    [[nodiscard]] const char* schema() const noexcept;

    /// One line without line feed. Any thread.
    [[nodiscard]] const std::string& json() const;

private:
    Content content_;
    RecordFormat format_;
    mutable std::once_flag made_;
    mutable std::string json_;
};

using RecordPtr = std::shared_ptr<const Record>;

/// A record `muxtap.metrics/1`: one line without line feed.
[[nodiscard]] std::string to_json(const IntervalRecord& record);

/// The flat record of an earlier probe: one line without line feed.
[[nodiscard]] std::string to_rsprobe_json(const IntervalRecord& record);

/// Takes the least important detail out of a JSON record until it has at most `limit` bytes, and names what was taken
/// out in its member `trimmed`. False when that is not enough; then it is left as it was.
[[nodiscard]] bool trim_json(std::string& json, std::size_t limit);

}  // namespace muxtap::metrics
