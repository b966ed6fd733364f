#include "client/metrics/sink_queue.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <future>

namespace muxtap::metrics {
namespace {

using namespace std::chrono_literals;

/// What a sink saw, outliving it.
struct Seen {
    std::mutex mutex;
    std::vector<std::uint64_t> numbers;
    std::atomic<int> finished{0};
    std::atomic<int> ticks{0};
    std::atomic<int> writes{0};  ///< begun
};

class CountingSink final : public Sink {
public:
    CountingSink(Seen& seen, std::shared_future<void> gate) : seen_(seen), gate_(std::move(gate)) {}

    void write(std::span<const RecordPtr> records) override {
        ++seen_.writes;
        if (gate_.valid()) gate_.wait();
        const std::scoped_lock lock(seen_.mutex);
        for (const RecordPtr& record : records) seen_.numbers.push_back(record->event()->identity.seq);
    }
    void tick() override { ++seen_.ticks; }
    void finish(std::chrono::milliseconds /*patience*/) override { ++seen_.finished; }
    [[nodiscard]] SinkFigures figures() const override {
        const std::scoped_lock lock(seen_.mutex);
        SinkFigures figures;
        figures.name = "counting";
        figures.delivered = seen_.numbers.size();
        return figures;
    }

private:
    Seen& seen_;
    std::shared_future<void> gate_;
};

RecordPtr record_of(std::uint64_t number) {
    client::EventRecord event;
    event.identity.seq = number;
    return std::make_shared<const Record>(std::move(event), RecordFormat::muxtap);
}

}  // namespace

TEST_CASE("Records reach the sink in order, and none is left when it has stopped") {
    Seen seen;
    SinkQueue queue(std::make_unique<CountingSink>(seen, std::shared_future<void>{}), 1 << 20);
    for (std::uint64_t i = 0; i < 500; ++i) queue.offer(record_of(i));
    queue.stop(0ms);
    queue.join();
    REQUIRE(seen.numbers.size() == 500);
    CHECK(std::is_sorted(seen.numbers.begin(), seen.numbers.end()));
    CHECK(seen.finished == 1);
    CHECK(queue.figures().dropped == 0);
    CHECK(queue.figures().waiting == 0);
}

TEST_CASE("A sink that does not keep up loses its newest records, and they are counted") {
    Seen seen;
    std::promise<void> open;
    const std::size_t room = 10 * SinkQueue::weight(*record_of(0));
    SinkQueue queue(std::make_unique<CountingSink>(seen, open.get_future().share()), room);
    queue.offer(record_of(0));
    const auto deadline = steady_now() + 20s;
    while (seen.writes == 0 && steady_now() < deadline) std::this_thread::yield();
    REQUIRE(seen.writes == 1);  // the sink is busy: what is offered from now on waits
    for (std::uint64_t i = 1; i < 100; ++i) queue.offer(record_of(i));
    const SinkFigures figures = queue.figures();
    CHECK(figures.dropped == 89);
    CHECK(figures.waiting + figures.dropped + figures.delivered == 100);
    CHECK_FALSE(figures.healthy);
    open.set_value();
    queue.stop(0ms);
    queue.join();
    CHECK(seen.numbers.front() == 0);
    CHECK(std::is_sorted(seen.numbers.begin(), seen.numbers.end()));
    CHECK(seen.numbers.size() + queue.figures().dropped == 100);
}

TEST_CASE("A sink ticks without records too") {
    Seen seen;
    SinkQueue queue(std::make_unique<CountingSink>(seen, std::shared_future<void>{}), 1 << 20);
    const auto deadline = steady_now() + 20s;
    while (seen.ticks < 3 && steady_now() < deadline) std::this_thread::yield();
    CHECK(seen.ticks >= 3);
}

}  // namespace muxtap::metrics
