#include "analyzer/cli/text/units.h"

#include <catch2/catch.hpp>
#include <limits>

#include "analyzer/cli/progress.h"
#include "common/base/utf8.h"

using namespace muxtap;
using namespace muxtap::analyze;
using namespace std::chrono_literals;

TEST_CASE("numbers are written as people read them") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1,000");
    CHECK(grouped(1234567) == "1,234,567");
    CHECK(count_text(9'999'999) == "9,999,999");
    CHECK(count_text(2'183'400'000) == "2.183 G");
    CHECK(fixed(-0.001, 2) == "0.00");
    CHECK(fixed(-0.5, 1) == "-0.5");
    CHECK(fixed(std::numeric_limits<double>::quiet_NaN(), 1) == "-");
    CHECK(fixed(-1e300, 2) == "-1e+300");
    CHECK(bit_rate(0) == "0 b/s");
    CHECK(bit_rate(999) == "999 b/s");
    CHECK(bit_rate(4'030'720) == "4.031 Mb/s");
    CHECK(bit_rate(999'960) == "1.000 Mb/s");
    CHECK(bit_rate(38'010'000) == "38.01 Mb/s");
    CHECK(bit_rate(250'000'000) == "250.0 Mb/s");
    CHECK(byte_size(5'999'832) == "6.000 MB");
    CHECK(percent(0.0746) == "7.46 %");
    CHECK(pid_text(0x101) == "0x0101");
    CHECK(duration_text(3'723'004ms) == "1:02:03.004");
}

TEST_CASE("times are since the start of a file, or of the day") {
    const UnixTime time = from_unix_ns(1'700'000'000'123'456'789);
    CHECK(time_text(time, analyzer::ClockSource::arrival) == "22:13:20.123");
    CHECK(time_text(from_unix_ns(1'500'000'000), analyzer::ClockSource::arrival) == "00:00:01.500");
    CHECK(time_text(from_unix_ns(1'500'000'000), analyzer::ClockSource::pcr) == "0:00:01.500");
    CHECK(time_text(time, analyzer::ClockSource::none) == "-");
    CHECK(date_text(time) == "2023-11-14 22:13:20 UTC");
}

TEST_CASE("texts of a stream cannot steer the terminal") {
    CHECK(printable("a\033[31mb") == "a?[31mb");
    CHECK(printable("a\nb\tc\x7F") == "a?b?c?");
    CHECK(printable("\xC2\x9B"
                    "31m") == "?31m");  // C1 control sequence introducer
    CHECK(printable("\xE2\x80\xAE"
                    "evil") == "?evil");  // right-to-left override
    CHECK(printable("Première ✓") == "Première ✓");
    CHECK(printable("\xFF") == "?");
}

TEST_CASE("texts are measured and cut in columns") {
    CHECK(text_width("Première") == 8);
    CHECK(text_width("日本") == 4);
    CHECK(text_width("e\xCC\x81") == 1);
    CHECK(elided("Première", 8) == "Première");
    CHECK(elided("Première", 5) == "Prem…");
    CHECK(elided("日本語", 4) == "日…");
    CHECK(elided("abc", 1) == "…");
    CHECK(elided("abc", 0) == "");
    for (std::size_t columns = 0; columns < 20; ++columns) {
        CHECK(text_width(elided("日本語 Première e\xCC\x81 abc", columns)) <= columns);
        CHECK(is_utf8(elided("日本語 Première e\xCC\x81 abc", columns)));
    }
}

TEST_CASE("the progress line fits the terminal") {
    CHECK(progress_line("film.ts", 1'200'000'000, 2'400'000'000, 2s, 79) ==
          "film.ts  50 %  1.200 GB of 2.400 GB  600.0 MB/s");
    CHECK(progress_line("-", 5'000'000, 0, 1s, 79) == "standard input  5.000 MB  5.000 MB/s");
    CHECK(text_width(progress_line(std::string(200, 'x'), 1, 2, 1s, 79)) <= 79);
}
