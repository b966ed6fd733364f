#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "client/metrics/sinks/prometheus_sink.h"
#include "tests/client/metrics/sinks/prometheus_records.h"

/// Prints expositions for prometheus_check.py.
namespace muxtap {
namespace {

using metrics::PrometheusSink;
using test::RecordMaker;

std::unique_ptr<PrometheusSink> sink_of(std::size_t pids = 64) {
    auto sink = PrometheusSink::open({.address = "127.0.0.1:0", .pids = pids});
    if (!sink) {
        std::cerr << sink.error().message << "\n";
        return nullptr;
    }
    return std::move(*sink);
}

/// Names and texts as an enemy would choose them.
std::vector<metrics::RecordPtr> hostile_records() {
    const std::vector<std::string> names = {
        "quote\"brace}\\ back\nline{a=\"b\"} 1",
        std::string("zero\0byte", 9),
        "\xff\xfe not UTF-8 \xc3",
        "\xff\xfd not UTF-8 \xc3",
        std::string(5000, 'x'),
        std::string(5000, 'x') + "y",
        "# HELP muxtap_stream_packets_total\r\n",
        "\xe2\x80\xa8 line separator \xc2\x85",
        "",
        "日本語",
    };
    std::vector<metrics::RecordPtr> records;
    for (const std::string& name : names) {
        RecordMaker maker(name, name);
        maker.fill(3);
        maker.add_program(2, name).info.provider_name = name;
        maker.add_program(2, name);  // one number twice
        maker.report.pids.push_back(maker.report.pids.front());
        maker.interval.source.interface = name;
        maker.host.interfaces = {{.name = name, .received_bytes = 1}, {.name = name, .received_bytes = 2}};
        maker.host.disks.push_back(maker.host.disks.front());
        maker.figures.sinks = {{.name = name, .problem = {}}, {.name = name, .problem = {}}};
        maker.figures.version = name;
        maker.report.rate.null_share_window = 0.0 / 0.0 * (name.empty() ? 1.0 : 0.0);
        records.push_back(maker.make());
    }
    return records;
}

int time_large() {
    std::vector<metrics::RecordPtr> records;
    for (int i = 0; i < 100; ++i) {
        records.push_back(RecordMaker("239.1.1." + std::to_string(i) + ":5000").fill(20).make());
    }
    const auto sink = sink_of();
    if (!sink) return 1;
    using Clock = std::chrono::steady_clock;
    const auto milliseconds = [](Clock::duration d) { return std::chrono::duration<double, std::milli>(d).count(); };
    const auto start = Clock::now();
    constexpr int rounds = 20;
    for (int i = 0; i < rounds; ++i) sink->write(records);
    const auto written = Clock::now();
    std::string text;
    for (int i = 0; i < rounds; ++i) text = sink->exposition();
    const auto scraped = Clock::now();
    std::fprintf(stderr, "100 streams of 20 PIDs: %.1f ms to take their records, a scrape %.1f ms, %.2f MB\n",
                 milliseconds(written - start) / rounds, milliseconds(scraped - written) / rounds,
                 static_cast<double>(text.size()) / 1e6);
    std::cout << text;
    return 0;
}

int run(const std::string& what) {
    if (what == "large") return time_large();
    const auto sink = sink_of();
    if (!sink) return 1;
    if (what == "full") {
        sink->write(std::vector{RecordMaker().fill(5).make(), RecordMaker("239.1.1.2:5000").fill(3).make(),
                                test::event_of("239.1.1.1:5000", analyzer::EventKind::splice)});
    } else if (what == "hostile") {
        sink->write(hostile_records());
    } else if (what != "empty") {
        std::cerr << "prometheus_example full|hostile|empty|large\n";
        return 2;
    }
    std::cout << sink->exposition();
    return 0;
}

}  // namespace
}  // namespace muxtap

int main(int argc, char** argv) {
    return muxtap::run(argc > 1 ? argv[1] : "");
}
