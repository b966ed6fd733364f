#include "common/counters/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <functional>
#include <unordered_set>
#include <utility>
#include <vector>

#include "common/base/utf8.h"

namespace muxtap::counters {
namespace {

constexpr std::size_t longest_value = 256;

using prometheus::ClientMetric;
using prometheus::MetricFamily;

std::vector<std::string> label_names(const FamilySpec& spec) {
    std::vector<std::string> names;
    std::string_view rest = spec.labels;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        names.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return names;
}

using LabelNames = std::array<std::vector<std::string>, family_count>;

const LabelNames& all_label_names() {
    static const LabelNames names = [] {
        LabelNames all;
        for (const FamilySpec& spec : all_families()) all[static_cast<std::size_t>(spec.family)] = label_names(spec);
        return all;
    }();
    return names;
}

}  // namespace

std::string series_key(Family family, std::initializer_list<std::string_view> labels) {
    std::string key(1, static_cast<char>(family));
    for (const std::string_view label : labels) key.append(label).push_back('\0');
    return key;
}

std::string label_value(std::string_view text) {
    std::string out;
    out.reserve(std::min(text.size(), longest_value));
    while (!text.empty()) {
        const Utf8Character character = first_character(text);
        const std::size_t size = character.size == 0 ? 1 : character.size;
        const char32_t code = character.code_point;
        if (out.size() + size > longest_value) break;
        const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
        if (character.size == 0 || control) {
            out.push_back('?');
        } else {
            out.append(text.substr(0, size));
        }
        text.remove_prefix(size);
    }
    return out;
}

struct Exposition::Implementation {
    std::array<MetricFamily, family_count> families;
    std::unordered_set<std::size_t> seen;
    std::vector<ClientMetric::Label> subject;
    std::size_t subject_hash = 0;
    const CarriedCounters* carried = nullptr;

    void set_subject(std::vector<ClientMetric::Label> labels, const CarriedCounters* before) {
        subject = std::move(labels);
        carried = before;
        std::string all;
        for (const ClientMetric::Label& label : subject) all.append(label.value).push_back('\0');
        subject_hash = std::hash<std::string>{}(all);
    }
};

Exposition::Exposition() : implementation_(std::make_unique<Implementation>()) {
    for (const FamilySpec& spec : all_families()) {
        MetricFamily& family = implementation_->families.at(static_cast<std::size_t>(spec.family));
        family.name = spec.name;
        family.help = spec.help;
        family.type =
            spec.type == FamilyType::counter ? prometheus::MetricType::Counter : prometheus::MetricType::Gauge;
    }
}

Exposition::~Exposition() = default;

void Exposition::about_program() {
    implementation_->set_subject({}, nullptr);
}

void Exposition::about_probe(const std::string& probe) {
    implementation_->set_subject({{"probe", label_value(probe)}}, nullptr);
}

void Exposition::about_stream(const std::string& probe, const std::string& stream, const CarriedCounters* carried) {
    implementation_->set_subject({{"probe", label_value(probe)}, {"stream", label_value(stream)}}, carried);
}

void Exposition::put(Family family, std::initializer_list<std::string_view> labels, double value) {
    Implementation& all = *implementation_;
    const auto place = static_cast<std::size_t>(family);
    const std::vector<std::string>& names = all_label_names().at(place);
    ClientMetric metric;
    metric.label.reserve(all.subject.size() + labels.size());
    metric.label = all.subject;
    std::string key = std::to_string(place);
    for (std::size_t i = 0; const std::string_view label : labels) {
        metric.label.push_back({names.at(i++), label_value(label)});
        key.append(1, '\0').append(metric.label.back().value);
    }
    // 31: so that the same series of two streams differ.
    if (!all.seen.insert(all.subject_hash * 31 + std::hash<std::string>{}(key)).second) return;
    if (spec_of(family).type == FamilyType::gauge) {
        metric.gauge.value = value;
    } else {
        metric.counter.value = value;
        if (all.carried != nullptr && !all.carried->empty()) {
            const auto before = all.carried->find(series_key(family, labels));
            if (before != all.carried->end()) metric.counter.value += before->second;
        }
    }
    all.families.at(place).metric.push_back(std::move(metric));
}

std::string Exposition::take_text() {
    std::vector<MetricFamily> used;
    for (MetricFamily& family : implementation_->families) {
        if (!family.metric.empty()) used.push_back(std::move(family));
    }
    return prometheus::TextSerializer{}.Serialize(used);
}

}  // namespace muxtap::counters
