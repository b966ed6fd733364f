#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>

#include "analyzer/cli/plot/gnuplot.h"
#include "analyzer/cli/plot/plot_files.h"
#include "tests/analyzer/json/sample_reports.h"
#include "tests/support/temp_folder.h"
#include "tests/support/ts_packets.h"

using namespace muxtap;
using namespace muxtap::analyze;

namespace {

/// A datagram of packets with a PCR in the first one.
void add(StreamSamples& samples, int number, std::chrono::nanoseconds late = {}) {
    test::ByteVector bytes = test::packet_run(7, static_cast<std::uint32_t>(number) * 7);
    bytes[3] = static_cast<std::uint8_t>(0x30 | (bytes[3] & 15));
    bytes[4] = 7;
    bytes[5] = 0x10;
    ts::Pcr::from_ticks(static_cast<std::uint64_t>(number) * 540'000)
        .encode(std::span<std::uint8_t, 6>(bytes.data() + 6, 6));
    const std::vector<analyzer::DatagramMark> marks = {
        {.packets = 7, .time = from_unix_ns(20'000'000LL * number) + late, .merged = false}};
    analyzer::PacketBlock block;
    block.bytes = bytes;
    block.datagrams = marks;
    samples.add(block);
}

}  // namespace

TEST_CASE("samples tell rates, PCR intervals and jitter over time") {
    StreamSamples samples;
    for (int i = 0; i < 50; ++i)
        add(samples, i, i == 10 ? std::chrono::microseconds{300} : std::chrono::nanoseconds{0});
    const PlotData data = samples.take(analyzer::full_report());
    REQUIRE(data.rates.size() >= 8);
    CHECK(data.rates[1].seconds - data.rates[0].seconds == Approx(0.1).margin(0.001));
    CHECK(data.rates[1].packets.at(256) - data.rates[0].packets.at(256) == 35);
    const std::vector<PcrSample>& pcrs = data.pcrs.at(256);
    REQUIRE(pcrs.size() == 49);
    CHECK(pcrs[3].interval_ms == Approx(20));
    CHECK(pcrs[3].jitter_us == Approx(0).margin(0.01));
    CHECK(pcrs[9].jitter_us == Approx(300));
    CHECK(pcrs[10].jitter_us == Approx(-300));
}

TEST_CASE("samples stay bounded however long the stream is") {
    StreamSamples samples;
    for (int i = 0; i < 60'000; ++i) add(samples, i);
    const PlotData data = samples.take({});
    CHECK(data.rates.size() <= 4096);
    CHECK(data.pcrs.at(256).size() <= 16'384);
    CHECK(data.pcrs.at(256).size() > 4'096);
    CHECK(data.rates.back().seconds > 1'100);
}

TEST_CASE("each plot has its data and instructions, also where there is no gnuplot") {
    const test::TempFolder folder;
    StreamSamples samples;
    for (int i = 0; i < 50; ++i) add(samples, i);
    const StreamPlots plots{.name = plot_name("/x/a b.ts", "239.1.1.1:5000"),
                            .title = "a \"b\" `c`\\",
                            .data = samples.take(analyzer::full_report())};
    CHECK(plots.name == "a_b.ts-239.1.1.1_5000");
    const std::string path = std::getenv("PATH");
    ::setenv("PATH", "/nowhere", 1);
    const auto without = write_plots(folder.path(), plots);
    ::setenv("PATH", path.c_str(), 1);
    REQUIRE_FALSE(without.has_value());
    CHECK_THAT(without.error().message, Catch::Contains("gnuplot-nox"));
    for (const char* suffix : {"bitrate", "pcr-interval", "pcr-jitter", "inter-arrival"}) {
        for (const char* extension : {".dat", ".gp"}) {
            INFO(suffix << extension);
            CHECK(std::filesystem::file_size(folder / (plots.name + "-" + suffix + extension)) > 0);
        }
    }
    CHECK_FALSE(make_plot_folder(folder / (plots.name + "-bitrate.dat")).has_value());
    CHECK_FALSE(make_plot_folder("/proc/nowhere").has_value());
}

TEST_CASE("nothing in a text has a meaning for gnuplot") {
    CHECK(gnuplot_quoted("a\"b\\c`d`\n") == "\"a'b'c'd'?\"");
}
