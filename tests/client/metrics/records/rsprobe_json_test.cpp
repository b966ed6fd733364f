#include <set>

#include "tests/client/metrics/records/sample_records.h"
#include "tests/support/parsed_json.h"

using namespace muxtap;
using namespace muxtap::metrics;
using test::number;
using test::parsed;
using test::text;

namespace {

const std::vector<std::string> plain_fields = {"id",
                                               "timestamp",
                                               "source_ip",
                                               "source_port",
                                               "host_name",
                                               "system_name",
                                               "os_version",
                                               "kernel_version",
                                               "bitrate_avg_global",
                                               "iat_avg_global",
                                               "iat_max_global",
                                               "cc_errors_global",
                                               "current_cc_errors_global",
                                               "bitrate.video",
                                               "bitrate.audio",
                                               "bitrate.text",
                                               "bitrate.data",
                                               "bitrate.padding",
                                               "bitrate.scte35",
                                               "pid_map",
                                               "tr101290_ts_sync_byte_errors",
                                               "tr101290_sync_byte_errors",
                                               "tr101290_continuity_counter_errors",
                                               "tr101290_pat_errors",
                                               "tr101290_pmt_errors",
                                               "tr101290_pid_map_errors",
                                               "tr101290_transport_error_indicator_errors",
                                               "tr101290_crc_errors",
                                               "tr101290_pcr_repetition_errors",
                                               "tr101290_pcr_discontinuity_indicator_errors",
                                               "tr101290_pcr_accuracy_errors",
                                               "tr101290_pts_errors",
                                               "tr101290_cat_errors",
                                               "total_memory",
                                               "used_memory",
                                               "total_swap",
                                               "used_swap",
                                               "cpu_usage",
                                               "cpu_count",
                                               "core_count",
                                               "boot_time",
                                               "uptime",
                                               "load_avg_one",
                                               "load_avg_five",
                                               "load_avg_fifteen",
                                               "process_count",
                                               "processes",
                                               "captions",
                                               "scte35",
                                               "audio_loudness",
                                               "log_message",
                                               "base64_image",
                                               "image_pts",
                                               "hash",
                                               "hamming",
                                               "duplicates"};

const std::vector<std::string> pid_fields = {"id",
                                             "program_number",
                                             "pid",
                                             "pmt_pid",
                                             "stream_type",
                                             "stream_type_number",
                                             "capture_time",
                                             "capture_iat",
                                             "capture_iat_max",
                                             "iat",
                                             "iat_max",
                                             "iat_min",
                                             "iat_avg",
                                             "packet_count",
                                             "continuity_counter",
                                             "timestamp",
                                             "bitrate",
                                             "bitrate_max",
                                             "bitrate_min",
                                             "bitrate_avg",
                                             "error_count",
                                             "current_error_count",
                                             "last_arrival_time",
                                             "last_sample_time",
                                             "start_time",
                                             "total_bits",
                                             "total_bits_sample",
                                             "count",
                                             "packet_start",
                                             "packet_len",
                                             "pcr",
                                             "pts"};

const std::vector<IntervalRecord>& lossy_records() {
    static const std::vector<IntervalRecord> records = [] {
        test::Multiplex multiplex({.seconds = 4, .bitrate = 4'000'000});
        bool second = false;
        for (const std::size_t number : multiplex.of_pid(0x101)) {
            if (multiplex.time_of(number) < (second ? 2.5 : 1.5)) continue;
            if (multiplex.packet(number)[3] >> 4 != 1) continue;
            multiplex.lose(number);
            if (second) break;
            second = true;
        }
        return test::records_of(multiplex, 4'000'000, 2);
    }();
    return records;
}

rapidjson::Document flat(const IntervalRecord& record) {
    return parsed(to_rsprobe_json(record));
}

}  // namespace

TEST_CASE("the flat record has every field of the format and no other, each once") {
    const auto record = flat(test::full_record());
    std::set<std::string> expected(plain_fields.begin(), plain_fields.end());
    for (const char* const pid : {"0", "256", "257", "258", "259", "8191"})
        for (const std::string& field : pid_fields) expected.insert("streams." + std::string(pid) + "." + field);
    for (const char* const disk : {"0", "1"})
        for (const char* const field : {"name", "total_space", "available_space", "is_removable"})
            expected.insert("disk_stats." + std::string(disk) + "." + field);
    for (const char* const interface : {"lo", "eth0"})
        for (const char* const field : {"received", "transmitted", "packets_received", "packets_transmitted",
                                        "errors_on_received", "errors_on_transmitted"})
            expected.insert("network." + std::string(interface) + "." + field);
    std::set<std::string> found;
    for (auto field = record.MemberBegin(); found.size() < record.MemberCount(); ++field)
        REQUIRE(found.insert(text(field->name)).second);
    CHECK(found == expected);
}

TEST_CASE("the flat record keeps its fields when nothing is known") {
    const auto record = flat(test::empty_record());
    for (const std::string& field : plain_fields) CHECK(record.HasMember(field.c_str()));
    CHECK(text(record["host_name"]).empty());
    CHECK(number(record["total_memory"]) == 0);
    CHECK(record["processes"].Empty());
    CHECK(record["pid_map"].Empty());
}

TEST_CASE("an id is the probe's name, by default host, address and port") {
    IntervalRecord record = test::full_record();
    CHECK(text(flat(record)["id"]) == "cap-a");
    record.identity.probe = "capture-1";
    CHECK(text(flat(record)["id"]) == "capture-1:239.1.1.1:5000");
    CHECK(text(flat(record)["streams.257.id"]) == "capture-1:239.1.1.1:5000");
    record.host = nullptr;
    CHECK(text(flat(record)["id"]) == "capture-1");
}

TEST_CASE("errors are counted over all and for the interval alone") {
    const auto& records = lossy_records();
    const std::vector<std::pair<int, int>> expected = {{0, 0}, {1, 1}, {2, 1}, {2, 0}, {2, 0}, {2, 0}};
    REQUIRE(records.size() == expected.size());
    for (std::size_t i = 0; i < records.size(); ++i) {
        const auto record = flat(records[i]);
        CHECK(number(record["cc_errors_global"]) == expected[i].first);
        CHECK(number(record["current_cc_errors_global"]) == expected[i].second);
        CHECK(number(record["streams.257.error_count"]) == expected[i].first);
        CHECK(number(record["streams.257.current_error_count"]) == expected[i].second);
        CHECK(number(record["streams.258.error_count"]) == 0);
        CHECK(number(record["tr101290_continuity_counter_errors"]) == expected[i].first);
        CHECK(number(record["pid_map"][0]["ccerrors"]) == expected[i].first);
    }
}

TEST_CASE("the packets of an interval are what the counter went up by") {
    const auto& records = lossy_records();
    for (std::size_t i = 1; i < records.size(); ++i) {
        const auto before = flat(records[i - 1]);
        const auto now = flat(records[i]);
        const std::int64_t packets =
            number(now["streams.257.packet_count"]) - number(before["streams.257.packet_count"]);
        CHECK(number(now["streams.257.total_bits_sample"]) == packets * 188 * 8);
        CHECK(number(now["streams.257.total_bits"]) == number(now["streams.257.packet_count"]) * 188 * 8);
        CHECK(number(now["streams.257.count"]) == number(now["streams.257.packet_count"]));
        CHECK((i < 4 ? packets > 100 : packets == 0));
    }
    const auto first = flat(records[0]);
    CHECK(number(first["streams.257.total_bits_sample"]) == number(first["streams.257.total_bits"]));
}

TEST_CASE("a stream that went silent still has its record, at rate 0") {
    const auto record = flat(lossy_records().back());
    CHECK(number(record["timestamp"]) == test::sample_start_ns / 1'000'000 + 6000);
    CHECK(number(record["bitrate.video"]) == 0);
    CHECK(number(record["streams.257.bitrate"]) == 0);
    CHECK(number(record["streams.257.packet_count"]) > 0);
    CHECK(number(record["streams.257.last_arrival_time"]) < number(record["timestamp"]) - 1500);
}

TEST_CASE("rates by medium add up to those of its PIDs") {
    const auto record = flat(lossy_records()[3]);
    CHECK(number(record["bitrate.video"]) == number(record["streams.257.bitrate"]));
    CHECK(number(record["bitrate.audio"]) == number(record["streams.258.bitrate"]));
    CHECK(number(record["bitrate.padding"]) == number(record["streams.8191.bitrate"]));
    CHECK(number(record["bitrate.video"]) > 1'000'000);
    for (const char* const medium : {"bitrate.text", "bitrate.data", "bitrate.scte35"})
        CHECK(number(record[medium]) == 0);
    const auto full = flat(test::full_record());
    CHECK(number(full["bitrate.text"]) == number(full["streams.259.bitrate"]));
}

TEST_CASE("times between packets are in order: least, mean, most") {
    const auto record = flat(lossy_records()[3]);
    const double least = record["streams.257.iat_min"].GetDouble();
    const double mean = record["streams.257.iat_avg"].GetDouble();
    const double most = record["streams.257.iat_max"].GetDouble();
    CHECK(least == 0);  // several packets in a datagram
    CHECK(least <= mean);
    CHECK(mean <= most);
    // Of 1.5 Mb/s and what PES headers and clocks add to them.
    CHECK(mean == Approx(1504.0 / 1.5e6 * 1000).epsilon(0.1));
    CHECK(record["iat_avg_global"].GetDouble() == Approx(7 * 1504.0 / 4e6 * 1000).epsilon(0.01));
    CHECK(record["iat_max_global"].GetDouble() >= record["iat_avg_global"].GetDouble());
}

TEST_CASE("the largest time between packets is a measured one, of the run and of the interval") {
    const auto record = flat(lossy_records()[3]);
    // Datagrams are 2.6 ms apart, and the video goes into almost each of them.
    CHECK(record["streams.257.iat_max"].GetDouble() > 2.6);
    CHECK(record["streams.257.iat_max"].GetDouble() < 50);
    CHECK(record["streams.257.capture_iat_max"].GetDouble() <= record["streams.257.iat_max"].GetDouble());
    CHECK(record["streams.257.capture_iat"].GetDouble() <= record["streams.257.capture_iat_max"].GetDouble());
    // The NIT comes every few seconds.
    CHECK(record["streams.16.iat_min"].GetDouble() >= 500);
}

TEST_CASE("times between packets that nobody measured are 0") {
    IntervalRecord unmeasured = lossy_records()[3];
    unmeasured.pid_arrivals.clear();
    const auto record = flat(unmeasured);
    for (const char* const name : {"iat", "iat_min", "iat_avg", "iat_max", "capture_iat", "capture_iat_max"})
        CHECK(record[("streams.257." + std::string{name}).c_str()].GetDouble() == 0);
}

TEST_CASE("PIDs are described as their program map has them, tables by their use") {
    const auto record = flat(lossy_records()[3]);
    CHECK(number(record["streams.257.program_number"]) == 1);
    CHECK(number(record["streams.257.pmt_pid"]) == 256);
    CHECK(text(record["streams.257.stream_type"]) == "MPEG-2 video");
    CHECK(number(record["streams.257.stream_type_number"]) == 2);
    CHECK(number(record["streams.257.pcr"]) > 0);
    CHECK(number(record["streams.257.pts"]) > 0);
    CHECK(text(record["streams.256.stream_type"]) == "pmt");
    CHECK(number(record["streams.256.program_number"]) == 1);
    CHECK(text(record["streams.0.stream_type"]) == "pat");
    CHECK(number(record["streams.0.pmt_pid"]) == 0x1FFF);
    REQUIRE(record["pid_map"].Size() == 2);
    CHECK(number(record["pid_map"][0]["pid"]) == 257);
    CHECK(text(record["pid_map"][0]["media_type"]) == "video");
    CHECK(text(record["pid_map"][1]["media_type"]) == "audio");
}

TEST_CASE("the continuity counter is that of the newest packet") {
    test::Multiplex multiplex({.seconds = 1});
    const auto packets = multiplex.of_pid(0x102);
    const unsigned last = multiplex.packet(packets.back())[3] & 15U;
    const auto records = test::records_of(multiplex, 6'000'000);
    REQUIRE(records.size() == 1);
    const std::size_t fed = 6'000'000 / 1504;
    REQUIRE(packets.back() < fed);
    CHECK(static_cast<unsigned>(number(flat(records[0])["streams.258.continuity_counter"])) == last);
}

TEST_CASE("the newest splice section is that of the program that had one in this interval") {
    IntervalRecord record = test::full_record();
    analyzer::Report report = *record.report;
    report.programs.push_back(report.programs[0]);
    report.programs[1].info.program_number = 102;
    report.programs[1].last_splice->section_base64 = "/DA=";
    auto before = std::make_shared<analyzer::Report>(report);
    record.report = std::make_shared<analyzer::Report>(report);
    const std::string first = report.programs[0].last_splice->section_base64;
    CHECK(text(flat(record)["scte35"]) == first);
    record.previous = before;
    CHECK(text(flat(record)["scte35"]) == first);
    ++report.programs[1].splices;
    record.report = std::make_shared<analyzer::Report>(report);
    CHECK(text(flat(record)["scte35"]) == "/DA=");
    report.programs[0].last_splice.reset();
    report.programs[1].last_splice.reset();
    record.report = std::make_shared<analyzer::Report>(report);
    CHECK(text(flat(record)["scte35"]).empty());
}

TEST_CASE("the host's figures are in bytes, percent and milliseconds") {
    const auto record = flat(test::full_record());
    CHECK(number(record["total_memory"]) == 16'000'000'000);
    CHECK(record["cpu_usage"].GetDouble() == Approx(18.75));
    CHECK(number(record["boot_time"]) == 1'763'500'000'000);
    CHECK(number(record["uptime"]) == 100'012'900);
    CHECK(text(record["disk_stats.1.name"]) == "/dev/sdb1");
    CHECK(record["disk_stats.1.is_removable"].GetBool());
    CHECK(number(record["network.eth0.received"]) == 9'000'000'000'000);
    CHECK(text(record["processes"][0]["name"]) == "muxtap-probe");
    CHECK(record["processes"][0]["cpu_usage"].GetDouble() == Approx(106.25));
}
