#pragma once

#include <rapidjson/document.h>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string_view>

/// How this folder's decoders read objects of JSON. For them alone.
namespace muxtap::proto {

using JsonAllocator = rapidjson::MemoryPoolAllocator<>;
using JsonDocument = rapidjson::GenericDocument<rapidjson::UTF8<>, JsonAllocator, JsonAllocator>;
using JsonValue = rapidjson::GenericValue<rapidjson::UTF8<>, JsonAllocator>;

/// Reads keys of one object and remembers whether one was missing or wrong.
class KeyReader {
public:
    explicit KeyReader(const JsonValue& object) : object_(object) {}

    [[nodiscard]] bool failed() const noexcept { return failed_; }

    [[nodiscard]] std::uint64_t number(std::string_view key,
                                       std::uint64_t maximum = std::numeric_limits<std::uint64_t>::max()) {
        const JsonValue* value = find(key);
        if (value != nullptr && value->IsUint64() && value->GetUint64() <= maximum) return value->GetUint64();
        failed_ = true;
        return 0;
    }

    [[nodiscard]] std::uint64_t optional_number(std::string_view key,
                                                std::uint64_t maximum = std::numeric_limits<std::uint64_t>::max()) {
        return find(key) == nullptr ? 0 : number(key, maximum);
    }

    /// A number from 0 to `maximum`, with or without a fraction; 0 when missing.
    [[nodiscard]] double optional_fraction(std::string_view key, double maximum) {
        const JsonValue* value = find(key);
        if (value == nullptr) return 0;
        if (value->IsNumber() && value->GetDouble() >= 0 && value->GetDouble() <= maximum) return value->GetDouble();
        failed_ = true;
        return 0;
    }

    [[nodiscard]] bool optional_flag(std::string_view key) {
        const JsonValue* value = find(key);
        if (value == nullptr) return false;
        if (value->IsBool()) return value->GetBool();
        failed_ = true;
        return false;
    }

    [[nodiscard]] std::int64_t optional_time(std::string_view key) { return find(key) == nullptr ? 0 : time(key); }

    [[nodiscard]] std::string_view optional_text(std::string_view key) {
        return find(key) == nullptr ? std::string_view{} : text(key);
    }

    [[nodiscard]] std::int64_t time(std::string_view key) {
        const JsonValue* value = find(key);
        if (value != nullptr && value->IsInt64()) return value->GetInt64();
        failed_ = true;
        return 0;
    }

    [[nodiscard]] std::string_view text(std::string_view key) {
        const JsonValue* value = find(key);
        if (value != nullptr && value->IsString()) return {value->GetString(), value->GetStringLength()};
        failed_ = true;
        return {};
    }

    /// The object or array under `key`, nullptr when there is none.
    [[nodiscard]] const JsonValue* object(std::string_view key) { return check(key, &JsonValue::IsObject); }
    [[nodiscard]] const JsonValue* array(std::string_view key) { return check(key, &JsonValue::IsArray); }

    [[nodiscard]] const JsonValue* optional_object(std::string_view key) {
        return find(key) == nullptr ? nullptr : object(key);
    }
    [[nodiscard]] const JsonValue* optional_array(std::string_view key) {
        return find(key) == nullptr ? nullptr : array(key);
    }

    template <typename Enum>
    [[nodiscard]] Enum name(std::string_view key, std::initializer_list<Enum> values) {
        const std::string_view given = text(key);
        for (const Enum value : values) {
            if (name_of(value) == given) return value;
        }
        failed_ = true;
        return *values.begin();
    }

private:
    [[nodiscard]] const JsonValue* find(std::string_view key) const {
        const auto member = object_.FindMember(
            JsonValue(rapidjson::StringRef(key.data(), static_cast<rapidjson::SizeType>(key.size()))));
        return member == object_.MemberEnd() ? nullptr : &member->value;
    }

    [[nodiscard]] const JsonValue* check(std::string_view key, bool (JsonValue::*is_type)() const) {
        const JsonValue* value = find(key);
        if (value != nullptr && (value->*is_type)()) return value;
        failed_ = true;
        return nullptr;
    }

    const JsonValue& object_;
    bool failed_ = false;
};

}  // namespace muxtap::proto
