#pragma once

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "client/metrics/sinks/sink.h"
#include "tests/client/metrics/sinks/sink_contract_records.h"

/// What every sink must do, whatever it is made of.
namespace muxtap::metrics::test {

/// A sink and what is behind it.
class SinkRig {
public:
    virtual ~SinkRig() = default;
    [[nodiscard]] virtual std::unique_ptr<Sink> open() = 0;
    /// Identities of the records that arrived, in the order in which the sink's reader gets them. Empty for sinks that
    /// keep no records.
    [[nodiscard]] virtual std::optional<std::vector<client::RecordIdentity>> arrived() = 0;
    /// From now on nothing can be stored or sent, until `clear`. False when that cannot happen to this sink.
    [[nodiscard]] virtual bool obstruct() { return false; }
    virtual void clear() {}
    /// Records that the sink may keep waiting at most.
    [[nodiscard]] virtual std::size_t most_waiting() const { return SIZE_MAX; }
};

inline std::vector<client::RecordIdentity> identities(const std::vector<RecordPtr>& records) {
    std::vector<client::RecordIdentity> result;
    for (const RecordPtr& record : records) result.push_back(record->identity());
    return result;
}

inline std::uint64_t sum(const SinkFigures& figures) {
    return figures.delivered + figures.dropped + figures.waiting;
}

/// Ticks, as the sink's thread does, until it is so. False when it does not come to be.
inline bool tick_until(Sink& sink, const std::function<bool()>& done) {
    const auto end = steady_now() + std::chrono::seconds{20};
    while (!done()) {
        if (steady_now() > end) return false;
        sink.tick();
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
}

inline void check_order_and_finish(SinkRig& rig) {
    StreamOfRecords stream(new_year());
    const std::vector<RecordPtr> records = stream.next_many(50);
    const std::unique_ptr<Sink> sink = rig.open();
    CHECK_FALSE(sink->figures().name.empty());
    for (std::size_t i = 0; i < 40; i += 4) sink->write(std::span{records}.subspan(i, 4));
    sink->tick();
    sink->write({});
    sink->write(std::span{records}.subspan(40));
    CHECK(sum(sink->figures()) == records.size());
    sink->finish(std::chrono::seconds{10});
    const SinkFigures figures = sink->figures();
    CHECK(figures.delivered == records.size());
    CHECK(figures.dropped == 0);
    CHECK(figures.waiting == 0);
    CHECK(figures.healthy);
    CHECK(figures.problem.empty());
    if (const auto arrived = rig.arrived()) CHECK(*arrived == identities(records));
}

inline void check_events_among_intervals(SinkRig& rig) {
    StreamOfRecords stream(new_year());
    const std::unique_ptr<Sink> sink = rig.open();
    const std::vector<RecordPtr> records = {
        stream.next(), stream.event(analyzer::EventKind::pid_appeared, "PID 257"),
        stream.event(analyzer::EventKind::silence_began, "nothing \xFF\"arrives\"\n"), stream.next()};
    sink->write(records);
    sink->finish(std::chrono::seconds{10});
    CHECK(sum(sink->figures()) == records.size());
    CHECK(sink->figures().delivered == records.size());
}

inline void check_figures_from_another_thread(SinkRig& rig) {
    StreamOfRecords stream(new_year());
    const std::vector<RecordPtr> records = stream.next_many(60);
    const std::unique_ptr<Sink> sink = rig.open();
    std::atomic<std::uint64_t> handed_over = 0;
    std::atomic<bool> over = false;
    bool too_many = false;
    bool went_back = false;
    std::thread reader([&] {
        std::uint64_t before = 0;
        while (!over) {
            const std::uint64_t now = sum(sink->figures());
            too_many = too_many || now > handed_over;
            went_back = went_back || now < before;
            before = now;
        }
    });
    for (std::size_t i = 0; i < records.size(); i += 3) {
        handed_over += 3;
        sink->write(std::span{records}.subspan(i, 3));
        sink->tick();
    }
    sink->finish(std::chrono::seconds{10});
    over = true;
    reader.join();
    CHECK_FALSE(too_many);
    CHECK_FALSE(went_back);
    CHECK(sum(sink->figures()) == records.size());
}

inline void check_recovery(SinkRig& rig) {
    StreamOfRecords stream(new_year());
    std::vector<RecordPtr> records = stream.next_many(5);
    const std::unique_ptr<Sink> sink = rig.open();
    sink->write(records);
    if (!rig.obstruct()) return;
    const std::vector<RecordPtr> during = stream.next_many(7);
    for (const RecordPtr& record : during) sink->write({&record, 1});
    CHECK(sink->figures().delivered == 5);
    CHECK(sum(sink->figures()) == 12);
    CHECK_FALSE(sink->figures().healthy);
    CHECK_FALSE(sink->figures().problem.empty());
    CHECK(sink->figures().problem.find('\n') == std::string::npos);
    rig.clear();
    CHECK(tick_until(*sink, [&] { return sink->figures().waiting == 0; }));
    CHECK(sink->figures().healthy);
    CHECK(sink->figures().problem.empty());
    const RecordPtr after = stream.next();
    sink->write({&after, 1});
    sink->finish(std::chrono::seconds{10});
    const SinkFigures figures = sink->figures();
    CHECK(figures.delivered == 13);
    CHECK(figures.dropped == 0);
    records.insert(records.end(), during.begin(), during.end());
    records.push_back(after);
    if (const auto arrived = rig.arrived()) CHECK(*arrived == identities(records));
}

inline void check_bound(SinkRig& rig) {
    StreamOfRecords stream(new_year());
    const std::unique_ptr<Sink> sink = rig.open();
    if (!rig.obstruct()) return;
    const std::size_t bound = rig.most_waiting();
    REQUIRE(bound < 10'000);
    const std::vector<RecordPtr> records = stream.next_many(bound + 10);
    sink->write(std::span{records}.first(1));
    for (std::size_t i = 1; i < records.size(); i += 3)
        sink->write(std::span{records}.subspan(i, std::min<std::size_t>(3, records.size() - i)));
    CHECK(sink->figures().waiting == bound);
    CHECK(sink->figures().dropped == 10);
    rig.clear();
    sink->finish(std::chrono::seconds{20});
    CHECK(sink->figures().delivered == bound);
    // The oldest are kept, without a hole.
    auto expected = identities(records);
    expected.resize(bound);
    if (const auto arrived = rig.arrived()) CHECK(*arrived == expected);
}

inline void check_finish_without_hope(SinkRig& rig) {
    StreamOfRecords stream(new_year());
    const std::unique_ptr<Sink> sink = rig.open();
    if (!rig.obstruct()) return;
    const std::vector<RecordPtr> records = stream.next_many(9);
    sink->write(records);
    sink->finish(std::chrono::milliseconds{50});
    CHECK(sink->figures().waiting == 0);
    CHECK(sink->figures().dropped == 9);
    CHECK(sum(sink->figures()) == 9);
    rig.clear();
}

/// Checks all of it, each on a rig of its own.
inline void check_sink_contract(const std::function<std::unique_ptr<SinkRig>()>& make_rig) {
    const std::unique_ptr<SinkRig> rig = make_rig();
    SECTION("records arrive in order and finish loses none") {
        check_order_and_finish(*rig);
    }
    SECTION("events come among intervals, whatever their text holds") {
        check_events_among_intervals(*rig);
    }
    SECTION("figures add up, also for another thread") {
        check_figures_from_another_thread(*rig);
    }
    SECTION("what could not be written is written when the trouble is over") {
        check_recovery(*rig);
    }
    SECTION("what waits is bounded, and what is dropped is counted") {
        check_bound(*rig);
    }
    SECTION("finish ends although nothing can be written, and counts what is lost") {
        check_finish_without_hope(*rig);
    }
}

}  // namespace muxtap::metrics::test
