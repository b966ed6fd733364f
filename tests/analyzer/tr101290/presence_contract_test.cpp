#include <catch2/catch.hpp>

#include "tests/analyzer/tr101290/rig.h"

namespace muxtap::test {
namespace {

/// An indicator that wants a table at least every so often.
struct Case {
    IndicatorId id;
    std::vector<SectionSeen> sections;  ///< sent together
    std::int64_t limit_ms;
    std::chrono::nanoseconds Thresholds::*threshold;
    std::uint64_t per_absence = 1;  ///< findings when all of them are missing
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {
        {IndicatorId::pat_error, {section_of(0, 0x00)}, 500, &Thresholds::pat},
        {IndicatorId::pat_error_2, {section_of(0, 0x00)}, 500, &Thresholds::pat},
        {IndicatorId::pmt_error, {section_of(0x100, 0x02)}, 500, &Thresholds::pmt},
        {IndicatorId::pmt_error_2, {section_of(0x100, 0x02)}, 500, &Thresholds::pmt},
        {IndicatorId::nit_error, {section_of(0x10, 0x40)}, 10'000, &Thresholds::nit_actual},
        {IndicatorId::nit_actual_error, {section_of(0x10, 0x40)}, 10'000, &Thresholds::nit_actual},
        {IndicatorId::sdt_error, {section_of(0x11, 0x42)}, 2'000, &Thresholds::sdt_actual},
        {IndicatorId::sdt_actual_error, {section_of(0x11, 0x42)}, 2'000, &Thresholds::sdt_actual},
        {IndicatorId::eit_error, {section_of(0x12, 0x4E)}, 2'000, &Thresholds::eit_actual},
        {IndicatorId::eit_actual_error,
         {section_of(0x12, 0x4E, 1, 0, 1), section_of(0x12, 0x4E, 1, 1, 1)},
         2'000,
         &Thresholds::eit_actual,
         2},
        {IndicatorId::tdt_error, {section_of(0x14, 0x70)}, 30'000, &Thresholds::tdt},
        {IndicatorId::si_repetition_error, {section_of(0x11, 0x42)}, 2'000, &Thresholds::sdt_actual},
    };
    return all;
}

/// A stream with nothing but the tables of one case, program 1 in its PAT; automatic, so that only they are asked for.
struct Stream : Rig {
    explicit Stream(const Case& subject, const AnalyzerOptions& options = {}) : Rig(options), subject_(subject) {
        if (subject.threshold == &Thresholds::pmt) set_programs({{.pid = 0x100, .program = 1}});
    }
    void send_all(std::int64_t ms) {
        for (const SectionSeen& section : subject_.sections) send(section, ms);
    }
    [[nodiscard]] std::uint64_t findings() const { return count(subject_.id); }
    [[nodiscard]] std::uint64_t shadows() const { return shadowed(subject_.id); }
    [[nodiscard]] IndicatorState lamp() const { return state(subject_.id); }
    const Case& subject_;
};

TEST_CASE("a table that comes exactly at its limit raises nothing") {
    for (const Case& subject : cases()) {
        INFO(key_name(subject.id));
        Stream stream(subject);
        for (int i = 0; i < 4; ++i) stream.send_all(i * subject.limit_ms);
        CHECK(stream.findings() == 0);
        CHECK(stream.lamp() == IndicatorState::ok);
        CHECK(std::none_of(stream.events.begin(), stream.events.end(),
                           [&](const Event& event) { return event.indicator == subject.id; }));
    }
}

TEST_CASE("a gap one millisecond over the limit raises one finding, at the limit") {
    for (const Case& subject : cases()) {
        INFO(key_name(subject.id));
        Stream stream(subject);
        stream.send_all(0);
        stream.send_all(subject.limit_ms);
        stream.send_all(2 * subject.limit_ms + 1);
        CHECK(stream.findings() == subject.per_absence);
        CHECK(stream.first(subject.id) == 2 * subject.limit_ms);
        CHECK(stream.indicator(subject.id).pids ==
              std::vector<IndicatorPid>{{.pid = subject.sections[0].pid, .count = subject.per_absence}});
    }
}

TEST_CASE("silence raises one finding however long it is, and the error lasts until the table comes") {
    for (const Case& subject : cases()) {
        INFO(key_name(subject.id));
        Stream stream(subject);
        stream.send_all(0);
        stream.run(5 * subject.limit_ms);
        CHECK(stream.findings() == subject.per_absence);
        CHECK(stream.first(subject.id) == subject.limit_ms);
        CHECK(stream.lamp() == IndicatorState::error);
        stream.send_all(5 * subject.limit_ms + 1);
        CHECK(stream.findings() == subject.per_absence);
        stream.run(5 * subject.limit_ms + 100);
        CHECK(stream.lamp() == IndicatorState::ok);
        std::vector<EventKind> kinds;
        for (const Event& event : stream.events) {
            if (event.indicator == subject.id) kinds.push_back(event.kind);
        }
        CHECK(kinds == std::vector<EventKind>{EventKind::indicator_began, EventKind::indicator_ended});
    }
}

TEST_CASE("a table that comes back and goes again is found twice") {
    for (const Case& subject : cases()) {
        INFO(key_name(subject.id));
        Stream stream(subject);
        stream.send_all(0);
        stream.send_all(3 * subject.limit_ms);
        stream.run(6 * subject.limit_ms);
        CHECK(stream.findings() == 2 * subject.per_absence);
    }
}

TEST_CASE("a table with a wrong CRC was not seen") {
    for (const Case& subject : cases()) {
        if (subject.id == IndicatorId::pat_error || subject.id == IndicatorId::tdt_error) continue;
        INFO(key_name(subject.id));
        Stream stream(subject);
        stream.send_all(0);
        for (SectionSeen section : subject.sections) {
            section.crc_ok = false;
            stream.send(section, subject.limit_ms - 100);
        }
        stream.run(subject.limit_ms + 100);
        CHECK(stream.findings() == subject.per_absence);
        CHECK(stream.count(IndicatorId::crc_error) == subject.sections.size());
    }
}

TEST_CASE("a gap with a capture loss in it is counted apart, and the time then runs anew") {
    for (const Case& subject : cases()) {
        INFO(key_name(subject.id));
        Stream stream(subject);
        stream.send_all(0);
        const std::int64_t loss = subject.limit_ms / 2;
        stream.lose(loss);
        stream.run(subject.limit_ms + loss - 100);
        CHECK(stream.findings() == 0);
        stream.run(subject.limit_ms + 100);
        CHECK(stream.shadows() == subject.per_absence);
        CHECK(stream.lamp() == IndicatorState::ok);
        stream.run(4 * subject.limit_ms);
        CHECK(stream.findings() == subject.per_absence);
        CHECK(stream.shadows() == subject.per_absence);
        CHECK(stream.first(subject.id) == 2 * subject.limit_ms);
    }
}

TEST_CASE("a capture loss before the table last came makes no shadow") {
    for (const Case& subject : cases()) {
        INFO(key_name(subject.id));
        Stream stream(subject);
        stream.send_all(0);
        stream.lose(200);
        stream.send_all(400);
        stream.run(2 * subject.limit_ms);
        CHECK(stream.findings() == subject.per_absence);
        CHECK(stream.shadows() == 0);
    }
}

TEST_CASE("while sync is lost a missing table is counted apart, once") {
    for (const Case& subject : cases()) {
        INFO(key_name(subject.id));
        Stream stream(subject);
        stream.send_all(0);
        stream.rules.on_bad_sync(2, at(0), 1);
        stream.run(5 * subject.limit_ms);
        CHECK(stream.findings() == 0);
        CHECK(stream.shadows() == subject.per_absence);
    }
}

TEST_CASE("a longer limit is kept to the millisecond, too") {
    for (const Case& subject : cases()) {
        INFO(key_name(subject.id));
        AnalyzerOptions options;
        options.thresholds.*subject.threshold = std::chrono::milliseconds(3 * subject.limit_ms);
        Stream stream(subject, options);
        stream.send_all(0);
        stream.send_all(3 * subject.limit_ms);
        CHECK(stream.findings() == 0);
        stream.run(6 * subject.limit_ms + 100);
        CHECK(stream.findings() == subject.per_absence);
        CHECK(stream.first(subject.id) == 6 * subject.limit_ms);
    }
}

TEST_CASE("a table that never comes is found at its limit from the start") {
    for (const Case& subject : cases()) {
        INFO(key_name(subject.id));
        Rig stream(Standard::dvb);
        if (subject.threshold == &Thresholds::pmt) stream.set_programs({{.pid = 0x100, .program = 1}});
        stream.run(subject.limit_ms);
        CHECK(stream.count(subject.id) == 0);
        stream.run(subject.limit_ms + 100);
        // SI_repetition_error: SDT and EIT have the same limit.
        CHECK(stream.count(subject.id) == (subject.id == IndicatorId::si_repetition_error ? 2 : 1));
        CHECK(stream.first(subject.id) == subject.limit_ms);
        stream.run(60'000);
        CHECK(stream.state(subject.id) == IndicatorState::error);
    }
}

TEST_CASE("without a clock nothing that needs time is measured") {
    std::vector<Event> events;
    for (const Case& subject : cases()) {
        INFO(key_name(subject.id));
        Rules rules({}, events);
        rules.set_pmt_pids(std::vector<PmtPid>{{.pid = 0x100, .program = 1}}, UnixTime{});
        for (int i = 0; i < 3; ++i) {
            for (SectionSeen section : subject.sections) {
                section.timed = false;
                rules.on_section(section);
            }
        }
        const Indicator indicator = rules.report()[static_cast<std::size_t>(subject.id)];
        CHECK(indicator.state == IndicatorState::not_measured);
        CHECK(indicator.count == 0);
    }
}

TEST_CASE("cutting the time into other ticks changes nothing") {
    for (const Case& subject : cases()) {
        INFO(key_name(subject.id));
        Stream coarse(subject);
        Stream fine(subject);
        coarse.send_all(50);
        fine.send_all(50);
        for (std::int64_t ms = 60; ms < 3 * subject.limit_ms; ms += 10) fine.rules.tick(at(ms), 1, {});
        coarse.send_all(3 * subject.limit_ms);
        fine.send_all(3 * subject.limit_ms);
        CHECK(coarse.indicator(subject.id).first == fine.indicator(subject.id).first);
        CHECK(coarse.findings() == fine.findings());
    }
}

}  // namespace
}  // namespace muxtap::test
