#include "client/kafka/producer_config.h"

#include <librdkafka/rdkafkacpp.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <list>
#include <string_view>
#include <vector>

#include "common/app/near_name.h"

namespace muxtap::kafka {

namespace {

using Pair = std::pair<std::string, std::string>;

struct Refused {
    std::string_view name;
    std::string_view why;
};
// Settings under which the outbox could not do what it promises.
constexpr std::array refused{
    Refused{"transactional.id", "messages are delivered without transactions"},
    Refused{"delivery.report.only.error", "what is delivered leaves the spool by its report"},
    Refused{"log.queue", "librdkafka's log is read in one thread"},
    Refused{"group.id", "this is a producer"},
};

std::vector<std::string> known_names() {
    // Aliases are not listed with the others.
    std::vector<std::string> names{"linger.ms",        "acks",         "bootstrap.servers", "retries",
                                   "compression.type", "max.in.flight"};
    for (const auto kind : {RdKafka::Conf::CONF_GLOBAL, RdKafka::Conf::CONF_TOPIC}) {
        const std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(kind));
        const std::unique_ptr<std::list<std::string>> dump(conf ? conf->dump() : nullptr);
        if (!dump) continue;
        // Name, value, name, value ...
        for (auto at = dump->begin(); at != dump->end() && std::next(at) != dump->end(); std::advance(at, 2))
            names.push_back(*at);
    }
    return names;
}

Result<void> set(RdKafka::Conf& conf, const Pair& pair) {
    const auto& [name, value] = pair;
    std::string reason;
    switch (conf.set(name, value, reason)) {
        case RdKafka::Conf::CONF_OK: return {};
        case RdKafka::Conf::CONF_UNKNOWN: {
            std::string message = "librdkafka has no setting \"" + name + "\"";
            const std::vector<std::string> names = known_names();
            if (const auto near = app::nearest_name(name, names)) message += ": did you mean \"" + *near + "\"?";
            return fail(std::move(message));
        }
        default:
            // The reason ends with a line break now and then.
            while (!reason.empty() && reason.back() == '\n') reason.pop_back();
            return fail("bad value \"" + value + "\" for the librdkafka setting \"" + name + "\": " + reason);
    }
}

std::vector<Pair> own_settings(const Outbox::Settings& settings, bool single) {
    std::vector<Pair> own{
        {"client.id", "muxtap"},
        {"enable.idempotence", "true"},
        // Without it messages behind a refused one overtake its second try.
        {"enable.gapless.guarantee", "true"},
        {"acks", "all"},
        {"message.timeout.ms", "0"},
        {"compression.codec", settings.compression},
        {"linger.ms", "5"},
        {"statistics.interval.ms", "0"},
        // More than the window holds, so that the window is what counts.
        {"queue.buffering.max.messages", "10000"},
        {"queue.buffering.max.kbytes", "262144"},
        {"reconnect.backoff.max.ms", "2000"},
        {"socket.keepalive.enable", "true"},
        {"topic.metadata.propagation.max.ms", "2000"},
        {"allow.auto.create.topics", settings.create_topics ? "true" : "false"},
        {"log.connection.close", "false"},
        {"log.queue", "true"},
    };
    if (single) own.emplace_back("batch.size", "1");
    if (!settings.brokers.empty()) own.emplace_back("bootstrap.servers", settings.brokers);
    return own;
}

bool is_false(std::string_view value) {
    return value == "false" || value == "f" || value == "0";
}

}  // namespace

Result<std::unique_ptr<RdKafka::Conf>> producer_config(const Outbox::Settings& settings, bool single) {
    std::unique_ptr<RdKafka::Conf> conf(RdKafka::Conf::create(RdKafka::Conf::CONF_GLOBAL));
    if (!conf) return fail("librdkafka gives no configuration: out of memory");
    std::vector<Pair> own = own_settings(settings, single);
    for (const Pair& pair : settings.config) {
        for (const Refused& one : refused)
            if (pair.first == one.name)
                return fail("the librdkafka setting \"" + pair.first +
                            "\" cannot be used here: " + std::string(one.why));
        // The order of messages is then the user's own affair.
        if (pair.first == "enable.idempotence" && is_false(pair.second))
            std::erase_if(own, [](const Pair& one) { return one.first == "enable.gapless.guarantee"; });
    }
    for (const Pair& pair : own)
        if (auto done = set(*conf, pair); !done) return tl::unexpected(done.error());
    for (const Pair& pair : settings.config)
        if (auto done = set(*conf, pair); !done) return tl::unexpected(done.error());
    return conf;
}

}  // namespace muxtap::kafka
