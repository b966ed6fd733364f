#include "client/records/event_record.h"

#include "common/base/utf8.h"
#include "tests/analyzer/json/sample_reports.h"
#include "tests/support/parsed_json.h"

using namespace muxtap;
using namespace muxtap::client;
using test::number;
using test::parsed;
using test::text;

namespace {

EventRecord splice_record() {
    return {.identity = {.probe = "cap-a", .stream = "news", .epoch = 17, .seq = 1'763'600'000'000'001},
            .worker = {.name = "worker-1", .epoch = 18},
            .event = analyzer::full_event(),
            .worker_event = {},
            .file = {}};
}

EventRecord log_record(std::string line) {
    EventRecord record = splice_record();
    record.identity.probe.clear();
    record.identity.stream.clear();
    record.identity.epoch = 0;
    record.event = {};
    record.event.text = std::move(line);
    record.worker_event = WorkerEvent::log_line;
    record.file = "/var/log/syslog";
    return record;
}

}  // namespace

TEST_CASE("an event says which worker found it, and its number there") {
    const auto record = parsed(to_json(splice_record()));
    CHECK(text(record["record"]) == "muxtap.event/1");
    CHECK(text(record["probe"]) == "cap-a");
    CHECK(text(record["stream"]) == "news");
    CHECK(number(record["epoch"]) == 17);
    CHECK(number(record["seq"]) == 1'763'600'000'000'001);
    CHECK(text(record["worker"]["name"]) == "worker-1");
    CHECK(number(record["worker"]["epoch"]) == 18);
    CHECK_FALSE(record.HasMember("file"));
}

TEST_CASE("the analyzer's kinds keep packet and count, also when they are 0") {
    EventRecord record = splice_record();
    CHECK(record.kind_name() == "splice");
    record.event = {};
    record.event.kind = analyzer::EventKind::silence_began;
    const auto written = parsed(to_json(record));
    CHECK(text(written["kind"]) == "silence_began");
    CHECK(number(written["packet"]) == 0);
    CHECK(number(written["count"]) == 0);
}

TEST_CASE("a worker's kinds have no packet, and a count only where something is counted") {
    for (int kind = 0; kind <= static_cast<int>(WorkerEvent::pictures_skipped); ++kind) {
        EventRecord record = splice_record();
        record.event = {};
        record.worker_event = static_cast<WorkerEvent>(kind);
        const auto written = parsed(to_json(record));
        CHECK(text(written["kind"]) == key_name(static_cast<WorkerEvent>(kind)));
        CHECK(text(written["kind"]) == record.kind_name());
        CHECK_FALSE(written.HasMember("packet"));
        CHECK_FALSE(written.HasMember("count"));
    }
    EventRecord loss = splice_record();
    loss.worker_event = WorkerEvent::feed_loss;
    loss.event.count = 1400;
    CHECK(number(parsed(to_json(loss))["count"]) == 1400);
}

TEST_CASE("a line of a log is about its file and about no stream") {
    const auto record = parsed(to_json(log_record("eth0: link up")));
    CHECK(text(record["kind"]) == "log_line");
    CHECK(text(record["file"]) == "/var/log/syslog");
    CHECK(text(record["text"]) == "eth0: link up");
    for (const char* const key : {"probe", "stream", "epoch"}) CHECK_FALSE(record.HasMember(key));
}

TEST_CASE("a line of a log may hold any bytes") {
    std::string line;
    for (int byte = 0; byte < 256; ++byte) line.push_back(static_cast<char>(byte));
    const std::string json = to_json(log_record(line));
    CHECK(is_utf8(json));
    CHECK(json.find('\n') == std::string::npos);
    const std::string read = text(parsed(json)["text"]);
    CHECK(read.substr(0, 128) == line.substr(0, 128));
    CHECK(read.substr(128) == std::string(128, '?'));
}
