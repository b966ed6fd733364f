#include <catch2/catch.hpp>
#include <thread>

#include "tests/client/kafka/outbox_bench.h"

using namespace muxtap;
using kafka::Outbox;
using kafka::OutboxStatus;
using std::chrono::milliseconds;
using test::first_arrivals;
using test::MockCluster;
using test::numbered;
using test::OutboxBench;
using test::TopicReader;
using test::up_to;

TEST_CASE("messages arrive once, in order, with key, headers and time, and leave the spool") {
    MockCluster cluster;
    cluster.create("t");
    OutboxBench bench(cluster.brokers());
    Outbox& outbox = bench.open();
    std::vector<kafka::Message> sent;
    for (std::uint64_t number = 1; number <= 300; ++number) sent.push_back(numbered("t", "k", number, 2000));
    sent.push_back({.topic = "t", .key = "k", .payload = test::noise(20'000, 3), .time = sent.back().time});
    for (const kafka::Message& message : sent) REQUIRE(outbox.offer(message));
    REQUIRE(bench.work_until_empty());
    CHECK(TopicReader(cluster.brokers(), "t").read() == sent);
    const OutboxStatus status = outbox.status();
    CHECK(status.accepted == 301);
    CHECK(status.delivered == 301);
    CHECK(status.replayed == 0);
    CHECK(status.resent == 0);
    CHECK(status.memory_bytes == 0);
    CHECK(status.connected);
    CHECK(status.problem.empty());
    outbox.finish(milliseconds(0));
    bench.outbox.reset();
    CHECK(bench.open().status().waiting == 0);
}

TEST_CASE("a message is on disk before the broker has it") {
    const MockCluster cluster;
    OutboxBench bench("127.0.0.1:1");
    Outbox& outbox = bench.open();
    REQUIRE(outbox.offer(numbered("t", "k", 1)));
    outbox.do_work(milliseconds(0));
    CHECK(outbox.status().memory_bytes == 0);
    CHECK(outbox.status().waiting == 1);
    // As if killed: nothing is finished.
    bench.outbox.reset();
    CHECK(bench.open().status().waiting == 1);
}

TEST_CASE("an unreachable broker is said, and what waited is sent first when it is there") {
    OutboxBench bench("127.0.0.1:1");
    {
        Outbox& outbox = bench.open();
        for (std::uint64_t number = 1; number <= 500; ++number) REQUIRE(outbox.offer(numbered("t", "k", number, 3000)));
        REQUIRE(bench.work_until([](const OutboxStatus& status) { return !status.problem.empty(); }));
        CHECK(outbox.status().problem.find("broker unreachable") == 0);
        CHECK_FALSE(outbox.status().connected);
        outbox.finish(milliseconds(50));
        CHECK(outbox.status().waiting == 500);
        CHECK_FALSE(outbox.offer(numbered("t", "k", 501)));
        bench.outbox.reset();
    }
    MockCluster cluster;
    cluster.create("t");
    bench.settings.brokers = cluster.brokers();
    Outbox& outbox = bench.open();
    for (std::uint64_t number = 501; number <= 600; ++number) REQUIRE(outbox.offer(numbered("t", "k", number, 3000)));
    REQUIRE(bench.work_until_empty());
    CHECK(outbox.status().replayed == 500);
    CHECK(outbox.status().delivered == 600);
    CHECK(first_arrivals(TopicReader(cluster.brokers(), "t").read()) ==
          std::map<std::string, std::vector<std::uint64_t>>{{"k", up_to(600)}});
}

TEST_CASE("finish waits for the broker") {
    MockCluster cluster;
    cluster.create("t");
    cluster.round_trip(milliseconds(100));
    OutboxBench bench(cluster.brokers());
    Outbox& outbox = bench.open();
    for (std::uint64_t number = 1; number <= 50; ++number) REQUIRE(outbox.offer(numbered("t", "k", number)));
    outbox.finish(milliseconds(30'000));
    CHECK(outbox.status().waiting == 0);
    CHECK(outbox.status().delivered == 50);
}

TEST_CASE("memory stays bounded however much waits, and all of it arrives") {
    MockCluster cluster;
    cluster.create("t");
    cluster.down();
    OutboxBench bench(cluster.brokers());
    bench.settings.memory_bytes = 500'000;
    Outbox& outbox = bench.open();
    constexpr std::uint64_t count = 2000;
    for (std::uint64_t number = 1; number <= count; ++number) {
        REQUIRE(outbox.offer(numbered("t", "k", number, 2000)));
        if (number % 100 == 0) outbox.do_work(milliseconds(0));
        CHECK(outbox.status().memory_bytes <= bench.settings.memory_bytes);
    }
    REQUIRE(bench.work_until([](const OutboxStatus& status) { return status.memory_bytes == 0; }));
    CHECK(outbox.status().waiting == count);
    cluster.up();
    REQUIRE(bench.work_until_empty());
    CHECK(first_arrivals(TopicReader(cluster.brokers(), "t").read())["k"] == up_to(count));
    CHECK(outbox.status().resent == 0);
}

TEST_CASE("offers and questions from other threads") {
    MockCluster cluster;
    cluster.create("t", 4);
    OutboxBench bench(cluster.brokers());
    Outbox& outbox = bench.open();
    constexpr std::uint64_t each = 300;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 3; ++thread)
        threads.emplace_back([&outbox, thread] {
            for (std::uint64_t number = 1; number <= each; ++number) {
                outbox.offer(numbered("t", "k" + std::to_string(thread), number, 500));
                static_cast<void>(outbox.status());
            }
        });
    CHECK(bench.work_until([](const OutboxStatus& status) { return status.delivered == 3 * each; }));
    for (std::thread& thread : threads) thread.join();
    const auto arrived = first_arrivals(TopicReader(cluster.brokers(), "t", 4).read());
    CHECK(arrived.size() == 3);
    for (const auto& [key, numbers] : arrived) CHECK(numbers == up_to(each));
}

TEST_CASE("a topic that is not there waits alone, is said, and goes on when it is there") {
    constexpr int code = 3;  // UNKNOWN_TOPIC_OR_PARTITION
    MockCluster cluster;
    cluster.create("there");
    cluster.create("late");
    cluster.topic_error("late", code);
    OutboxBench bench(cluster.brokers());
    bench.settings.config.emplace_back("topic.metadata.propagation.max.ms", "100");
    Outbox& outbox = bench.open();
    for (std::uint64_t number = 1; number <= 40; ++number) {
        REQUIRE(outbox.offer(numbered("late", "k", number)));
        REQUIRE(outbox.offer(numbered("there", "k", number)));
    }
    REQUIRE(
        bench.work_until([](const OutboxStatus& status) { return status.delivered == 40 && !status.problem.empty(); }));
    CHECK(outbox.status().problem.find("topic \"late\"") == 0);
    CHECK(outbox.status().waiting == 40);
    CHECK(outbox.status().delivery_errors > 0);
    cluster.topic_error("late", 0);
    REQUIRE(bench.work_until_empty());
    CHECK(outbox.status().problem.empty());
    CHECK(first_arrivals(TopicReader(cluster.brokers(), "late").read())["k"] == up_to(40));
    CHECK(first_arrivals(TopicReader(cluster.brokers(), "there").read())["k"] == up_to(40));
}

TEST_CASE("asked to, a topic that is not there is created") {
    const MockCluster cluster;
    OutboxBench bench(cluster.brokers());
    bench.settings.create_topics = true;
    Outbox& outbox = bench.open();
    for (std::uint64_t number = 1; number <= 40; ++number) REQUIRE(outbox.offer(numbered("fresh", "k", number)));
    REQUIRE(bench.work_until_empty());
    CHECK(cluster.has("fresh"));
}

TEST_CASE("a topic we have no right to is said, waits alone and goes on when we have it") {
    constexpr int code = 29;  // TOPIC_AUTHORIZATION_FAILED
    MockCluster cluster;
    cluster.create("there");
    cluster.create("closed");
    cluster.topic_error("closed", code);
    OutboxBench bench(cluster.brokers());
    Outbox& outbox = bench.open();
    for (std::uint64_t number = 1; number <= 40; ++number) {
        REQUIRE(outbox.offer(numbered("closed", "k", number)));
        REQUIRE(outbox.offer(numbered("there", "k", number)));
    }
    REQUIRE(
        bench.work_until([](const OutboxStatus& status) { return status.delivered == 40 && !status.problem.empty(); }));
    CHECK(outbox.status().problem.find("topic \"closed\"") == 0);
    cluster.topic_error("closed", 0);
    REQUIRE(bench.work_until_empty());
    CHECK(outbox.status().problem.empty());
    CHECK(first_arrivals(TopicReader(cluster.brokers(), "closed").read())["k"] == up_to(40));
}
