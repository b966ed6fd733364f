#include "analyzer/cli/text/table.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "analyzer/cli/text/units.h"

using namespace muxtap::analyze;

TEST_CASE("columns are as wide as what stands in them") {
    Table table(
        {{.title = "PID", .align = Table::Align::left}, {.title = "n"}, {.title = "use", .align = Table::Align::left}});
    table.add({{"0x0000"}, {"1"}, {"PAT"}});
    table.add({{"0x1FFF"}, {"1,000"}, {"null"}});
    table.add({{"0x0001"}});
    std::string out;
    table.print(out, Painter(false));
    CHECK(out ==
          "  PID         n  use\n"
          "  0x0000      1  PAT\n"
          "  0x1FFF  1,000  null\n"
          "  0x0001\n");
}

TEST_CASE("colours take up no room and are left out without a terminal") {
    Table table({{.title = "a"}, {.title = "b"}});
    table.add({{"x", Colour::red}, {"yy", Colour::green}});
    std::string plain;
    std::string coloured;
    table.print(plain, Painter(false));
    table.print(coloured, Painter(true));
    CHECK(plain == "  a   b\n  x  yy\n");
    CHECK(coloured == "  \033[2ma\033[0m   \033[2mb\033[0m\n  \033[31mx\033[0m  \033[32myy\033[0m\n");
}

TEST_CASE("no line is wider than the page; the column that yields is cut first") {
    Table table({{.title = "PID", .align = Table::Align::left},
                 {.title = "name", .align = Table::Align::left, .yields = true},
                 {.title = "number"}});
    table.add({{"0x0000"}, {std::string(300, 'n')}, {"12345"}});
    std::string out;
    table.print(out, Painter(false));
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);) CHECK(text_width(line) <= page_width);
    CHECK_THAT(out,
               Catch::Contains("nn…   12345\n") || Catch::Contains("nn…  12345\n") || Catch::Contains("n…   12345"));
}

TEST_CASE("long texts go on under themselves") {
    std::string out;
    std::string text;
    for (int i = 0; i < 30; ++i) text += "word" + std::to_string(i) + " ";
    print_field(out, Painter(false), "label", text + std::string(200, 'x'));
    std::istringstream lines(out);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) {
        CHECK(text_width(line) <= page_width);
        if (count > 0) CHECK(line.substr(0, 22) == std::string(22, ' '));
    }
    CHECK(count > 2);
}
