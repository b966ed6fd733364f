#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include "analyzer/tr101290/rules.h"

namespace muxtap::test {

using namespace analyzer;  // NOLINT: the subject of these tests

/// Milliseconds of the stream's time, from its start.
[[nodiscard]] inline UnixTime at(std::int64_t ms) {
    return UnixTime{std::chrono::hours(1) + std::chrono::milliseconds(ms)};
}

/// A section at time 0.
[[nodiscard]] inline SectionSeen section_of(ts::Pid pid, std::uint8_t table_id, std::uint16_t extension = 1,
                                            std::uint8_t number = 0, std::uint8_t last_number = 0) {
    SectionSeen section;
    section.pid = pid;
    section.table_id = table_id;
    section.table_id_extension = extension;
    section.section_number = number;
    section.last_section_number = last_number;
    return section;
}

[[nodiscard]] inline AnalyzerOptions options_of(Standard standard) {
    AnalyzerOptions options;
    options.standard = standard;
    return options;
}

/// Rules with a clock that ticks every 100 ms, from 0.
class Rig {
public:
    explicit Rig(Standard standard = Standard::automatic) : Rig(options_of(standard)) {}
    explicit Rig(const AnalyzerOptions& options) : rules(options, events) { tick(); }

    /// Lets the clock run.
    void run(std::int64_t to_ms) {
        while (now_ms + 100 <= to_ms) {
            now_ms += 100;
            tick();
        }
        time_ms = std::max(time_ms, to_ms);
    }
    /// A section that comes whole at that time.
    void send(SectionSeen section, std::int64_t ms) {
        run(ms);
        section.first_byte = section.last_byte = at(ms);
        section.packet = ++packet;
        rules.on_section(section);
    }
    /// A packet of any PID.
    void see(ts::Pid pid, std::int64_t ms) {
        run(ms);
        for (PidActivity& known : pids) {
            if (known.pid == pid) {
                known.last_seen = at(ms);
                return;
            }
        }
        pids.push_back({.pid = pid, .first_seen = at(ms), .last_seen = at(ms)});
    }
    void scramble(ts::Pid pid, std::int64_t ms, bool shadow = false) {
        run(ms);
        rules.on_scrambled(pid, at(ms), ++packet, shadow);
    }
    void lose(std::int64_t ms) {
        run(ms);
        rules.on_capture_loss(at(ms));
    }
    void set_programs(std::vector<PmtPid> programs) { rules.set_pmt_pids(programs, at(time_ms)); }
    void set_references(std::vector<ReferencedPid> references) { rules.set_referenced(references, at(time_ms)); }
    void set_services(std::vector<EitService> services) { rules.set_eit_services(services, at(time_ms)); }

    [[nodiscard]] Indicator indicator(IndicatorId id) const { return rules.report()[static_cast<std::size_t>(id)]; }
    [[nodiscard]] std::uint64_t count(IndicatorId id) const { return indicator(id).count; }
    [[nodiscard]] std::uint64_t shadowed(IndicatorId id) const { return indicator(id).capture_loss; }
    [[nodiscard]] IndicatorState state(IndicatorId id) const { return indicator(id).state; }
    /// Milliseconds of its first finding.
    [[nodiscard]] std::int64_t first(IndicatorId id) const {
        const auto time = indicator(id).first;
        return time ? std::chrono::duration_cast<std::chrono::milliseconds>(*time - at(0)).count() : -1;
    }
    /// Names of the indicators that found something, for "nothing else is reported".
    [[nodiscard]] std::vector<std::string> found() const {
        std::vector<std::string> names;
        for (const Indicator& indicator : rules.report()) {
            if (indicator.count != 0) names.emplace_back(key_name(indicator.id));
        }
        return names;
    }

    std::vector<Event> events;
    Rules rules;
    std::vector<PidActivity> pids;
    std::int64_t now_ms = 0;
    std::int64_t time_ms = 0;
    std::uint64_t packet = 0;

private:
    void tick() { rules.tick(at(now_ms), packet, pids); }
};

using Names = std::vector<std::string>;

}  // namespace muxtap::test
