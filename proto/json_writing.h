#pragma once

#include <rapidjson/rapidjson.h>

#include <cstdint>
#include <string_view>

#include "common/base/utf8.h"

/// How this folder's encoders write members of an object. For them alone.
namespace muxtap::proto {

template <typename Writer>
void write_key(Writer& writer, std::string_view key) {
    writer.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

template <typename Writer>
void write_text(Writer& writer, std::string_view text) {
    writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

template <typename Writer>
void write(Writer& writer, std::string_view key, std::string_view value) {
    write_key(writer, key);
    if (is_utf8(value)) {
        write_text(writer, value);
    } else {
        write_text(writer, cleaned_utf8(value));
    }
}

template <typename Writer>
void write(Writer& writer, std::string_view key, std::uint64_t value) {
    write_key(writer, key);
    writer.Uint64(value);
}

template <typename Writer>
void write(Writer& writer, std::string_view key, std::int64_t value) {
    write_key(writer, key);
    writer.Int64(value);
}

}  // namespace muxtap::proto
