#include "common/base/utf8.h"
#include "tests/client/metrics/records/sample_records.h"
#include "tests/support/parsed_json.h"

using namespace muxtap;
using namespace muxtap::metrics;
using test::number;
using test::parsed;
using test::text;

TEST_CASE("an interval record says whose interval it is") {
    const auto record = parsed(to_json(test::full_record()));
    CHECK(text(record["record"]) == "muxtap.metrics/1");
    CHECK(text(record["probe"]) == "cap-a");
    CHECK(text(record["stream"]) == "239.1.1.1:5000");
    CHECK(record["epoch"].GetUint64() == test::sample_epoch);
    CHECK(number(record["seq"]) == number(record["time_ns"]) / number(record["interval_ns"]));
    CHECK(number(record["time_ns"]) % number(record["interval_ns"]) == 0);
    CHECK(text(record["source"]["dst_ip"]) == "239.1.1.1");
    CHECK(text(record["worker"]["name"]) == "worker-1");
}

TEST_CASE("each loss stands at the place where it happened") {
    const auto record = parsed(to_json(test::full_record()));
    const auto& loss = record["loss"];
    CHECK(number(loss["network"]["rtp_lost_packets"]) == 1);
    CHECK(number(loss["network"]["rtp_reordered_packets"]) == 2);
    CHECK(number(loss["network"]["continuity_lost_packets"]) == 3);
    CHECK(number(loss["capture_host"]["kernel_dropped_frames"]) == 4);
    CHECK(number(loss["probe"]["queue_dropped_packets"]) == 5);
    CHECK(number(loss["feed"]["lost_batches"]) == 6);
    CHECK(number(loss["feed"]["lost_packets"]) == 7);
}

TEST_CASE("the state of a stream has a name for each phase") {
    IntervalRecord record = test::full_record();
    const std::vector<std::string> names = {"waiting", "live", "silent", "ended", "probe_silent"};
    for (std::size_t i = 0; i < names.size(); ++i) {
        record.phase = static_cast<StreamPhase>(i);
        CHECK(text(parsed(to_json(record))["state"]) == names[i]);
    }
}

TEST_CASE("host and log line are left out when there are none") {
    const auto with = parsed(to_json(test::full_record()));
    CHECK(text(with["host"]["host_name"]) == "capture-1");
    CHECK(text(with["log_line"]).find("link up") != std::string::npos);
    const auto without = parsed(to_json(test::empty_record()));
    CHECK_FALSE(without.HasMember("host"));
    CHECK_FALSE(without.HasMember("log_line"));
    CHECK_FALSE(without.HasMember("trimmed"));
}

TEST_CASE("a sink with a problem says which, one without says none") {
    const auto record = parsed(to_json(test::full_record()));
    const auto& sinks = record["worker"]["sinks"];
    CHECK_FALSE(sinks[0]["healthy"].GetBool());
    CHECK(text(sinks[0]["problem"]).find("Connection refused") != std::string::npos);
    CHECK(sinks[1]["healthy"].GetBool());
    CHECK_FALSE(sinks[1].HasMember("problem"));
}

TEST_CASE("texts that are not UTF-8 come out as UTF-8, on one line") {
    for (const std::string& json : {to_json(test::hostile_record()), to_rsprobe_json(test::hostile_record())}) {
        CHECK(is_utf8(json));
        CHECK(json.find('\n') == std::string::npos);
        CHECK(parsed(json).IsObject());
    }
}

TEST_CASE("counters go on while a stream is silent") {
    const auto records = test::records_of(test::Multiplex({.seconds = 2}), 6'000'000, 3);
    REQUIRE(records.size() == 5);
    std::int64_t packets = 0;
    for (const IntervalRecord& record : records) {
        const auto read = parsed(to_json(record));
        const std::int64_t now = number(read["report"]["totals"]["packets"]);
        CHECK(now >= packets);
        packets = now;
    }
    const auto last = parsed(to_json(records.back()));
    CHECK(text(last["state"]) == "silent");
    CHECK(packets > 0);
    CHECK(number(last["report"]["rate"]["arrival"]["window_bps"]) == 0);
}
