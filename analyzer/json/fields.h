#pragma once

#include <cmath>
#include <concepts>
#include <optional>
#include <string_view>
#include <vector>

#include "analyzer/json/parts.h"
#include "common/base/clock.h"
#include "common/base/utf8.h"

/// Keys and values of JSON objects. What is not known is left out; null is never written.
namespace muxtap::analyzer::json {

/// An object from here to the end of its scope.
class Object {
public:
    explicit Object(Writer& writer) : writer_(writer) { writer_.StartObject(); }
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;
    ~Object() { writer_.EndObject(); }

private:
    Writer& writer_;
};

/// An array from here to the end of its scope.
class Array {
public:
    explicit Array(Writer& writer) : writer_(writer) { writer_.StartArray(); }
    Array(const Array&) = delete;
    Array& operator=(const Array&) = delete;
    ~Array() { writer_.EndArray(); }

private:
    Writer& writer_;
};

inline void key(Writer& writer, std::string_view name) {
    writer.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
}

template <std::integral T>
void value(Writer& writer, T number) {
    if constexpr (std::same_as<T, bool>) {
        writer.Bool(number);
    } else if constexpr (std::signed_integral<T>) {
        writer.Int64(number);
    } else {
        writer.Uint64(number);
    }
}

/// Three digits more than any of the measurements is worth, not the seventeen of the binary number.
inline void value(Writer& writer, double number) {
    writer.Double(std::abs(number) < 1e12 ? std::round(number * 1e6) / 1e6 : number);
}

/// Bytes that are not UTF-8 become question marks, so that the output always is JSON.
inline void value(Writer& writer, std::string_view text) {
    if (is_utf8(text)) {
        writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    } else {
        value(writer, std::string_view{cleaned_utf8(text)});
    }
}
inline void value(Writer& writer, const std::string& text) {
    value(writer, std::string_view{text});
}
inline void value(Writer& writer, const char* text) {
    value(writer, std::string_view{text});
}

/// Nanoseconds since 1970, of a file since its start.
inline void value(Writer& writer, UnixTime time) {
    value(writer, to_unix_ns(time));
}

template <typename T>
void value(Writer& writer, const std::vector<T>& items) {
    const Array array(writer);
    for (const T& item : items) value(writer, item);
}

template <typename T>
void field(Writer& writer, std::string_view name, const T& content) {
    key(writer, name);
    value(writer, content);
}

/// A number that is none was not measured.
inline void field(Writer& writer, std::string_view name, double number) {
    if (!std::isfinite(number)) return;
    key(writer, name);
    value(writer, number);
}

template <typename T>
void field(Writer& writer, std::string_view name, const std::optional<T>& content) {
    if (content) field(writer, name, *content);
}

/// For texts of which an empty one, and numbers of which 0, means "not known".
template <typename T>
void field_if_known(Writer& writer, std::string_view name, const T& content) {
    if (content != T{}) field(writer, name, content);
}

}  // namespace muxtap::analyzer::json
