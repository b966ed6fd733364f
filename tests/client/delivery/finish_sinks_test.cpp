#include "client/delivery/finish_sinks.h"

#include <catch2/catch.hpp>
#include <future>

#include "client/delivery/sink_queue.h"

namespace muxtap::delivery {
namespace {

using namespace std::chrono_literals;
using Number = std::shared_ptr<const int>;

/// Loses numbers that are odd.
class PickySink final : public Sink<Number> {
public:
    PickySink(std::string name, bool closed, std::shared_future<void> gate = {})
        : name_(std::move(name)), closed_(closed), gate_(std::move(gate)) {}

    void write(std::span<const Number> numbers) override {
        if (gate_.valid()) gate_.wait();
        const std::scoped_lock lock(mutex_);
        for (const Number& number : numbers) ++(*number % 2 == 0 ? delivered_ : dropped_);
    }
    void tick() override {}
    void finish(std::chrono::milliseconds /*patience*/) override {}
    [[nodiscard]] bool closed() const noexcept override { return closed_; }
    [[nodiscard]] SinkFigures figures() const override {
        const std::scoped_lock lock(mutex_);
        SinkFigures figures;
        figures.name = name_;
        figures.delivered = delivered_;
        figures.dropped = dropped_;
        return figures;
    }

private:
    std::string name_;
    bool closed_;
    std::shared_future<void> gate_;
    mutable std::mutex mutex_;
    std::uint64_t delivered_ = 0;
    std::uint64_t dropped_ = 0;
};

using Queue = SinkQueue<Number>;
using Queues = std::vector<std::unique_ptr<Queue>>;

std::size_t weight_of(const Number& /*number*/) {
    return 10;
}

void add(Queues& queues, std::string name, bool closed = false) {
    queues.push_back(std::make_unique<Queue>(std::make_unique<PickySink>(std::move(name), closed), 1000, weight_of));
}

Result<void> finish(const Queues& queues) {
    app::Log log({.program = "test", .silent = true});
    return finish_sinks(queues, 1s, log);
}

}  // namespace

TEST_CASE("when every sink has taken everything, all is well") {
    Queues queues;
    add(queues, "one");
    add(queues, "other");
    for (const auto& queue : queues) CHECK(queue->offer(std::make_shared<const int>(2)));
    CHECK(finish(queues));
    for (const auto& queue : queues) CHECK(queue->figures().delivered == 1);
    CHECK(finish({}));
}

TEST_CASE("the error says how many records were lost, and which sinks lost them") {
    Queues queues;
    add(queues, "one");
    add(queues, "lossy");
    add(queues, "other");
    for (const int number : {1, 2, 3}) CHECK(queues[1]->offer(std::make_shared<const int>(number)));
    const auto finished = finish(queues);
    REQUIRE_FALSE(finished);
    CHECK(finished.error().message == "2 records were lost: lossy could not take them");
}

TEST_CASE("what nobody wanted any more was not lost") {
    Queues queues;
    add(queues, "closed", true);
    CHECK(queues[0]->offer(std::make_shared<const int>(1)));
    CHECK(finish(queues));
}

TEST_CASE("a queue says when it has no room, by the weight of what waits") {
    std::promise<void> open;
    Queue queue(std::make_unique<PickySink>("slow", false, open.get_future().share()), 100, weight_of);
    int taken = 0;
    for (int i = 0; i < 50; ++i) taken += queue.offer(std::make_shared<const int>(2)) ? 1 : 0;
    // Ten wait; what was taken out by then is in the sink's hands.
    CHECK(taken >= 10);
    CHECK(taken <= 20);
    CHECK(queue.figures().dropped == static_cast<std::uint64_t>(50 - taken));
    open.set_value();
    queue.stop(0ms);
    queue.join();
    CHECK(queue.figures().delivered == static_cast<std::uint64_t>(taken));
}

}  // namespace muxtap::delivery
