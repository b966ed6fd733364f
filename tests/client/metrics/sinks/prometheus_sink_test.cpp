#include "client/metrics/sinks/prometheus_sink.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <sstream>
#include <thread>

#include "common/counters/families.h"
#include "tests/client/metrics/sinks/prometheus_records.h"
#include "tests/common/http/http_client.h"

namespace muxtap::metrics {
namespace {

using namespace std::chrono_literals;
using test::RecordMaker;

struct Rig {
    SteadyTime now{1h};
    std::unique_ptr<PrometheusSink> sink;

    explicit Rig(std::size_t pids = 64) {
        auto opened = PrometheusSink::open({.address = "127.0.0.1:0", .pids = pids, .now = [this] { return now; }});
        REQUIRE(opened);
        sink = std::move(*opened);
    }
    void write(const RecordPtr& record) const { sink->write(std::vector{record}); }
    void write(const RecordMaker& maker) const { write(maker.make()); }

    /// Every series and its value.
    [[nodiscard]] std::map<std::string, double> series() const {
        std::map<std::string, double> all;
        std::istringstream lines(sink->exposition());
        for (std::string line; std::getline(lines, line);) {
            if (line.empty() || line.front() == '#') continue;
            const std::size_t space = line.rfind(' ');
            all[line.substr(0, space)] = std::stod(line.substr(space + 1));
        }
        return all;
    }
    [[nodiscard]] double value(const std::string& series_name) const {
        const auto all = series();
        const auto found = all.find(series_name);
        INFO(series_name);
        REQUIRE(found != all.end());
        return found->second;
    }
};

bool is_counter(const std::string& series) {
    return std::any_of(
        counters::all_families().begin(), counters::all_families().end(), [&](const counters::FamilySpec& spec) {
            return spec.type == counters::FamilyType::counter && series.substr(0, series.find('{')) == spec.name;
        });
}

/// Counters that are less than before or are gone.
std::vector<std::string> fallen(const std::map<std::string, double>& before, const std::map<std::string, double>& now) {
    std::vector<std::string> out;
    for (const auto& [name, value] : before) {
        if (!is_counter(name)) continue;
        const auto found = now.find(name);
        if (found == now.end() || found->second < value) out.push_back(name);
    }
    return out;
}

const std::string stream_labels = R"({probe="probe1",stream="239.1.1.1:5000")";

}  // namespace

TEST_CASE("a name of a metric follows the conventions of Prometheus") {
    std::vector<std::string_view> names;
    for (const counters::FamilySpec& spec : counters::all_families()) {
        INFO(spec.name);
        names.push_back(spec.name);
        CHECK(spec.name.substr(0, 7) == "muxtap_");
        CHECK(spec.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos);
        const bool total = spec.name.size() > 6 && spec.name.substr(spec.name.size() - 6) == "_total";
        CHECK(total == (spec.type == counters::FamilyType::counter));
        for (const char* unit : {"_ms", "_us", "_ns", "_kb", "_percent", "_ppm", "_milliseconds"}) {
            CHECK(spec.name.find(unit + std::string{"_"}) == std::string_view::npos);
            CHECK(spec.name.substr(spec.name.size() - std::min(spec.name.size(), std::string{unit}.size())) != unit);
        }
        CHECK_FALSE(spec.help.empty());
    }
    std::sort(names.begin(), names.end());
    CHECK(std::adjacent_find(names.begin(), names.end()) == names.end());
}

TEST_CASE("values are in base units") {
    const Rig rig;
    rig.write(RecordMaker().fill(2));
    CHECK(rig.value("muxtap_stream_packets_total" + stream_labels + "}") == 1000);
    CHECK(rig.value("muxtap_stream_inter_arrival_max_seconds" + stream_labels + "}") == Approx(0.0015));
    CHECK(rig.value("muxtap_stream_mdi_delay_factor_seconds" + stream_labels + "}") == Approx(0.0025));
    CHECK(rig.value("muxtap_pcr_interval_max_seconds" + stream_labels + R"(,pid="0x0100"})") == Approx(0.039));
    CHECK(rig.value("muxtap_pcr_jitter_max_seconds" + stream_labels + R"(,pid="0x0100"})") == Approx(25e-6));
    CHECK(rig.value("muxtap_pcr_accuracy_min_seconds" + stream_labels + R"(,pid="0x0100"})") == Approx(-200e-9));
    CHECK(rig.value("muxtap_pcr_frequency_offset_ratio" + stream_labels + R"(,pid="0x0100"})") == Approx(1.5e-6));
    CHECK(rig.value("muxtap_program_audio_video_offset_seconds" + stream_labels + R"(,program="1"})") == Approx(0.012));
    CHECK(rig.value("muxtap_stream_state" + stream_labels + R"(,state="live"})") == 1);
    CHECK(rig.value("muxtap_stream_state" + stream_labels + R"(,state="silent"})") == 0);
    CHECK(rig.value(R"(muxtap_host_cpu_usage_ratio{probe="probe1"})") == 0.25);
}

TEST_CASE("a state that an indicator cannot have is absent, one that it has is 0 or 1") {
    const Rig rig;
    RecordMaker maker;
    maker.report.indicators[2].state = analyzer::IndicatorState::error;
    maker.report.indicators[2].count = 3;
    maker.report.indicators[3].state = analyzer::IndicatorState::not_applicable;
    maker.report.indicators[4].state = analyzer::IndicatorState::not_measured;
    rig.write(maker);
    const auto series = rig.series();
    const auto name = [](const char* family, std::size_t i) {
        const auto id = static_cast<analyzer::IndicatorId>(i);
        return std::string{family} + stream_labels + ",indicator=\"" + key_name(id) + "\",number=\"" + number_of(id) +
               "\",priority=\"" + std::to_string(priority_of(id)) + "\"}";
    };
    CHECK(series.at(name("muxtap_indicator_error", 1)) == 0);
    CHECK(series.at(name("muxtap_indicator_error", 2)) == 1);
    CHECK_FALSE(series.contains(name("muxtap_indicator_error", 3)));
    CHECK_FALSE(series.contains(name("muxtap_indicator_error", 4)));
    CHECK(series.at(name("muxtap_indicator_findings_total", 2)) == 3);
    CHECK(series.contains(name("muxtap_indicator_findings_total", 3)));
    CHECK(series.at("muxtap_stream_indicators_in_error" + stream_labels + R"(,priority="1"})") == 1);
    CHECK(series.at("muxtap_stream_indicators_in_error" + stream_labels + R"(,priority="2"})") == 0);
}

TEST_CASE("a probe's restart does not make a counter fall") {
    const Rig rig;
    RecordMaker maker;
    maker.interval.probe.totals.rejected.add(ts::RejectReason::sync_byte, 9);
    rig.write(maker);
    const std::string packets = "muxtap_capture_packets_total" + stream_labels + "}";
    const auto before = rig.series();
    CHECK(before.at(packets) == 1000);

    maker.interval.identity.epoch += 1'000'000'000;
    maker.interval.probe.totals = {};
    maker.interval.probe.totals.packets = 10;
    rig.write(maker);
    CHECK(rig.value(packets) == 1010);
    CHECK(fallen(before, rig.series()).empty());

    // Also when the new epoch has already counted more than the old one.
    maker.interval.identity.epoch += 1'000'000'000;
    maker.interval.probe.totals.packets = 5000;
    rig.write(maker);
    CHECK(rig.value(packets) == 6010);

    // Nothing heard of the probe.
    maker.interval.identity.epoch = 0;
    maker.interval.probe.totals = {};
    rig.write(maker);
    CHECK(rig.value(packets) == 6010);
}

TEST_CASE("a status that is older than the one before it does not make a counter fall") {
    const Rig rig;
    RecordMaker maker;
    rig.write(maker);
    maker.interval.probe.totals.packets = 900;
    rig.write(maker);
    CHECK(rig.value("muxtap_capture_packets_total" + stream_labels + "}") == 1000);
}

TEST_CASE("an analysis that begins anew does not make a counter fall") {
    const Rig rig(2);
    RecordMaker maker;
    maker.fill(4);
    maker.report.totals.continuity_errors = 7;
    maker.report.indicators[4].count = 7;
    maker.report.programs.front().splices = 3;
    maker.interval.losses.feed_batches = 5;
    rig.write(maker);
    const auto before = rig.series();

    RecordMaker again;
    again.fill(4);
    again.report.totals.packets = 50;
    for (analyzer::PidReport& pid : again.report.pids) pid.counters.packets = 10;
    rig.write(again);
    const auto after = rig.series();
    CHECK(fallen(before, after).empty());
    CHECK(after.at("muxtap_stream_packets_total" + stream_labels + "}") == 1050);
    CHECK(after.at("muxtap_pid_packets_total" + stream_labels + R"(,pid="0x0100"})") == 1010);
    CHECK(after.at("muxtap_stream_lost_total" + stream_labels + R"(,place="feed",unit="batches"})") == 5);
    // Gauges are what they are now.
    CHECK(after.at("muxtap_stream_programs" + stream_labels + "}") == 1);
}

TEST_CASE("a packet that comes late after all does not make a counter fall") {
    const Rig rig;
    RecordMaker maker;
    maker.fill(4);
    maker.report.pids.front().counters.lost_packets = 5;
    maker.report.totals.lost_packets = 5;
    maker.interval.losses.continuity_lost = 5;
    rig.write(maker);
    const auto before = rig.series();
    maker.report.pids.front().counters.lost_packets = 4;
    maker.report.pids.front().counters.reordered_packets = 1;
    maker.report.totals.lost_packets = 4;
    maker.report.totals.reordered_packets = 1;
    rig.write(maker);
    const auto after = rig.series();
    CHECK(fallen(before, after).empty());
    const std::string lost = "muxtap_pid_lost_packets_total" + stream_labels + R"(,pid="0x0100"})";
    CHECK(before.at(lost) == 5);
    CHECK(after.at(lost) == 5);
    maker.report.pids.front().counters.lost_packets = 6;
    rig.write(maker);
    CHECK(rig.series().at(lost) == 7);
}

TEST_CASE("losses go up at their place") {
    const Rig rig;
    RecordMaker maker;
    rig.write(maker);
    const auto before = rig.series();
    maker.interval.losses = {.rtp_lost = 1,
                             .rtp_reordered = 2,
                             .continuity_lost = 3,
                             .kernel_dropped = 4,
                             .probe_queue_dropped = 5,
                             .feed_batches = 6,
                             .feed_packets = 7};
    rig.write(maker);
    const auto lost = [&](const std::string& place, const std::string& unit) {
        return rig.value("muxtap_stream_lost_total" + stream_labels + ",place=\"" + place + "\",unit=\"" + unit +
                         "\"}");
    };
    CHECK(lost("network", "rtp_packets") == 1);
    CHECK(lost("network_or_source", "ts_packets") == 3);
    CHECK(lost("host", "frames") == 4);
    CHECK(lost("probe", "ts_packets") == 5);
    CHECK(lost("feed", "batches") == 6);
    CHECK(lost("feed", "ts_packets") == 7);
    CHECK(fallen(before, rig.series()).empty());
}

TEST_CASE("a host's reboot does not make a counter fall") {
    const Rig rig;
    RecordMaker maker;
    rig.write(maker);
    maker.host.interfaces.front().received_bytes = 100;
    rig.write(maker);
    CHECK(rig.value(R"(muxtap_host_interface_received_bytes_total{probe="probe1",interface="eth0"})") == 5100);
}

TEST_CASE("a stream leaves 5 minutes after its last record, and comes back without falling") {
    Rig rig;
    RecordMaker maker;
    maker.fill(2);
    rig.write(maker);
    const auto before = rig.series();
    rig.now += 5min - 1ns;
    CHECK(rig.value("muxtap_worker_streams_shown") == 1);
    rig.now += 1ns;
    rig.sink->tick();
    const auto without = rig.series();
    CHECK(without.at("muxtap_worker_streams_shown") == 0);
    CHECK(std::none_of(without.begin(), without.end(),
                       [](const auto& s) { return s.first.find("stream=") != std::string::npos; }));
    // And its probe with it.
    CHECK(std::none_of(without.begin(), without.end(),
                       [](const auto& s) { return s.first.find("probe=") != std::string::npos; }));

    maker.report.totals.packets = 4;
    maker.interval.identity.epoch += 1;
    maker.interval.probe.totals = {};
    rig.write(maker);
    CHECK(fallen(before, rig.series()).empty());
}

TEST_CASE("a stream that has ended leaves after 5 minutes although its records keep coming") {
    Rig rig;
    RecordMaker maker;
    maker.interval.phase = StreamPhase::ended;
    for (int minute = 0; minute < 5; ++minute) {
        rig.write(maker);
        CHECK(rig.value("muxtap_worker_streams_shown") == 1);
        rig.now += 1min;
    }
    rig.write(maker);
    CHECK(rig.value("muxtap_worker_streams_shown") == 0);
    maker.interval.phase = StreamPhase::live;
    rig.write(maker);
    CHECK(rig.value("muxtap_worker_streams_shown") == 1);
    // One that is silent stays.
    maker.interval.phase = StreamPhase::silent;
    rig.write(maker);
    rig.now += 10min;
    rig.write(maker);
    CHECK(rig.value("muxtap_worker_streams_shown") == 1);
}

TEST_CASE("only so many PIDs have series, those of programmes first, and the rest are counted") {
    const Rig rig(3);
    RecordMaker maker;
    maker.add_pid(0x20, 9'000'000, false);
    maker.add_pid(0x30, 100);
    maker.add_pid(0x31, 300);
    maker.add_pid(0x32, 200);
    maker.add_pid(0x33, 50);
    rig.write(maker);
    const auto shown = [&] {
        std::string pids;
        for (const auto& [name, value] : rig.series()) {
            if (name.rfind("muxtap_pid_packets_total", 0) == 0) pids += name.substr(name.find("pid=") + 5, 6) + " ";
        }
        return pids;
    };
    CHECK(shown() == "0x0030 0x0031 0x0032 ");
    CHECK(rig.value("muxtap_stream_pids" + stream_labels + "}") == 5);
    CHECK(rig.value("muxtap_stream_pids_left_out" + stream_labels + "}") == 2);

    // Those chosen stay: series do not come and go with the rates.
    maker.report.pids.back().counters.packets = 1'000'000;
    rig.write(maker);
    CHECK(shown() == "0x0030 0x0031 0x0032 ");

    // One that no programme refers to any more gives way.
    maker.report.pids[1].programs.clear();
    rig.write(maker);
    CHECK(shown() == "0x0031 0x0032 0x0033 ");
}

TEST_CASE("with no PIDs asked for there are none, and with room for all none is left out") {
    for (const std::size_t most : {0U, 4U}) {
        const Rig rig(most);
        RecordMaker maker;
        maker.fill(4);
        rig.write(maker);
        const auto series = rig.series();
        const auto with_pid = std::count_if(series.begin(), series.end(), [](const auto& s) {
            return s.first.rfind("muxtap_pid_packets_total", 0) == 0;
        });
        CHECK(with_pid == static_cast<std::ptrdiff_t>(most));
        CHECK(series.at("muxtap_stream_pids_left_out" + stream_labels + "}") == 4 - static_cast<double>(most));
    }
}

TEST_CASE("programmes, disks and interfaces are bounded") {
    const Rig rig;
    RecordMaker maker;
    for (int i = 0; i < 100; ++i) {
        maker.add_program(static_cast<std::uint16_t>(i), "Service");
        maker.host.interfaces.push_back({.name = "veth" + std::to_string(i)});
        maker.host.disks.push_back({.device = "/dev/" + std::to_string(i), .mount_point = "/"});
    }
    rig.write(maker);
    const auto series = rig.series();
    const auto count = [&](const std::string& family) {
        return std::count_if(series.begin(), series.end(),
                             [&](const auto& s) { return s.first.rfind(family, 0) == 0; });
    };
    CHECK(count("muxtap_program_info{") == 64);
    CHECK(series.at("muxtap_stream_programs_left_out" + stream_labels + "}") == 36);
    CHECK(count("muxtap_host_disk_size_bytes{") == 32);
    CHECK(count("muxtap_host_interface_received_bytes_total{") == 32);
}

TEST_CASE("events are counted by kind, also those that come before the first record") {
    const Rig rig;
    rig.write(test::event_of("239.1.1.1:5000", analyzer::EventKind::splice));
    CHECK(rig.value("muxtap_worker_streams_shown") == 0);
    rig.write(RecordMaker{});
    rig.write(test::event_of("239.1.1.1:5000", analyzer::EventKind::splice));
    CHECK(rig.value("muxtap_stream_events_total" + stream_labels + R"(,kind="splice"})") == 2);
}

TEST_CASE("the health paths say what the program says") {
    std::atomic<bool> alive = true;
    std::atomic<bool> ready = false;
    const auto sink = PrometheusSink::open({.address = "127.0.0.1:0",
                                            .alive = [&] { return alive.load(); },
                                            .ready =
                                                [&] {
                                                    return ready ? PrometheusSink::Readiness{true, {}}
                                                                 : PrometheusSink::Readiness{false, "kafka: no broker"};
                                                }});
    REQUIRE(sink);
    const int port = (*sink)->port();
    CHECK(test::request(port, "GET", "/livez").status == 200);
    CHECK(test::request(port, "GET", "/readyz").status == 503);
    CHECK(test::request(port, "GET", "/readyz").body == "kafka: no broker\n");
    alive = false;
    ready = true;
    CHECK(test::request(port, "GET", "/livez").status == 503);
    CHECK(test::request(port, "HEAD", "/livez").status == 503);
    CHECK(test::request(port, "GET", "/readyz").status == 200);
}

TEST_CASE("a scrape gets the text format, with and without records") {
    const Rig rig;
    const test::Answer empty = test::request(rig.sink->port(), "GET", "/metrics");
    CHECK(empty.status == 200);
    CHECK(empty.head.find("Content-Type: text/plain; version=0.0.4; charset=utf-8") != std::string::npos);
    CHECK(empty.body.find("muxtap_worker_streams_shown 0") != std::string::npos);
    rig.write(RecordMaker{});
    const test::Answer answer = test::request(rig.sink->port(), "GET", "/metrics");
    CHECK(answer.body.find("# TYPE muxtap_stream_packets_total counter") != std::string::npos);
    CHECK(answer.body.find("# HELP muxtap_stream_packets_total Packets analysed") != std::string::npos);
    CHECK(rig.sink->figures().delivered == 1);
    CHECK(rig.sink->figures().dropped == 0);
}

TEST_CASE("scrapes while records come see counters that only go up") {
    const Rig rig;
    std::atomic<bool> done = false;
    std::atomic<int> bad = 0;
    std::atomic<int> scrapes = 0;
    std::vector<std::jthread> scrapers;
    for (int i = 0; i < 3; ++i) {
        scrapers.emplace_back([&] {
            std::map<std::string, double> before;
            while (!done || scrapes < 6) {
                const test::Answer answer = test::request(rig.sink->port(), "GET", "/metrics");
                std::istringstream lines(answer.body);
                for (std::string line; std::getline(lines, line);) {
                    const std::string name = line.substr(0, line.rfind(' '));
                    if (line.front() == '#' || !is_counter(name)) continue;
                    const double value = std::stod(line.substr(line.rfind(' ')));
                    if (value < before[name]) ++bad;
                    before[name] = value;
                }
                ++scrapes;
            }
        });
    }
    for (int i = 0; i < 300; ++i) {
        RecordMaker maker("stream " + std::to_string(i % 5));
        maker.fill(5);
        maker.interval.identity.epoch += static_cast<std::uint64_t>(i / 40);
        maker.report.totals.packets = static_cast<std::uint64_t>(i % 100);
        rig.write(maker);
        rig.sink->tick();
    }
    done = true;
    scrapers.clear();
    CHECK(bad == 0);
    CHECK(scrapes >= 6);
}

TEST_CASE("two on one port: the second says what to look for") {
    const Rig rig;
    const std::string address = "127.0.0.1:" + std::to_string(rig.sink->port());
    const auto second = PrometheusSink::open({.address = address});
    REQUIRE_FALSE(second);
    CHECK(second.error().message ==
          "cannot listen on " + address + ": Address already in use (another --to prometheus:PORT?)");
}

}  // namespace muxtap::metrics
