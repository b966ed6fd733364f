#include <algorithm>
#include <set>

#include "common/base/utf8.h"
#include "tests/client/metrics/records/sample_records.h"
#include "tests/support/parsed_json.h"

using namespace muxtap;
using namespace muxtap::metrics;
using test::parsed;
using test::text;

namespace {

std::vector<std::string> names_in(const std::string& json) {
    std::vector<std::string> names;
    const auto record = parsed(json);
    if (record.HasMember("trimmed"))
        for (const auto& name : record["trimmed"].GetArray()) names.push_back(text(name));
    return names;
}

/// Trims to every limit from the whole size down in small steps: the smallest size reached.
std::size_t check_all_limits(const std::string& whole) {
    std::size_t smallest = whole.size();
    const std::size_t step = whole.size() / 200 + 1;
    for (std::size_t limit = whole.size(); limit > step; limit -= step) {
        std::string json = whole;
        if (!trim_json(json, limit)) {
            CHECK(json == whole);
            continue;
        }
        REQUIRE(json.size() <= limit);
        REQUIRE(is_utf8(json));
        REQUIRE(parsed(json).IsObject());
        REQUIRE((limit >= whole.size() || json.size() < whole.size()));
        smallest = std::min(smallest, json.size());
    }
    return smallest;
}

std::string large_record() {
    static const std::string json =
        to_json(test::records_of(
                    test::Multiplex({.seconds = 2, .bitrate = 20'000'000, .programs = 8, .pid_step = 0x40}), 20'000'000)
                    .back());
    return json;
}

}  // namespace

TEST_CASE("a record within the limit stays as it is") {
    const std::string whole = to_json(test::full_record());
    std::string json = whole;
    CHECK(trim_json(json, whole.size()));
    CHECK(json == whole);
    CHECK(names_in(json).empty());
}

TEST_CASE("a record over the limit loses its histograms first") {
    std::string json = to_json(test::full_record());
    REQUIRE(trim_json(json, json.size() - 1));
    CHECK(names_in(json) == std::vector<std::string>{"histograms"});
    const auto record = parsed(json);
    CHECK(record["report"]["arrival"]["histogram_us"].Empty());
    CHECK_FALSE(record["report"]["tables"].Empty());
}

TEST_CASE("what is taken out is named in the order in which it goes") {
    std::vector<std::string> longest;
    const std::string whole = to_json(test::full_record());
    for (std::size_t limit = whole.size(); limit > 0; limit -= std::min<std::size_t>(limit, 50)) {
        std::string json = whole;
        if (!trim_json(json, limit)) break;
        const auto names = names_in(json);
        REQUIRE(names.size() >= longest.size());
        CHECK(std::equal(longest.begin(), longest.end(), names.begin()));
        longest = names;
    }
    CHECK(longest.back() == "worker.sinks");
    CHECK(std::set<std::string>(longest.begin(), longest.end()).size() == longest.size());
}

TEST_CASE("identity, totals, rate, loss and the states of the indicators are left to the end") {
    std::string json;
    const std::string whole = large_record();
    for (std::size_t limit = whole.size(); limit > 0; limit -= 100) {
        std::string smaller = whole;
        if (!trim_json(smaller, limit)) break;
        json = smaller;
    }
    const auto record = parsed(json);
    for (const char* const key : {"probe", "stream", "epoch", "seq", "time_ns", "interval_ns", "state", "source",
                                  "probe_totals", "loss", "worker"})
        CHECK(record.HasMember(key));
    CHECK(record["report"]["totals"]["packets"].GetUint64() > 0);
    CHECK(record["report"]["rate"]["arrival"]["average_bps"].GetUint64() > 0);
    CHECK(record["report"]["tr101290"].MemberCount() == analyzer::indicator_count);
    CHECK(json.size() < whole.size() / 4);
}

TEST_CASE("records trimmed to any limit are JSON within it, or left as they were") {
    CHECK(check_all_limits(to_json(test::full_record())) < 8'000);
    CHECK(check_all_limits(to_json(test::hostile_record())) < 8'000);
    CHECK(check_all_limits(to_json(test::full_event_record())) < 1'000);
    CHECK(check_all_limits(to_rsprobe_json(test::full_record())) < 4'000);
    CHECK(check_all_limits(to_rsprobe_json(test::hostile_record())) < 4'000);
}

TEST_CASE("what cannot be made small enough is left as it was") {
    for (const std::string& whole :
         {to_json(test::full_record()), to_json(test::full_event_record()), to_rsprobe_json(test::full_record())}) {
        std::string json = whole;
        CHECK_FALSE(trim_json(json, 100));
        CHECK(json == whole);
    }
}

TEST_CASE("what is no record is left as it was") {
    for (const std::string& whole : {std::string("{\"record\":\"muxtap.tomorrow/1\",\"text\":\"long\"}"),
                                     std::string("{\"record\":4,\"text\":\"long\"}"), std::string("{\"a\":1,\"b\":2}"),
                                     std::string("[1,2,3,4]"), std::string("{\"record\":"), std::string("not JSON")}) {
        std::string json = whole;
        CHECK_FALSE(trim_json(json, 5));
        CHECK(json == whole);
    }
}

TEST_CASE("an event loses its splice before its text is cut") {
    client::EventRecord event = test::full_event_record();
    event.event.text = std::string(2000, 'a');
    std::string json = to_json(event);
    REQUIRE(trim_json(json, 1500));
    CHECK(names_in(json) ==
          std::vector<std::string>{"splice.section_base64", "splice.segmentations", "splice", "text"});
    const std::string left = text(parsed(json)["text"]);
    CHECK(left.size() > 500);
    CHECK(left.substr(left.size() - 5) == "aa…");
}

TEST_CASE("a text is cut between characters") {
    client::EventRecord event = test::worker_event_record(client::WorkerEvent::log_line);
    event.event.text.clear();
    for (int i = 0; i < 500; ++i) event.event.text += "€";
    const std::string whole = to_json(event);
    for (std::size_t limit = whole.size() - 1; limit > whole.size() - 300; --limit) {
        std::string json = whole;
        REQUIRE(trim_json(json, limit));
        REQUIRE(is_utf8(json));
        REQUIRE(json.size() <= limit);
        REQUIRE(text(parsed(json)["text"]).find('?') == std::string::npos);
    }
}

TEST_CASE("a record can be trimmed again") {
    std::string json = to_json(test::full_record());
    REQUIRE(trim_json(json, json.size() - 1));
    const std::size_t before = json.size();
    REQUIRE(trim_json(json, before - 1));
    CHECK(names_in(json) == std::vector<std::string>{"histograms", "report.pids.sections"});
    client::EventRecord event = test::worker_event_record(client::WorkerEvent::log_line);
    event.event.text = std::string(2000, 'a');
    json = to_json(event);
    REQUIRE(trim_json(json, 1500));
    REQUIRE(trim_json(json, 1000));
    CHECK(names_in(json) == std::vector<std::string>{"text"});
}

TEST_CASE("the flat record loses the PIDs with the highest numbers, whole ones") {
    std::string json = to_rsprobe_json(test::example_record());
    const std::size_t size = json.size();
    REQUIRE(trim_json(json, size - 4000));
    const auto record = parsed(json);
    CHECK(text(record["trimmed"]).find("streams") != std::string::npos);
    CHECK(record.HasMember("streams.0.packet_count"));
    CHECK(record.HasMember("streams.0.pts"));
    CHECK(json.find("streams.8191.") == std::string::npos);
    CHECK_FALSE(record["pid_map"].Empty());
    CHECK(json.size() > size - 7000);
}

TEST_CASE("the flat record of a stream with every PID is trimmed like any other") {
    IntervalRecord sample = test::full_record();
    analyzer::Report report = *sample.report;
    const analyzer::PidReport pid = report.pids[2];
    report.pids.assign(ts::pid_count, pid);
    for (std::size_t i = 0; i < report.pids.size(); ++i) report.pids[i].pid = static_cast<ts::Pid>(i);
    sample.report = std::make_shared<analyzer::Report>(std::move(report));
    std::string json = to_rsprobe_json(sample);
    REQUIRE(trim_json(json, 1'000'000));
    CHECK(json.size() > 990'000);
    CHECK(json.find("streams.0.pts") != std::string::npos);
    CHECK(json.find("streams.8191.") == std::string::npos);
    json = to_json(sample);
    REQUIRE(trim_json(json, 1'000'000));
    CHECK(parsed(json)["report"]["tr101290"].MemberCount() == analyzer::indicator_count);
}

TEST_CASE("numbers come through trimming as they were") {
    IntervalRecord sample = test::full_record();
    sample.probe.totals.bytes = UINT64_MAX;
    sample.probe.last_packet = from_unix_ns(INT64_MIN);
    std::string json = to_json(sample);
    const auto whole = parsed(json);
    REQUIRE(trim_json(json, json.size() - 1));
    const auto left = parsed(json);
    CHECK(left["probe_totals"]["bytes"].GetUint64() == UINT64_MAX);
    CHECK(left["last_packet_ns"].GetInt64() == INT64_MIN);
    CHECK((left["host"] == whole["host"]));
    CHECK((left["report"]["rate"] == whole["report"]["rate"]));
}
