#pragma once

#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "common/counters/families.h"

namespace muxtap::counters {

/// Takes series in. What they are about (their first labels) is known to it.
class SeriesOutput {
public:
    virtual ~SeriesOutput() = default;
    /// `labels`: as many as the family has of its own, in their order, any bytes. Borrowed for the call.
    virtual void put(Family family, std::initializer_list<std::string_view> labels, double value) = 0;
};

/// What counters had reached before they began anew, by `series_key`: added to what they count now.
using CarriedCounters = std::map<std::string, double>;

/// Names a series of one stream.
[[nodiscard]] std::string series_key(Family family, std::initializer_list<std::string_view> labels);

/// Text as it may be the value of a label: UTF-8 without control characters, at most 256 bytes.
[[nodiscard]] std::string label_value(std::string_view text);

/// One exposition in the text format of Prometheus. A series that is put in twice is in it once.
class Exposition final : public SeriesOutput {
public:
    Exposition();
    ~Exposition() override;
    Exposition(const Exposition&) = delete;
    Exposition& operator=(const Exposition&) = delete;

    /// Sets what the series that follow are about.
    void about_program();
    void about_probe(const std::string& probe);
    /// `carried` is borrowed until the next of these calls; may be null.
    void about_stream(const std::string& probe, const std::string& stream, const CarriedCounters* carried);

    void put(Family family, std::initializer_list<std::string_view> labels, double value) override;

    /// The last call: all of it.
    [[nodiscard]] std::string take_text();

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace muxtap::counters
