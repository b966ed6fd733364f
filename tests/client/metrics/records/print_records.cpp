#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/client/metrics/records/sample_records.h"

// Prints records of every kind, one a line, and then what is left of them when they are trimmed, for
// validate_records.py: "trimmed NUMBER LIMIT RECORD" of the record with that number, from 0.

namespace {

using namespace muxtap;
using namespace muxtap::test;

void add(std::vector<std::string>& lines, const std::vector<metrics::IntervalRecord>& records) {
    for (const metrics::IntervalRecord& record : records) lines.push_back(to_json(record));
}

void add_streams(std::vector<std::string>& lines) {
    Multiplex damaged({.seconds = 4});
    for (std::size_t number = 1500; number < 2000; number += 70) damaged.packet(number)[0] = 0;
    for (std::size_t number = 2000; number < 2500; number += 70) damaged.packet(number)[1] |= 0x80;
    for (std::size_t number = 2500; number < 3500; number += 70) damaged.lose(number);
    add(lines, records_of(damaged, 6'000'000, 3));
    add(lines, records_of(Multiplex({.seconds = 2, .dvb_tables = false}), 6'000'000));
    add(lines,
        records_of(Multiplex({.seconds = 2, .bitrate = 20'000'000, .programs = 8, .pid_step = 0x40}), 20'000'000));
}

void add_phases(std::vector<std::string>& lines) {
    metrics::IntervalRecord record = full_record();
    for (int phase = 0; phase <= static_cast<int>(metrics::StreamPhase::probe_silent); ++phase) {
        record.phase = static_cast<metrics::StreamPhase>(phase);
        lines.push_back(to_json(record));
    }
    record.host = std::make_shared<proto::HostFigures>();
    record.report = empty_record().report;
    lines.push_back(to_json(record));
}

void add_events(std::vector<std::string>& lines) {
    client::EventRecord record = full_event_record();
    record.event.indicator = analyzer::IndicatorId::pat_error_2;
    lines.push_back(to_json(record));
    record.event = {};
    for (int kind = 0; kind <= static_cast<int>(analyzer::EventKind::limit_reached); ++kind) {
        record.event.kind = static_cast<analyzer::EventKind>(kind);
        lines.push_back(to_json(record));
    }
    for (int kind = 0; kind <= static_cast<int>(client::WorkerEvent::pictures_skipped); ++kind)
        lines.push_back(to_json(worker_event_record(static_cast<client::WorkerEvent>(kind))));
    record = worker_event_record(client::WorkerEvent::caption);
    record.media = {.pts = ts::Timestamp::from_ticks(8'589'934'591),
                    .duration = std::chrono::milliseconds{2400},
                    .channel = "CC1",
                    .language = "eng",
                    .content = "Two lines,\n\"quoted\""};
    lines.push_back(to_json(record));
    record = worker_event_record(client::WorkerEvent::log_line);
    for (int i = 0; i < 300; ++i) record.event.text += "\x01 a ‘line’ of \xFF bytes, \"long\"\n";
    lines.push_back(to_json(record));
}

}  // namespace

int main() {
    std::vector<std::string> lines{to_json(full_record()), to_json(empty_record())};
    add_events(lines);
    lines.push_back(to_json(hostile_record()));
    add_phases(lines);
    add_streams(lines);
    for (const std::string& line : lines) std::puts(line.c_str());
    for (std::size_t number = 0; number < lines.size(); ++number) {
        const std::size_t step = lines[number].size() / 40 + 1;
        for (std::size_t limit = lines[number].size(); limit > step; limit -= step) {
            std::string line = lines[number];
            if (!metrics::trim_json(line, limit)) break;
            std::printf("trimmed %zu %zu %s\n", number, limit, line.c_str());
        }
    }
}
