#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/client/metrics/sinks/sqlite_rig.h"
#include "tests/support/skipping.h"

/// What docs/queries.md promises, asked by sqlite3 and gnuplot themselves of a database that the sink wrote.
namespace muxtap::metrics {
namespace {

using Catch::Contains;
using test::SqliteRig;
using test::StreamOfRecords;

struct Output {
    int status = 0;
    std::string text;
};

Output run(const std::string& command) {
    Output output;
    FILE* const pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
    REQUIRE(pipe != nullptr);
    char part[4096];
    for (std::size_t size = 0; (size = std::fread(part, 1, sizeof part, pipe)) > 0;) output.text.append(part, size);
    output.status = ::pclose(pipe);
    return output;
}

bool installed(const std::string& program, const std::string& package) {
    if (run("command -v " + program).status == 0) return true;
    muxtap::test::say_skipped("docs/queries.md with " + program, "package " + package + " is not installed");
    return false;
}

/// The blocks of the document in this language.
std::vector<std::string> blocks(const std::string& language) {
    std::ifstream file(MUXTAP_QUERIES_DOCUMENT);
    REQUIRE(file);
    std::vector<std::string> result;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line == "```" + language) {
            inside = true;
            result.emplace_back();
        } else if (line == "```") {
            inside = false;
        } else if (inside) {
            result.back() += line + "\n";
        }
    }
    return result;
}

analyzer::Indicator& continuity(analyzer::Report& report) {
    return report.indicators[static_cast<std::size_t>(analyzer::IndicatorId::continuity_count_error)];
}

/// The last 40 minutes of two streams, with all that can go wrong.
struct Everything : SqliteRig {
    Everything() {
        const auto second = std::chrono::floor<std::chrono::seconds>(unix_now());
        StreamOfRecords bad(second - std::chrono::minutes{40});
        StreamOfRecords good(second - std::chrono::minutes{40}, "239.1.1.2:5000");
        const auto sink = open();
        std::vector<RecordPtr> batch;
        for (int i = 0; i < 2400; ++i) {
            batch.push_back(good.next());
            batch.push_back(
                bad.next([&](IntervalRecord& record, analyzer::Report& report) { spoil(i, record, report); }));
            if (i == 2000) bad.silence(test::audio_pid);
            if (i % 600 == 30) batch.push_back(splice(bad));
            if (batch.size() < 200) continue;
            sink->write(batch);
            batch.clear();
        }
        sink->write(batch);
        sink->finish(std::chrono::seconds{10});
    }

    static void spoil(int i, IntervalRecord& record, analyzer::Report& report) {
        report.rate.arrival.window_bps += static_cast<std::uint64_t>(i % 10) * 1000;
        if (i >= 100 && i < 160) record.phase = StreamPhase::silent;
        if (i == 700) record.losses.rtp_lost += 6;
        if (i == 800) record.losses.kernel_dropped += 7;
        if (i == 900) record.losses.probe_queue_dropped += 8;
        if (i == 1000) record.losses.feed_packets += 1400;
        const bool wrong = (i >= 1200 && i < 1203) || i >= 2390;
        continuity(report).state = wrong ? analyzer::IndicatorState::error : analyzer::IndicatorState::ok;
        if (i != 1200 && i != 2390) return;
        continuity(report).count += 2;
        continuity(report).last = record.time;
        report.totals.continuity_errors += 2;
        report.totals.lost_packets += 20;
        record.losses.continuity_lost += 20;
        report.pids[5].counters.continuity_errors += 2;
        report.pids[5].counters.lost_packets += 20;
    }

    static RecordPtr splice(StreamOfRecords& stream) {
        return stream.event(analyzer::EventKind::splice, "splice_insert out", [](analyzer::Event& event) {
            event.program = std::uint16_t{1};
            event.splice.emplace();
            event.splice->command = analyzer::SpliceCommand::insert;
            event.splice->event_id = 77;
            event.splice->out_of_network = true;
            event.splice->duration = 30 * 90'000;
        });
    }
};

TEST_CASE("each query in the document gives rows, by way of an index") {
    if (!installed("sqlite3", "sqlite3")) return;
    const Everything rig;
    const std::vector<std::string> queries = blocks("sql");
    REQUIRE(queries.size() >= 10);
    std::string all;
    for (const std::string& query : queries) {
        INFO(query);
        std::ofstream(rig.folder / "query.sql") << query;
        std::ofstream(rig.folder / "plan.sql") << "EXPLAIN QUERY PLAN " << query;
        const Output rows = run("sqlite3 -bail -readonly " + rig.path + " < " + (rig.folder / "query.sql"));
        INFO(rows.text);
        CHECK(rows.status == 0);
        CHECK_FALSE(rows.text.empty());
        CHECK_THAT(rows.text, !Contains("Error"));
        const Output plan = run("sqlite3 -bail -readonly " + rig.path + " < " + (rig.folder / "plan.sql"));
        INFO(plan.text);
        CHECK(plan.status == 0);
        for (const char* table : {"intervals", "pids", "indicators", "events"}) {
            std::istringstream lines(plan.text);
            for (std::string line; std::getline(lines, line);) {
                line += ' ';
                CHECK_THAT(line, !Contains(std::string{"SCAN "} + table + " "));
            }
        }
        all += rows.text;
    }
    // What was put in comes out.
    CHECK_THAT(all, Contains("cap-a|239.1.1.1:5000|40|4|2|"));               // worst streams
    CHECK_THAT(all, Contains("|239.1.1.1:5000|0x0101|h264|2|20\n"));         // continuity errors
    CHECK_THAT(all, Contains("239.1.1.1:5000|6|7|8|1400|40\n"));             // who lost it
    CHECK_THAT(all, Contains("|19.87|19.879|6.8\n"));                        // rate
    CHECK_THAT(all, Contains("|0x0102|elementary_stream|aac_adts|eng|"));    // vanished
    CHECK_THAT(all, Contains("239.1.1.2:5000|37.0|39.0|39.0|180.0|"));       // PCR
    CHECK_THAT(all, Contains("239.1.1.1:5000|1.4|continuity_count_error"));  // in error now
    CHECK_THAT(all, Contains("|3.0|2\n"));                                   // when it was in error
    CHECK_THAT(all, Contains("239.1.1.1:5000|97.5|60.0|0.0|84000.0\n"));     // uptime
    CHECK_THAT(all, Contains("|1|splice_insert|77|out||"));                  // splices
    CHECK_THAT(all, Contains("|splice|splice_insert out\n"));                // events
    CHECK_THAT(all, Contains("|2|40.0|1400\n"));                             // lag
}

TEST_CASE("the plan of a query without a bound is told from one with an index") {
    if (!installed("sqlite3", "sqlite3")) return;
    SqliteRig rig;
    rig.open()->finish(std::chrono::seconds{1});
    CHECK_THAT(run("sqlite3 " + rig.path + " 'EXPLAIN QUERY PLAN SELECT sum(packets) FROM intervals'").text + " ",
               Contains("SCAN intervals"));
}

TEST_CASE("the gnuplot line in the document draws the rate") {
    if (!installed("gnuplot", "gnuplot-nox") || !installed("sqlite3", "sqlite3")) return;
    const Everything rig;
    const std::vector<std::string> lines = blocks("sh");
    REQUIRE(lines.size() == 1);
    std::ofstream(rig.folder / "plot.sh") << lines.front();
    const Output plotted = run("cd " + rig.folder.path() + " && sh plot.sh");
    INFO(plotted.text);
    CHECK(plotted.status == 0);
    CHECK(plotted.text.empty());
    std::ifstream file(rig.folder / "rate.svg");
    const std::string picture{std::istreambuf_iterator<char>(file), {}};
    CHECK_THAT(picture, Contains("<svg") && Contains("239.1.1.1:5000") && Contains("Mb/s"));
    CHECK(picture.size() > 20'000);
}

/// Not a test: prints what docs/queries.md says of cost. sqlite_sink_test [cost]
TEST_CASE("what an hour of ten streams takes", "[.][cost]") {
    SqliteRig rig;
    std::vector<StreamOfRecords> streams;
    for (int i = 0; i < 10; ++i) streams.emplace_back(test::new_year(), "239.1.1." + std::to_string(i) + ":5000");
    const auto sink = rig.open();
    std::int64_t written = 0;
    double cpu_seconds = 0;
    for (int second = 0; second < 3600; ++second) {
        std::vector<RecordPtr> batch;
        for (auto& stream : streams) batch.push_back(stream.next());
        const std::clock_t before = std::clock();
        sink->write(batch);
        cpu_seconds += static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
        written += 10;
    }
    sink->finish(std::chrono::seconds{10});
    const auto bytes = static_cast<double>(std::filesystem::file_size(rig.path));
    const test::SqliteReader reader(rig.path);
    const double rows = std::stod(reader.value("SELECT count(*) FROM intervals")) +
                        std::stod(reader.value("SELECT count(*) FROM pids")) +
                        std::stod(reader.value("SELECT count(*) FROM indicators"));
    const double per_day = 86400.0 / static_cast<double>(written);
    std::printf("%.0f rows and %.1f MB a stream and day, %.2f ms CPU for 100 records\n", rows * per_day,
                bytes * per_day / 1e6, cpu_seconds * 1e5 / static_cast<double>(written));
    for (const auto& row : reader.rows("SELECT name, sum(pgsize) FROM dbstat GROUP BY 1 ORDER BY 2 DESC LIMIT 8"))
        std::printf("  %s %.1f MB\n", row[0].c_str(), std::stod(row[1]) * per_day / 1e6);
}

}  // namespace
}  // namespace muxtap::metrics
