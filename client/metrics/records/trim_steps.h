#pragma once

#include <rapidjson/document.h>

#include <cstddef>
#include <span>

/// What can be taken out of records, least important first.
namespace muxtap::metrics {

/// One thing that can be taken out. What is left keeps to the record's schema.
struct TrimStep {
    const char* name;  ///< as in `trimmed`
    /// Takes it out of a record that is `excess` bytes too long; a step that can do so by halves takes about as much.
    /// False when there was nothing to take.
    bool (*take)(rapidjson::Document& record, std::size_t excess);
};

[[nodiscard]] std::span<const TrimStep> metrics_trim_steps() noexcept;
[[nodiscard]] std::span<const TrimStep> event_trim_steps() noexcept;
[[nodiscard]] std::span<const TrimStep> rsprobe_trim_steps() noexcept;

/// Bytes of a value as JSON.
[[nodiscard]] std::size_t json_size(const rapidjson::Value& value);

/// The member of an object, null when it is none or has no such member.
[[nodiscard]] rapidjson::Value* member(rapidjson::Value* object, const char* name);

/// Takes a member out. False when it is not there.
bool remove_member(rapidjson::Value* object, const char* name);

/// Takes all out of an array, a text or an object that is not needed whole. False when there was nothing in it.
bool make_empty(rapidjson::Value* value);

/// Shortens a text by at least so many bytes of JSON, or to nothing, and marks the cut. False when it is empty.
bool shorten(rapidjson::Document& record, rapidjson::Value* text, std::size_t excess);

}  // namespace muxtap::metrics
