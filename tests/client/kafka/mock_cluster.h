#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/kafka/message.h"

namespace muxtap::test {

/// A Kafka of librdkafka's own making, on loopback, that fails on request.
class MockCluster {
public:
    explicit MockCluster(int brokers = 1);
    ~MockCluster();
    MockCluster(const MockCluster&) = delete;
    MockCluster& operator=(const MockCluster&) = delete;

    [[nodiscard]] std::string brokers() const;
    void create(const std::string& topic, int partitions = 1);
    /// The next produce requests are answered with these error codes of Kafka (0: none); -195 ends the connection.
    void fail_produce(const std::vector<int>& codes);
    void forget_failures();
    /// Every question about the topic is answered with this error; 0 ends that.
    void topic_error(const std::string& topic, int code);
    void leader(const std::string& topic, int partition, int broker);
    void down();
    void up();
    void round_trip(std::chrono::milliseconds time);

    /// Whether the topic is there, asked without creating it.
    [[nodiscard]] bool has(const std::string& topic) const;

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

/// Reads what is in topics, all partitions, from the beginning. Each partition's messages are in its order.
class TopicReader {
public:
    TopicReader(const std::string& brokers, const std::string& topic, int partitions = 1);
    ~TopicReader();
    TopicReader(const TopicReader&) = delete;
    TopicReader& operator=(const TopicReader&) = delete;

    /// Everything that is there now.
    [[nodiscard]] std::vector<kafka::Message> read();

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

/// Numbers of the messages by key, in the order in which each first arrived.
[[nodiscard]] std::map<std::string, std::vector<std::uint64_t>> first_arrivals(
    const std::vector<kafka::Message>& messages);
/// 1, 2, ... count.
[[nodiscard]] std::vector<std::uint64_t> up_to(std::uint64_t count);

}  // namespace muxtap::test
