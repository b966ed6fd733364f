#include "client/frames/sound/sound_meter.h"

#include <catch2/catch.hpp>

#include "tests/client/frames/sound/listening.h"
#include "tests/support/allocation_counter.h"

using namespace muxtap;
using namespace muxtap::frames;
using namespace muxtap::test;
using namespace std::chrono_literals;
using client::WorkerEvent;

using Events = std::vector<Event>;

namespace {

/// Sound with something of everything: tones, silence, clipping, channels out of phase.
std::vector<float> eventful(unsigned rate, double seconds) {
    std::mt19937 engine(11);
    std::normal_distribution<double> spread(0, 0.1);
    std::vector<float> samples;
    const auto frames = static_cast<std::uint64_t>(seconds * rate);
    for (std::uint64_t frame = 0; frame < frames; ++frame) {
        const std::uint64_t second = frame / rate;
        double left = spread(engine);
        double right = second % 20 < 7 ? -left : spread(engine);
        if (second % 10 == 8 || second % 20 >= 15) left = right = 0;
        if (frame % (3 * rate) > 3 * rate - 5) left = 1;
        samples.push_back(static_cast<float>(left));
        samples.push_back(static_cast<float>(right));
    }
    return samples;
}

/// Gives the samples in blocks of random lengths up to `most`.
void give_sliced(Listening& heard, const std::vector<float>& samples, std::size_t most, unsigned seed) {
    std::mt19937 engine(seed);
    std::uniform_int_distribution<std::size_t> length(1, most);
    std::span<const float> rest = samples;
    while (!rest.empty()) {
        const std::size_t count = std::min(rest.size(), 2 * length(engine));
        heard.give({rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(count)});
        rest = rest.subspan(count);
    }
    heard.meter.finish();
}

/// Times of slices are rounded to their units one by one.
bool same_time(const MediaTime& one, const MediaTime& other) {
    return std::chrono::abs(one.position - other.position) <= 2ns &&
           std::chrono::abs(one.captured - other.captured) <= 2ns && std::abs(one.pts->ticks_since(*other.pts)) <= 2;
}

bool same(const Finding& one, const Finding& other) {
    return one.kind == other.kind && one.text == other.text && same_time(one.time, other.time);
}

bool same(SoundFacts one, const SoundFacts& other) {
    if (!same_time(one.time, other.time)) return false;
    one.time = other.time;
    return one == other;
}

template <typename T>
bool same(const std::vector<T>& ones, const std::vector<T>& others) {
    return std::equal(ones.begin(), ones.end(), others.begin(), others.end(),
                      [](const T& one, const T& other) { return same(one, other); });
}

}  // namespace

TEST_CASE("blocks cut in any way give the same reports and findings") {
    for (const unsigned rate : {8'000U, 11'025U, 22'050U, 44'100U, 48'000U}) {
        const std::vector<float> samples = eventful(rate, 45);
        Listening whole({}, stereo(), rate);
        whole.give(samples);
        whole.meter.finish();
        REQUIRE(whole.reports.size() == 45);
        REQUIRE(whole.findings.size() > 8);
        for (const std::size_t most : {7U, 1'200U, 100'000U}) {
            CAPTURE(rate, most);
            Listening cut({}, stereo(), rate);
            give_sliced(cut, samples, most, rate + static_cast<unsigned>(most));
            CHECK(same(cut.reports, whole.reports));
            CHECK(same(cut.findings, whole.findings));
        }
    }
}

TEST_CASE("a report tells of an interval, from its first sample on") {
    for (const unsigned rate : {11'025U, 44'100U, 48'000U}) {
        Listening heard({}, stereo(), rate);
        heard.time.position = 7s;
        heard.play(3.6, sine(-20), 777);
        REQUIRE(heard.reports.size() == 3);
        for (int i = 0; i < 3; ++i) {
            const SoundFacts& facts = heard.reports[static_cast<std::size_t>(i)];
            CHECK(std::chrono::abs(facts.time.position - 7s - i * 1s) <= 1ns);
            CHECK(std::chrono::abs(facts.time.captured - heard.time.captured - i * 1s) <= 1ns);
            CHECK(facts.duration == 1s);
            CHECK(facts.format == heard.format);
        }
        heard.meter.finish();
        REQUIRE(heard.reports.size() == 4);
        CHECK(heard.last().duration == 600ms);
    }
}

TEST_CASE("time stamps go on over their wrap") {
    Listening heard;
    heard.play(3, sine(-20));
    CHECK(heard.reports[0].time.pts->ticks() == ts::Timestamp::modulus - 9'000);
    CHECK(heard.reports[1].time.pts->ticks() == 81'000);
}

TEST_CASE("the capture time of a report is that of its own data, not of a clock of samples") {
    Listening heard;
    heard.play(1, sine(-20), 480);
    // The sender is late from here on.
    heard.time.captured += 30ms;
    heard.time.packet = 1'234;
    heard.play(1, sine(-20), 480);
    REQUIRE(heard.reports.size() == 2);
    CHECK(heard.reports[1].time.captured - heard.reports[0].time.captured == 1030ms);
    CHECK(heard.reports[0].time.packet == 0);
    CHECK(heard.reports[1].time.packet == 1'234);
}

TEST_CASE("a sound stream without PTS has none in its reports") {
    Listening heard;
    heard.meter.add(heard.format, {.time = {}, .samples = std::vector<float>(200'000)});
    REQUIRE(heard.reports.size() == 2);
    CHECK_FALSE(heard.reports[1].time.pts);
    CHECK(heard.reports[1].time.position == 1s);
}

TEST_CASE("departures of up to 100 ms are laid end to end, longer ones are gaps") {
    for (const double jump : {0.09, -0.09}) {
        Listening heard;
        heard.play(0.5, sine(-20));
        heard.jump(jump);
        heard.play(0.5, sine(-20));
        REQUIRE(heard.reports.size() == 1);
        CHECK(heard.reports[0].duration == 1s);
    }
    for (const double jump : {0.11, 3600.0, -0.11, -3600.0}) {
        Listening heard;
        heard.play(0.5, sine(-20));
        heard.jump(jump);
        heard.play(1.5, sine(-20));
        REQUIRE(heard.reports.size() == 2);
        CHECK(heard.reports[0].duration == 500ms);
        CHECK(heard.reports[1].time.position == std::chrono::nanoseconds{std::llround((0.5 + jump) * 1e9)});
        CHECK(heard.reports[1].duration == 1s);
    }
}

TEST_CASE("sound with many gaps is measured all the same") {
    Listening heard;
    for (int i = 0; i < 40; ++i) {
        heard.play(0.3, [tone = sine(-23)](std::uint64_t frame, std::size_t channel) {
            return channel == 0 ? tone(frame, 0) : -tone(frame, 0);
        });
        heard.jump(0.3);
    }
    CHECK(heard.reports.size() == 39);
    CHECK(heard.last().duration == 300ms);
    CHECK(heard.last().loudness.integrated_lufs.value() == Approx(-23).margin(0.1));
    CHECK(heard.events() == Events{{WorkerEvent::phase_began, 0}});
}

TEST_CASE("another format begins the measurement anew and ends what lasts") {
    Listening heard;
    heard.play(2.5, constant(0));
    heard.play(1.2, constant(1));
    CHECK(heard.last().channels[0].clipped_samples == 24'000);
    for (const std::size_t channels : {1U, 2U, 6U, 8U}) {
        for (const unsigned rate : {44'100U, 48'000U}) {
            const std::size_t before = heard.reports.size();
            heard.jump(static_cast<double>(heard.frame) / heard.format.sample_rate);
            heard.frame = 0;
            heard.format = {rate, std::vector(channels, SpeakerPosition::other)};
            heard.play(1, sine(-20, 1000, rate));
            CHECK(heard.last().format == heard.format);
            CHECK(heard.last().channels.size() == channels);
            CHECK(heard.last().channels[0].clipped_samples == 0);
            CHECK_FALSE(heard.last().loudness.short_term_lufs);
            CHECK(heard.reports.size() - before == (before == 3 ? 2 : 1));
        }
    }
    CHECK(heard.events() == Events{{WorkerEvent::sound_silence_began, 0},
                                   {WorkerEvent::sound_silence_ended, 2.5, 2.5},
                                   {WorkerEvent::clipping_began, 2.5},
                                   {WorkerEvent::clipping_ended, 3.7, 1.2}});
}

TEST_CASE("formats and blocks with nothing in them are passed over") {
    Listening heard;
    heard.meter.finish();
    heard.meter.add({}, {.time = {}, .samples = std::vector<float>(100)});
    heard.meter.add({48'000, {}}, {.time = {}, .samples = std::vector<float>(100)});
    heard.meter.add({0, stereo()}, {.time = {}, .samples = std::vector<float>(100)});
    heard.meter.add(heard.format, {.time = {}, .samples = {}});
    heard.meter.add(heard.format, {.time = {}, .samples = std::vector<float>(1)});
    heard.meter.finish();
    CHECK(heard.reports.empty());
    CHECK(heard.findings.empty());
    // Half a frame at the end is left out.
    heard.meter.add(heard.format, {.time = {}, .samples = std::vector<float>(97)});
    heard.meter.finish();
    REQUIRE(heard.reports.size() == 1);
    CHECK(heard.reports[0].duration == 1ms);
}

TEST_CASE("any limits and any sample rate are taken") {
    SoundLimits least{.silence_dbfs = -1e9,
                      .silence_hold = 0s,
                      .clipping_run = 0,
                      .clipping_hold = 0s,
                      .phase_limit = -2,
                      .phase_hold = 0s,
                      .interval = 0s,
                      .integration = 1ns};
    const std::chrono::nanoseconds longest = std::chrono::nanoseconds::max();
    SoundLimits most{.silence_dbfs = 1e9,
                     .silence_hold = longest,
                     .clipping_run = 4'294'967'295,
                     .clipping_hold = longest,
                     .phase_limit = 2,
                     .phase_hold = longest,
                     .interval = longest,
                     .integration = longest};
    for (const SoundLimits& limits : {least, most}) {
        for (const unsigned rate : {1U, 3U, 101U, 8'000U, 384'000U, 4'294'967'295U}) {
            Listening heard(limits, stereo(), rate);
            for (int i = 0; i < 100; ++i) heard.give(std::vector<float>(4'000, i % 2 == 0 ? 1.0F : 0.0F));
            heard.meter.finish();
            CHECK_FALSE(heard.reports.empty());
        }
    }
}

TEST_CASE("memory does not grow with time") {
    std::size_t reports = 0;
    SoundMeter meter(
        {}, [](const Finding&) {}, [&](const SoundFacts&) { ++reports; });
    const SoundFormat format{48'000, stereo()};
    const std::vector<float> samples = eventful(48'000, 1);
    MediaTime time;
    const auto hear = [&](int seconds) {
        for (int i = 0; i < seconds; ++i, time.position += 1s) meter.add(format, {.time = time, .samples = samples});
    };
    hear(10);
    // What libebur128 has, it has from the start: in the mode that is used it allocates nothing afterwards.
    const std::size_t early = allocations_during([&] { hear(10); });
    hear(100);
    CHECK(allocations_during([&] { hear(10); }) == early);
    CHECK(reports == 130);
    // Of a report: its format, channels and pairs.
    CHECK(early <= 10 * 8);
}
