#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "client/kafka/outbox.h"
#include "tests/client/kafka/messages.h"
#include "tests/client/kafka/mock_cluster.h"
#include "tests/support/temp_folder.h"

namespace muxtap::test {

inline app::Log& quiet() {
    static app::Log log({.program = "test", .silent = true});
    return log;
}

/// An outbox with a spool in a folder of its own, that can be opened again.
struct OutboxBench {
    explicit OutboxBench(const std::string& brokers) {
        settings.brokers = brokers;
        settings.spool_path = folder / "spool";
        // Outages of tests are short.
        settings.config = {{"reconnect.backoff.ms", "20"},
                           {"reconnect.backoff.max.ms", "100"},
                           {"retry.backoff.ms", "20"},
                           {"topic.metadata.refresh.fast.interval.ms", "50"}};
    }

    /// A broker that has refused a request refuses those behind it by their sequence numbers. The mock does not look at
    /// these and takes them, and for librdkafka all before what was taken is there: so none is to be behind another.
    void one_request_at_a_time() { settings.config.emplace_back("max.in.flight.requests.per.connection", "1"); }

    kafka::Outbox& open() {
        auto opened = kafka::Outbox::open(settings, quiet());
        if (!opened) FAIL(opened.error().message);
        outbox = std::move(*opened);
        return *outbox;
    }

    /// Works until it is so; false when it is not within a minute.
    bool work_until(const std::function<bool(const kafka::OutboxStatus&)>& so) const {
        const SteadyTime deadline = steady_now() + std::chrono::minutes(1);
        while (!so(outbox->status())) {
            if (steady_now() > deadline) {
                UNSCOPED_INFO("problem: " << outbox->status().problem << " waiting " << outbox->status().waiting);
                return false;
            }
            outbox->do_work(std::chrono::milliseconds(20));
        }
        return true;
    }
    bool work_until_empty() const {
        return work_until([](const kafka::OutboxStatus& status) { return status.waiting == 0; });
    }

    TempFolder folder;
    kafka::Outbox::Settings settings;
    std::unique_ptr<kafka::Outbox> outbox;
};

}  // namespace muxtap::test
