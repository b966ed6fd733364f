#include "probe/host/os_release.h"

#include <catch2/catch.hpp>
#include <vector>

namespace muxtap::probe {
namespace {

TEST_CASE("an os-release file tells the system's name and version as a shell would read them") {
    struct Row {
        std::string_view claim;
        std::string_view text;
        OsRelease release;
    };
    const std::vector<Row> rows = {
        {"Debian",
         "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\n"
         "VERSION=\"12 (bookworm)\"\nVERSION_CODENAME=bookworm\nID=debian\n",
         {"Debian GNU/Linux", "12"}},
        {"no quotes, no line end", "NAME=Fedora\nVERSION_ID=39", {"Fedora", "39"}},
        {"single quotes", "NAME='My \\ System'\nVERSION_ID='1'", {"My \\ System", "1"}},
        {"escapes in double quotes", R"(NAME="A \"quoted\" \$ystem")", {"A \"quoted\" $ystem", ""}},
        {"a rolling system has no version", "NAME=\"Arch Linux\"\nID=arch\n", {"Arch Linux", ""}},
        {"comments, blank lines and carriage returns", "# NAME=no\n\nNAME=Yes \r\nVERSION_ID=2\r\n", {"Yes", "2"}},
        {"one quote alone is part of the name", "NAME=\"", {"\"", ""}},
        {"empty value", "NAME=\nVERSION_ID=\"\"\n", {}},
        {"no assignment at all", "hello\n", {}},
        {"empty", "", {}},
    };
    for (const Row& row : rows) {
        INFO(row.claim);
        CHECK(parse_os_release(row.text) == row.release);
    }
}

}  // namespace
}  // namespace muxtap::probe
