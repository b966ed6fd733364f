#include <chrono>
#include <cstdio>

#include "tests/client/metrics/records/sample_records.h"

// Prints the size of records and what it takes to write them: one program, and a multiplex of 66.

namespace {

using namespace muxtap;

template <typename Write>
void measure(const char* name, const metrics::IntervalRecord& record, const Write& write) {
    constexpr int rounds = 200;
    std::size_t bytes = 0;
    const SteadyTime begin = steady_now();
    for (int i = 0; i < rounds; ++i) bytes += write(record).size();
    const double each = std::chrono::duration<double, std::micro>(steady_now() - begin).count() / rounds;
    std::printf("%s: %zu bytes, %.0f us\n", name, bytes / rounds, each);
}

void measure_stream(const char* name, const test::MultiplexPlan& plan) {
    const metrics::IntervalRecord record = test::records_of(test::Multiplex(plan), plan.bitrate).back();
    std::printf("%s, %zu PIDs, %zu tables\n", name, record.report->pids.size(), record.report->tables.size());
    measure("  muxtap.metrics/1", record, [](const auto& item) { return to_json(item); });
    measure("  rsprobe", record, [](const auto& item) { return to_rsprobe_json(item); });
    measure("  muxtap.metrics/1 trimmed to a third", record, [](const auto& item) {
        std::string json = to_json(item);
        (void)metrics::trim_json(json, json.size() / 3);
        return json;
    });
}

}  // namespace

int main() {
    measure_stream("1 program", {.seconds = 5, .bitrate = 6'000'000});
    measure_stream("66 programs", {.seconds = 3,
                                   .bitrate = 150'000'000,
                                   .programs = 66,
                                   .pid_step = 0x40,
                                   .dvb_tables = true,
                                   .video_bitrate = 1'500'000});
}
