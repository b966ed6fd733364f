#include "client/record/existing_files.h"

#include <catch2/catch.hpp>

#include "tests/client/record/record_rig.h"

namespace muxtap::record {
namespace {

constexpr auto any = [](const std::string&) { return true; };

}  // namespace

TEST_CASE("What an earlier run left is treated as told, what this run wrote is never touched again") {
    struct Row {
        const char* name;
        ExistingPolicy policy;
        std::vector<std::string> there;
        std::string first;
        OpenMode mode;
        std::string second;
    };
    const auto row = GENERATE(values<Row>({
        {"append, nothing there", ExistingPolicy::append, {}, "c.ts", OpenMode::create, "c-1.ts"},
        {"append", ExistingPolicy::append, {"c.ts"}, "c.ts", OpenMode::append, "c-1.ts"},
        {"append to the last", ExistingPolicy::append, {"c.ts", "c-2.ts"}, "c-2.ts", OpenMode::append, "c-3.ts"},
        {"overwrite", ExistingPolicy::overwrite, {"c.ts", "c-2.ts"}, "c.ts", OpenMode::overwrite, "c-1.ts"},
        {"next, nothing there", ExistingPolicy::next, {}, "c.ts", OpenMode::create, "c-1.ts"},
        {"next", ExistingPolicy::next, {"c.ts", "c-7.ts"}, "c-8.ts", OpenMode::create, "c-9.ts"},
        {"fail, nothing there", ExistingPolicy::fail, {"d.ts"}, "c.ts", OpenMode::create, "c-1.ts"},
        {"other names",
         ExistingPolicy::next,
         {"c-x.ts", "c-1.mp4", "c-01x.ts", "cc.ts"},
         "c.ts",
         OpenMode::create,
         "c-1.ts"},
    }));
    CAPTURE(row.name);
    TestFolder folder;
    for (const std::string& name : row.there) write_file(folder / name, "x");
    const std::string wanted = folder / "c.ts";
    FileChooser chooser(row.policy);
    const auto first = chooser.choose(wanted, any);
    REQUIRE(first);
    CHECK(first->path == folder / row.first);
    CHECK(first->mode == row.mode);
    write_file(first->path, "x");
    chooser.opened(wanted, first->path);
    CHECK(chooser.choose(wanted, any)->path == folder / row.second);
}

TEST_CASE("A file that exists is an error when told so, and named") {
    TestFolder folder;
    write_file(folder / "c.ts", "x");
    const auto plan = FileChooser(ExistingPolicy::fail).choose(folder / "c.ts", any);
    REQUIRE_FALSE(plan);
    CHECK(plan.error().message.find("c.ts") != std::string::npos);
}

TEST_CASE("A file of another stream is not appended to") {
    TestFolder folder;
    write_file(folder / "c.ts", "x");
    const auto plan =
        FileChooser(ExistingPolicy::append).choose(folder / "c.ts", [](const std::string&) { return false; });
    CHECK(plan->path == folder / "c-1.ts");
}

TEST_CASE("Two wanted names never end in one file") {
    TestFolder folder;
    FileChooser chooser(ExistingPolicy::overwrite);
    chooser.opened(folder / "c.ts", folder / "c.ts");
    chooser.opened(folder / "c.ts", folder / "c-1.ts");
    CHECK(chooser.choose(folder / "c-1.ts", any)->path == folder / "c-1-1.ts");
}

TEST_CASE("Devices are written as they are") {
    FileChooser chooser(GENERATE(ExistingPolicy::append, ExistingPolicy::fail, ExistingPolicy::next));
    CHECK(chooser.choose("/dev/null", any)->path == "/dev/null");
}

}  // namespace muxtap::record
