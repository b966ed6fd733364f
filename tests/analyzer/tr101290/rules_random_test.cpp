#include <catch2/catch.hpp>
#include <random>

#include "tests/analyzer/tr101290/rig.h"

namespace muxtap::test {
namespace {

/// Something that happens to the rules.
struct Step {
    enum class Kind { section, scrambled, programs, services, bad_sync, good, loss } kind{};
    std::int64_t ms = 0;
    SectionSeen section;
    std::vector<PmtPid> programs;
    std::vector<EitService> services;
};

/// Anything in any order, at times that go forward; mostly sections of few tables, so that they come again.
std::vector<Step> random_steps(unsigned seed, bool with_losses) {
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return static_cast<std::uint16_t>(random() % n); };
    std::vector<Step> steps;
    std::int64_t ms = 0;
    for (int i = 0; i < 400; ++i) {
        ms += below(20) == 0 ? below(12'000) : below(300);
        Step step;
        step.ms = ms;
        switch (below(with_losses ? 40 : 35)) {
            case 0: step.kind = Step::Kind::scrambled; break;
            case 1:
                step.kind = Step::Kind::programs;
                for (unsigned n = below(4); n > 0; --n) {
                    step.programs.push_back({static_cast<ts::Pid>(0x100 + below(2)), below(3)});
                }
                break;
            case 2:
                step.kind = Step::Kind::services;
                for (unsigned n = below(4); n > 0; --n) step.services.push_back({below(3), below(2) == 0});
                break;
            case 35: step.kind = Step::Kind::bad_sync; break;
            case 36:
            case 37:
            case 38: step.kind = Step::Kind::good; break;
            case 39: step.kind = Step::Kind::loss; break;
            default: {
                constexpr std::array<ts::Pid, 8> pids = {0, 1, 0x10, 0x11, 0x12, 0x13, 0x14, 0x100};
                constexpr std::array<std::uint8_t, 16> tables = {0x00, 0x01, 0x02, 0x40, 0x41, 0x42, 0x46, 0x4A,
                                                                 0x4E, 0x4F, 0x50, 0x60, 0x70, 0x71, 0x73, 0xFF};
                step.section = section_of(pids[below(8)], tables[below(16)], below(3),
                                          static_cast<std::uint8_t>(below(3)), static_cast<std::uint8_t>(below(3)));
                step.section.version = static_cast<std::uint8_t>(below(2));
                step.section.crc_ok = below(10) != 0;
            }
        }
        steps.push_back(step);
    }
    return steps;
}

/// Plays them with ticks every `tick_ms`, and silence at the end.
Indicators play(const std::vector<Step>& steps, std::int64_t tick_ms, Standard standard) {
    std::vector<Event> events;
    Rules rules(options_of(standard), events);
    std::int64_t now = 0;
    rules.tick(at(0), 0, {});
    const auto run = [&](std::int64_t to_ms) {
        while (now + tick_ms <= to_ms) rules.tick(at(now += tick_ms), 0, {});
    };
    for (const Step& step : steps) {
        run(step.ms);
        const UnixTime time = at(step.ms);
        switch (step.kind) {
            case Step::Kind::section: {
                SectionSeen section = step.section;
                section.first_byte = section.last_byte = time;
                rules.on_section(section);
                break;
            }
            case Step::Kind::scrambled: rules.on_scrambled(0x200, time, 0, false); break;
            case Step::Kind::programs: rules.set_pmt_pids(step.programs, time); break;
            case Step::Kind::services: rules.set_eit_services(step.services, time); break;
            case Step::Kind::bad_sync: rules.on_bad_sync(2, time, 0); break;
            case Step::Kind::good: rules.on_good(3, time); break;
            case Step::Kind::loss: rules.on_capture_loss(time); break;
        }
    }
    // What can end, ends: nothing is scrambled, no program is left, sync is regained.
    const UnixTime end = at(steps.back().ms);
    rules.set_pmt_pids({}, end);
    rules.set_eit_services({}, end);
    rules.on_good(5, end);
    run(now + 200'000);
    return rules.report();
}

TEST_CASE("of any stream the findings are the same in coarse and in fine ticks") {
    for (const Standard standard : {Standard::automatic, Standard::dvb, Standard::mpeg}) {
        for (unsigned seed = 0; seed < 20; ++seed) {
            INFO(key_name(standard) << " " << seed);
            const auto steps = random_steps(seed, false);
            const Indicators coarse = play(steps, 100, standard);
            const Indicators fine = play(steps, 10, standard);
            for (std::size_t i = 0; i < indicator_count; ++i) {
                INFO(key_name(coarse[i].id));
                CHECK(coarse[i].count == fine[i].count);
                CHECK(coarse[i].first == fine[i].first);
                CHECK(coarse[i].last == fine[i].last);
                CHECK(coarse[i].pids == fine[i].pids);
            }
        }
    }
}

TEST_CASE("after any stream no error holds on without a reason") {
    for (unsigned seed = 0; seed < 60; ++seed) {
        INFO(seed);
        for (const Indicator& indicator : play(random_steps(seed, true), 100, Standard::automatic)) {
            switch (indicator.id) {
                case IndicatorId::pmt_error:
                case IndicatorId::pmt_error_2:
                case IndicatorId::cat_error:
                case IndicatorId::ts_sync_loss:
                case IndicatorId::nit_other_error:
                case IndicatorId::sdt_other_error:
                case IndicatorId::eit_other_error:
                case IndicatorId::eit_pf_error:
                case IndicatorId::rst_error: CHECK(indicator.state != IndicatorState::error); break;
                case IndicatorId::pat_error:
                case IndicatorId::pat_error_2: CHECK(indicator.state == IndicatorState::error); break;
                default: break;
            }
        }
    }
}

}  // namespace
}  // namespace muxtap::test
