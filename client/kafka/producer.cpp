#include "client/kafka/producer.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafkacpp.h>

#include <algorithm>
#include <array>
#include <utility>

#include "client/kafka/producer_config.h"

namespace muxtap::kafka {

namespace {

struct FreeQueue {
    void operator()(rd_kafka_queue_t* queue) const noexcept { rd_kafka_queue_destroy(queue); }
};
struct FreeEvent {
    void operator()(rd_kafka_event_t* event) const noexcept { rd_kafka_event_destroy(event); }
};
struct FreeTopic {
    void operator()(rd_kafka_NewTopic_t* topic) const noexcept { rd_kafka_NewTopic_destroy(topic); }
};
struct FreeOptions {
    void operator()(rd_kafka_AdminOptions_t* options) const noexcept { rd_kafka_AdminOptions_destroy(options); }
};

constexpr int create_topic_patience_ms = 10'000;

Outcome outcome_of(RdKafka::ErrorCode code) noexcept {
    switch (code) {
        case RdKafka::ERR_NO_ERROR: return Outcome::delivered;
        case RdKafka::ERR__PURGE_QUEUE:
        case RdKafka::ERR__PURGE_INFLIGHT: return Outcome::purged;
        case RdKafka::ERR__UNKNOWN_TOPIC:
        case RdKafka::ERR__UNKNOWN_PARTITION:
        case RdKafka::ERR_UNKNOWN_TOPIC_OR_PART: return Outcome::topic_missing;
        case RdKafka::ERR_TOPIC_EXCEPTION:
        case RdKafka::ERR_TOPIC_AUTHORIZATION_FAILED: return Outcome::topic_refused;
        case RdKafka::ERR_MSG_SIZE_TOO_LARGE:
        case RdKafka::ERR_RECORD_LIST_TOO_LARGE: return Outcome::too_large;
        default: return Outcome::failed;
    }
}

/// Collects what librdkafka says while it is polled, on the polling thread.
class Collector : public RdKafka::DeliveryReportCb, public RdKafka::EventCb {
public:
    void dr_cb(RdKafka::Message& message) override {
        reports.push_back({.entry = static_cast<Entry*>(message.msg_opaque()),
                           .outcome = outcome_of(message.err()),
                           .reason = message.err() == RdKafka::ERR_NO_ERROR ? std::string() : message.errstr()});
    }

    void event_cb(RdKafka::Event& event) override {
        using Kind = BrokerEvent::Kind;
        if (event.type() == RdKafka::Event::EVENT_LOG) {
            events.push_back({Kind::log, event.fac() + ": " + event.str()});
        } else if (event.type() == RdKafka::Event::EVENT_ERROR) {
            events.push_back({kind_of(event), event.str()});
        }
    }

    std::vector<Report> reports;
    std::vector<BrokerEvent> events;

private:
    static BrokerEvent::Kind kind_of(const RdKafka::Event& event) {
        using Kind = BrokerEvent::Kind;
        if (event.fatal()) return Kind::fatal;
        switch (event.err()) {
            case RdKafka::ERR__ALL_BROKERS_DOWN: return Kind::all_down;
            case RdKafka::ERR__AUTHENTICATION:
            case RdKafka::ERR_SASL_AUTHENTICATION_FAILED: return Kind::authentication;
            case RdKafka::ERR__SSL: return Kind::tls;
            default: return Kind::trouble;
        }
    }
};

}  // namespace

struct Producer::Implementation {
    Collector collector;
    std::unique_ptr<RdKafka::Producer> producer;
    std::unique_ptr<rd_kafka_queue_t, FreeQueue> main_queue;
    std::unique_ptr<rd_kafka_queue_t, FreeQueue> admin_queue;  ///< answers to our requests to create topics
    std::size_t message_limit = 0;
    bool met_broker = false;

    Implementation() = default;
    Implementation(const Implementation&) = delete;
    Implementation& operator=(const Implementation&) = delete;
    ~Implementation() {
        if (main_queue) rd_kafka_queue_io_event_enable(main_queue.get(), -1, nullptr, 0);
        // Queues must be gone before the producer.
        main_queue.reset();
        admin_queue.reset();
    }

    void take_topic_answers();
};

Producer::Producer(std::unique_ptr<Implementation> implementation) : implementation_(std::move(implementation)) {}
Producer::~Producer() = default;

Result<std::unique_ptr<Producer>> Producer::create(const Outbox::Settings& settings, bool single) {
    auto conf = producer_config(settings, single);
    if (!conf) return tl::unexpected(conf.error());
    auto own = std::make_unique<Implementation>();
    std::string reason;
    if ((*conf)->set("dr_cb", static_cast<RdKafka::DeliveryReportCb*>(&own->collector), reason) !=
            RdKafka::Conf::CONF_OK ||
        (*conf)->set("event_cb", static_cast<RdKafka::EventCb*>(&own->collector), reason) != RdKafka::Conf::CONF_OK)
        return fail("librdkafka: " + reason);
    std::string limit;
    if ((*conf)->get("message.max.bytes", limit) == RdKafka::Conf::CONF_OK) own->message_limit = std::stoul(limit);
    own->producer.reset(RdKafka::Producer::create(conf->get(), reason));
    if (!own->producer) return fail("no Kafka producer with these settings: " + reason);
    // From here on log lines come with the reports, in the polling thread.
    if (own->producer->set_log_queue(nullptr) != RdKafka::ERR_NO_ERROR) return fail("librdkafka: no queue for its log");
    own->main_queue.reset(rd_kafka_queue_get_main(own->producer->c_ptr()));
    own->admin_queue.reset(rd_kafka_queue_new(own->producer->c_ptr()));
    return std::unique_ptr<Producer>(new Producer(std::move(own)));
}

Producer::Taken Producer::produce(Entry& entry, Report& report) {
    Message& message = entry.message;
    std::unique_ptr<RdKafka::Headers> headers(message.headers.empty() ? nullptr : RdKafka::Headers::create());
    for (const MessageHeader& header : message.headers) headers->add(header.name, header.value);
    const std::int64_t time_ms = to_unix_ns(message.time) / 1'000'000;
    // The payload is not copied: it is ours until the report. Without a key the partition is librdkafka's choice.
    const RdKafka::ErrorCode code = implementation_->producer->produce(
        message.topic, RdKafka::Topic::PARTITION_UA, 0, message.payload.data(), message.payload.size(),
        message.key.empty() ? nullptr : message.key.data(), message.key.size(), time_ms, headers.get(), &entry);
    if (code == RdKafka::ERR_NO_ERROR) {
        [[maybe_unused]] const RdKafka::Headers* const theirs = headers.release();
        return Taken::taken;
    }
    if (code == RdKafka::ERR__QUEUE_FULL) return Taken::no_room;
    report = {.entry = &entry, .outcome = outcome_of(code), .reason = RdKafka::err2str(code)};
    return Taken::refused;
}

void Producer::take(std::vector<Report>& reports, std::vector<BrokerEvent>& events) {
    Implementation& own = *implementation_;
    while (own.producer->poll(0) > 0) {
    }
    own.take_topic_answers();
    std::move(own.collector.reports.begin(), own.collector.reports.end(), std::back_inserter(reports));
    own.collector.reports.clear();
    std::move(own.collector.events.begin(), own.collector.events.end(), std::back_inserter(events));
    own.collector.events.clear();
}

void Producer::wake_through(int descriptor) {
    const std::uint64_t one = 1;
    rd_kafka_queue_io_event_enable(implementation_->main_queue.get(), descriptor, &one, sizeof one);
}

void Producer::purge() {
    implementation_->producer->purge(RdKafka::Producer::PURGE_QUEUE | RdKafka::Producer::PURGE_INFLIGHT);
}

std::size_t Producer::outstanding() const {
    return static_cast<std::size_t>(std::max(0, implementation_->producer->outq_len()));
}

bool Producer::fatal() const {
    std::string ignored;
    return implementation_->producer->fatal_error(ignored) != RdKafka::ERR_NO_ERROR;
}

bool Producer::has_met_broker() const {
    // What is known is returned at once.
    if (!implementation_->met_broker) implementation_->met_broker = !implementation_->producer->clusterid(0).empty();
    return implementation_->met_broker;
}

std::size_t Producer::message_limit() const noexcept {
    return implementation_->message_limit;
}

void Producer::create_topic(const std::string& topic) {
    std::array<char, 256> reason{};
    rd_kafka_t* const handle = implementation_->producer->c_ptr();
    const std::unique_ptr<rd_kafka_NewTopic_t, FreeTopic> wanted(
        rd_kafka_NewTopic_new(topic.c_str(), -1, -1, reason.data(), reason.size()));
    if (!wanted) {
        implementation_->collector.events.push_back(
            {BrokerEvent::Kind::topic_creation, "topic \"" + topic + "\": " + reason.data()});
        return;
    }
    const std::unique_ptr<rd_kafka_AdminOptions_t, FreeOptions> options(
        rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS));
    rd_kafka_AdminOptions_set_request_timeout(options.get(), create_topic_patience_ms, reason.data(), reason.size());
    rd_kafka_NewTopic_t* topics = wanted.get();
    rd_kafka_CreateTopics(handle, &topics, 1, options.get(), implementation_->admin_queue.get());
}

void Producer::Implementation::take_topic_answers() {
    for (;;) {
        const std::unique_ptr<rd_kafka_event_t, FreeEvent> event(rd_kafka_queue_poll(admin_queue.get(), 0));
        if (!event) return;
        if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
            collector.events.push_back({BrokerEvent::Kind::topic_creation, rd_kafka_event_error_string(event.get())});
        const rd_kafka_CreateTopics_result_t* const result = rd_kafka_event_CreateTopics_result(event.get());
        std::size_t count = 0;
        const rd_kafka_topic_result_t** const topics =
            result == nullptr ? nullptr : rd_kafka_CreateTopics_result_topics(result, &count);
        for (std::size_t at = 0; at < count; ++at) {
            const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(topics[at]);
            if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
            const char* const why = rd_kafka_topic_result_error_string(topics[at]);
            collector.events.push_back(
                {BrokerEvent::Kind::topic_creation, std::string("topic \"") + rd_kafka_topic_result_name(topics[at]) +
                                                        "\": " + (why != nullptr ? why : rd_kafka_err2str(code))});
        }
    }
}

}  // namespace muxtap::kafka
