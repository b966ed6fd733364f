// outbox_speed BROKERS|mock|away COUNT BYTES [TOPIC] [create]: what the outbox costs, in figures for people.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>

#include "client/kafka/outbox.h"
#include "tests/client/kafka/mock_cluster.h"
#include "tests/support/temp_folder.h"

namespace {

using namespace muxtap;

double cpu_seconds() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string field(const char* file, const std::string& name) {
    std::ifstream in(file);
    for (std::string word; in >> word;)
        if (word == name && in >> word) return word;
    return "?";
}

/// As a record of a stream looks: names that repeat, figures that do not.
std::string record(std::mt19937& random, std::size_t bytes) {
    std::string text = "{\"schema\":\"muxtap.metrics/1\",\"pids\":[";
    while (text.size() < bytes)
        text += "{\"pid\":" + std::to_string(random() % 8192) + ",\"packets\":" + std::to_string(random()) +
                ",\"rate\":{\"window_bps\":" + std::to_string(random() % 20000000) +
                ",\"total_bps\":" + std::to_string(random() % 20000000) +
                "},\"continuity\":{\"lost\":0,\"duplicates\":0},\"scrambled\":false,\"jitter_ns\":" +
                std::to_string(random() % 1000000) + "},";
    return text + "]}";
}

}  // namespace

int main(int argument_count, char** arguments) {
    if (argument_count < 4) return 2;
    const std::string where = arguments[1];
    const std::uint64_t count = std::stoull(arguments[2]);
    const std::size_t bytes = std::stoull(arguments[3]);
    const std::string topic = argument_count > 4 ? arguments[4] : "t";
    std::unique_ptr<test::MockCluster> cluster;
    if (where == "mock") {
        cluster = std::make_unique<test::MockCluster>();
        cluster->create(topic);
    }
    const test::TempFolder folder;
    app::Log log({.program = "outbox_speed", .debug = false});
    kafka::Outbox::Settings settings;
    settings.brokers = cluster ? cluster->brokers() : where == "away" ? "127.0.0.1:1" : where;
    settings.spool_path = folder / "spool";
    settings.create_topics = argument_count > 5;
    auto outbox = kafka::Outbox::open(settings, log);
    if (!outbox) {
        std::fprintf(stderr, "%s\n", outbox.error().message.c_str());
        return 1;
    }
    std::mt19937 random(1);
    std::vector<std::string> records;
    for (int at = 0; at < 50; ++at) records.push_back(record(random, bytes));
    const double cpu = cpu_seconds();
    const auto begin = std::chrono::steady_clock::now();
    for (std::uint64_t number = 0; number < count; ++number) {
        while ((*outbox)->status().memory_bytes > settings.memory_bytes / 2)
            (*outbox)->do_work(std::chrono::milliseconds(1));
        if (!(*outbox)->offer({.topic = topic, .key = "k", .payload = records[number % records.size()]})) return 1;
        // As 100 streams come: together.
        if (number % 100 == 99) (*outbox)->do_work(std::chrono::milliseconds(0));
    }
    if (where != "away") {
        for (int tries = 0; (*outbox)->status().waiting > 0 && tries < 20'000; ++tries)
            (*outbox)->do_work(std::chrono::milliseconds(1));
    } else {
        while ((*outbox)->status().memory_bytes > 0) (*outbox)->do_work(std::chrono::milliseconds(1));
    }
    const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
    const kafka::OutboxStatus status = (*outbox)->status();
    std::printf("%.0f messages/s, %.0f us CPU per message, delivered %lu, waiting %lu, spool %.1f MB, problem \"%s\"\n",
                static_cast<double>(count) / time.count(), (cpu_seconds() - cpu) * 1e6 / static_cast<double>(count),
                static_cast<unsigned long>(status.delivered), static_cast<unsigned long>(status.waiting),
                static_cast<double>(status.spool_bytes) / 1e6, status.problem.c_str());
    std::printf("written to files %s bytes, resident now %s kB, at most %s kB\n",
                field("/proc/self/io", "wchar:").c_str(), field("/proc/self/status", "VmRSS:").c_str(),
                field("/proc/self/status", "VmHWM:").c_str());
}
