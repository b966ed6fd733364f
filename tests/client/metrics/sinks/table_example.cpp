#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include "client/metrics/sinks/table_sink.h"
#include "tests/client/metrics/sinks/table_records.h"

/// Shows the live table with made-up streams, to look at it: table_example SECONDS STREAMS.
int main(int argc, char** argv) {
    using namespace muxtap;
    const int seconds = argc > 1 ? std::atoi(argv[1]) : 5;
    const int streams = argc > 2 ? std::atoi(argv[2]) : 12;
    metrics::TableSink sink(metrics::TableSink::settings_for(1));
    for (int second = 0; second < seconds; ++second) {
        sink.write(test::made_up_streams(streams, second));
        sink.write(test::made_up_events(second));
        if (second == 3) sink.note(from_unix_ns(test::start_ns), "kafka: the broker is back");
        for (int i = 0; i < 10; ++i) {
            sink.tick();
            std::this_thread::sleep_for(std::chrono::milliseconds{100});
        }
    }
    sink.finish(std::chrono::milliseconds{0});
    return 0;
}
