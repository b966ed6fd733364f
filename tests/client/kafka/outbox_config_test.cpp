#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/client/kafka/outbox_bench.h"

using namespace muxtap;
using kafka::Outbox;
using test::OutboxBench;

namespace {

std::string why_not(std::vector<std::pair<std::string, std::string>> config) {
    Outbox::Settings settings;
    settings.brokers = "127.0.0.1:1";
    settings.spool_path = "never-opened";
    settings.config = std::move(config);
    const auto good = Outbox::check(settings);
    CHECK_FALSE(std::filesystem::exists("never-opened"));
    return good ? std::string() : good.error().message;
}

}  // namespace

TEST_CASE("settings that librdkafka knows are taken") {
    CHECK(why_not({}).empty());
    CHECK(
        why_not({{"linger.ms", "50"}, {"acks", "all"}, {"security.protocol", "ssl"}, {"message.max.bytes", "5000000"}})
            .empty());
    CHECK(why_not({{"enable.idempotence", "false"}, {"acks", "1"}}).empty());
}

TEST_CASE("an unknown setting is named, with the one that was meant") {
    CHECK(why_not({{"linger.mss", "5"}}) == "librdkafka has no setting \"linger.mss\": did you mean \"linger.ms\"?");
    CHECK(why_not({{"utterly.strange.name.of.nothing", "5"}}) ==
          "librdkafka has no setting \"utterly.strange.name.of.nothing\"");
}

TEST_CASE("a bad value is named with its setting and the reason") {
    CHECK(why_not({{"linger.ms", "soon"}}).find("bad value \"soon\" for the librdkafka setting \"linger.ms\": ") == 0);
    CHECK(why_not({{"security.protocol", "tls"}}).find("\"security.protocol\"") != std::string::npos);
}

TEST_CASE("settings that contradict each other are refused with librdkafka's reason") {
    const std::string why = why_not({{"acks", "0"}});
    CHECK(why.find("no Kafka producer with these settings: ") == 0);
    CHECK(why.find("acks") != std::string::npos);
    CHECK(why_not({{"max.in.flight", "50"}}).find("max.in.flight") != std::string::npos);
}

TEST_CASE("settings under which nothing would be delivered are refused") {
    CHECK(why_not({{"transactional.id", "x"}}).find("without transactions") != std::string::npos);
    CHECK(why_not({{"delivery.report.only.error", "true"}}).find("by its report") != std::string::npos);
}

TEST_CASE("a spool that is too small or has no name is refused") {
    Outbox::Settings settings;
    CHECK(Outbox::check(settings).error().message == "the spool has no file name: name one with --spool");
    settings.spool_path = "s";
    settings.spool_bytes = 1000;
    CHECK(Outbox::check(settings).error().message.find("too small") != std::string::npos);
}

TEST_CASE("settings of the user win over the outbox's own") {
    // A limit of 2000 bytes is librdkafka's answer to a message of 3000.
    const test::MockCluster cluster;
    OutboxBench bench(cluster.brokers());
    bench.settings.create_topics = true;
    bench.settings.config.emplace_back("message.max.bytes", "2000");
    Outbox& outbox = bench.open();
    CHECK(outbox.offer({.topic = "t", .key = "k", .payload = std::string(3000, 'x')}));
    CHECK(outbox.offer({.topic = "t", .key = "k", .payload = std::string(1000, 'x')}));
    CHECK(bench.work_until_empty());
    CHECK(outbox.status().dropped_too_large == 1);
    CHECK(outbox.status().delivered == 1);
}
