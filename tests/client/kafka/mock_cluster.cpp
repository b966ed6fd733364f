#include "tests/client/kafka/mock_cluster.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <utility>

namespace muxtap::test {

namespace {

constexpr std::int16_t produce_request = 0;

rd_kafka_t* make(rd_kafka_type_t type, const std::vector<std::pair<std::string, std::string>>& settings) {
    std::array<char, 512> reason{};
    rd_kafka_conf_t* const conf = rd_kafka_conf_new();
    for (const auto& [name, value] : settings)
        if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size()) != RD_KAFKA_CONF_OK)
            throw std::runtime_error(reason.data());
    rd_kafka_t* const handle = rd_kafka_new(type, conf, reason.data(), reason.size());
    if (handle == nullptr) throw std::runtime_error(reason.data());
    return handle;
}

}  // namespace

struct MockCluster::Implementation {
    rd_kafka_t* handle = nullptr;
    rd_kafka_mock_cluster_t* cluster = nullptr;
};

MockCluster::MockCluster(int brokers) : implementation_(std::make_unique<Implementation>()) {
    implementation_->handle = make(RD_KAFKA_PRODUCER, {});
    implementation_->cluster = rd_kafka_mock_cluster_new(implementation_->handle, brokers);
}

MockCluster::~MockCluster() {
    rd_kafka_mock_cluster_destroy(implementation_->cluster);
    rd_kafka_destroy(implementation_->handle);
}

std::string MockCluster::brokers() const {
    return rd_kafka_mock_cluster_bootstraps(implementation_->cluster);
}

void MockCluster::create(const std::string& topic, int partitions) {
    rd_kafka_mock_topic_create(implementation_->cluster, topic.c_str(), partitions, 1);
}

void MockCluster::fail_produce(const std::vector<int>& codes) {
    std::vector<rd_kafka_resp_err_t> errors;
    for (const int code : codes) errors.push_back(static_cast<rd_kafka_resp_err_t>(code));
    rd_kafka_mock_push_request_errors_array(implementation_->cluster, produce_request, errors.size(), errors.data());
}

void MockCluster::forget_failures() {
    rd_kafka_mock_clear_request_errors(implementation_->cluster, produce_request);
}

void MockCluster::topic_error(const std::string& topic, int code) {
    rd_kafka_mock_topic_set_error(implementation_->cluster, topic.c_str(), static_cast<rd_kafka_resp_err_t>(code));
}

void MockCluster::leader(const std::string& topic, int partition, int broker) {
    rd_kafka_mock_partition_set_leader(implementation_->cluster, topic.c_str(), partition, broker);
}

void MockCluster::down() {
    rd_kafka_mock_broker_set_down(implementation_->cluster, -1);
}

void MockCluster::up() {
    rd_kafka_mock_broker_set_up(implementation_->cluster, -1);
}

void MockCluster::round_trip(std::chrono::milliseconds time) {
    rd_kafka_mock_broker_set_rtt(implementation_->cluster, -1, static_cast<int>(time.count()));
}

bool MockCluster::has(const std::string& topic) const {
    rd_kafka_t* const asking = make(RD_KAFKA_CONSUMER, {{"bootstrap.servers", brokers()}});
    const rd_kafka_metadata_t* answer = nullptr;
    bool there = false;
    if (rd_kafka_metadata(asking, 1, nullptr, &answer, 5000) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        for (int at = 0; at < answer->topic_cnt; ++at) there |= topic == answer->topics[at].topic;
        rd_kafka_metadata_destroy(answer);
    }
    rd_kafka_destroy(asking);
    return there;
}

struct TopicReader::Implementation {
    rd_kafka_t* consumer = nullptr;
    int partitions = 0;
    std::vector<kafka::Message> messages;
};

TopicReader::TopicReader(const std::string& brokers, const std::string& topic, int partitions)
    : implementation_(std::make_unique<Implementation>()) {
    implementation_->partitions = partitions;
    implementation_->consumer = make(RD_KAFKA_CONSUMER, {{"bootstrap.servers", brokers},
                                                         {"group.id", "test"},
                                                         {"enable.partition.eof", "true"},
                                                         {"enable.auto.commit", "false"},
                                                         {"auto.offset.reset", "earliest"},
                                                         {"reconnect.backoff.max.ms", "200"},
                                                         {"fetch.error.backoff.ms", "20"},
                                                         {"fetch.wait.max.ms", "20"}});
    rd_kafka_topic_partition_list_t* const list = rd_kafka_topic_partition_list_new(partitions);
    for (int at = 0; at < partitions; ++at)
        rd_kafka_topic_partition_list_add(list, topic.c_str(), at)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(implementation_->consumer, list);
    rd_kafka_topic_partition_list_destroy(list);
}

TopicReader::~TopicReader() {
    rd_kafka_destroy(implementation_->consumer);
}

std::vector<kafka::Message> TopicReader::read() {
    Implementation& own = *implementation_;
    std::set<std::int32_t> ended;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::cmp_less(ended.size(), own.partitions) && std::chrono::steady_clock::now() < deadline) {
        rd_kafka_message_t* const got = rd_kafka_consumer_poll(own.consumer, 100);
        if (got == nullptr) continue;
        if (got->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) ended.insert(got->partition);
        if (got->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            ended.erase(got->partition);
            kafka::Message message{.topic = rd_kafka_topic_name(got->rkt)};
            message.key.assign(static_cast<const char*>(got->key), got->key_len);
            message.payload.assign(static_cast<const char*>(got->payload), got->len);
            message.time = from_unix_ns(rd_kafka_message_timestamp(got, nullptr) * 1'000'000);
            rd_kafka_headers_t* headers = nullptr;
            if (rd_kafka_message_headers(got, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
                const char* name = nullptr;
                const void* value = nullptr;
                std::size_t size = 0;
                for (std::size_t at = 0;
                     rd_kafka_header_get_all(headers, at, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++at)
                    message.headers.push_back({name, std::string(static_cast<const char*>(value), size)});
            }
            own.messages.push_back(std::move(message));
        }
        rd_kafka_message_destroy(got);
    }
    return own.messages;
}

std::map<std::string, std::vector<std::uint64_t>> first_arrivals(const std::vector<kafka::Message>& messages) {
    std::map<std::string, std::vector<std::uint64_t>> arrivals;
    for (const kafka::Message& message : messages) {
        const std::size_t begin = message.payload.find('#') + 1;
        const std::uint64_t number = std::stoull(message.payload.substr(begin));
        std::vector<std::uint64_t>& numbers = arrivals[message.key];
        if (std::find(numbers.begin(), numbers.end(), number) == numbers.end()) numbers.push_back(number);
    }
    return arrivals;
}

std::vector<std::uint64_t> up_to(std::uint64_t count) {
    std::vector<std::uint64_t> numbers;
    for (std::uint64_t number = 1; number <= count; ++number) numbers.push_back(number);
    return numbers;
}

}  // namespace muxtap::test
