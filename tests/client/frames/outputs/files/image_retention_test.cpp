#include "client/frames/outputs/files/image_retention.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "client/frames/outputs/files/image_names.h"
#include "tests/client/frames/outputs/files/files_rig.h"

namespace muxtap::frames {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A folder with pictures of an earlier run.
struct Rig {
    test::TempFolder folder;
    app::Log log = quiet_log();
    SteadyTime steady{};

    client::PathPattern pattern(const std::string& name = "images/{stream}/%Y-%m-%d/%H%M%S.jpg") {
        return parse_image_pattern("images", folder / name).value();
    }
    std::string image(const std::string& name, std::chrono::nanoseconds age, std::size_t bytes = 1000) const {
        const std::string path = folder / name;
        fs::create_directories(fs::path(path).parent_path());
        (void)folder.write(name, test::ByteVector(bytes, 'J'));
        set_time(path, moment - age);
        return path;
    }
    static void set_time(const std::string& path, UnixTime written) {
        const auto nanoseconds = to_unix_ns(written);
        const timespec time{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
        const timespec times[2] = {time, time};
        REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0);
    }
    /// Until nothing is left to do.
    void settle(ImageRetention& retention, UnixTime now = moment) {
        for (int i = 0; i < 50; ++i) retention.tick(now, steady += 2s);
        REQUIRE_FALSE(retention.scanning());
    }
};

}  // namespace

TEST_CASE("The oldest pictures go until the sum fits, with folders that become empty") {
    Rig rig;
    const auto oldest = rig.image("images/sport/2025-11-18/120000.jpg", 40h);
    const auto middle = rig.image("images/news/2025-11-19/120000.jpg", 20h);
    const auto newest = rig.image("images/news/2025-11-20/010000.jpg", 1h);
    ImageRetention retention({.max_bytes = 2999}, rig.pattern(), rig.log);
    rig.settle(retention);
    CHECK_FALSE(fs::exists(oldest));
    CHECK_FALSE(fs::exists(rig.folder / "images/sport"));
    CHECK(fs::exists(middle));
    CHECK(retention.bytes() == 2000);

    const auto fresh = rig.image("images/news/2025-11-20/020000.jpg", -1h);
    retention.add({fresh, 1000, moment + 1h});
    rig.settle(retention, moment + 1h);
    CHECK(files_in(rig.folder / "images") ==
          std::set<std::string>{"news/2025-11-20/010000.jpg", "news/2025-11-20/020000.jpg"});
    CHECK(fs::exists(newest));
}

TEST_CASE("Pictures that are older than the limit go") {
    Rig rig;
    const auto old = rig.image("images/news/2025-11-19/015319.jpg", 24h + 1ns);
    const auto just = rig.image("images/news/2025-11-19/015320.jpg", 24h);
    ImageRetention retention({.max_age = 24h}, rig.pattern(), rig.log);
    rig.settle(retention);
    CHECK_FALSE(fs::exists(old));
    CHECK(fs::exists(just));
    rig.settle(retention, moment + 1ns);
    CHECK(files_in(rig.folder.path()).empty());
    CHECK(fs::exists(rig.folder / "images"));
}

TEST_CASE("Pictures go while the disk has too little free, and no more than that") {
    Rig rig;
    for (int i = 0; i < 6; ++i) rig.image("images/news/2025-11-19/12000" + std::to_string(i) + ".jpg", (20h - i * 1h));
    std::optional<std::uint64_t> free = 10'000;
    std::string asked;
    ImageRetention retention({.min_free = 10'000}, rig.pattern(), rig.log, [&](const std::string& folder) {
        asked = folder;
        return free;
    });
    rig.settle(retention);
    CHECK(asked == rig.folder / "images");
    CHECK(files_in(rig.folder.path()).size() == 6);

    free = 10'000 - 1001;
    retention.tick(moment, rig.steady += 1h);
    CHECK(files_in(rig.folder.path()).size() == 4);
    retention.tick(moment, rig.steady += 1ms);  // file systems may need a while
    CHECK(files_in(rig.folder.path()).size() == 4);
    retention.tick(moment, rig.steady += 1h);
    CHECK(files_in(rig.folder.path()).size() == 2);
    free = std::nullopt;
    retention.tick(moment, rig.steady += 1h);
    CHECK(files_in(rig.folder.path()) ==
          std::set<std::string>{"images/news/2025-11-19/120004.jpg", "images/news/2025-11-19/120005.jpg"});
}

TEST_CASE("It is told that nothing is left to delete for a disk that others fill") {
    Rig rig;
    app::Log log({.program = "test"});
    rig.image("images/news/2025-11-19/120000.jpg", 1h);
    ImageRetention retention({.min_free = 10}, rig.pattern(), log, [](const auto&) { return 0; });
    const PrintedLines printed;
    for (int i = 0; i < 20; ++i) retention.tick(moment, rig.steady += 2s);
    CHECK(files_in(rig.folder.path()).empty());
    CHECK(printed.count("--images-min-free") == 1);
}

TEST_CASE("Files that the pattern did not give are never touched") {
    Rig rig;
    const auto mine = rig.image("images/news/2025-11-19/120000.jpg", 50h);
    std::vector<std::string> others = {
        rig.image("images/news/latest.jpg", 50h),
        rig.image("images/news/filmstrip.jpg", 50h),
        rig.image("images/news/2025-11-19/120000.txt", 50h),
        rig.image("images/news/2025-11-19/120000-edited.jpg", 50h),
        rig.image("images/news/2025-11-19/120000-02.jpg", 50h),
        rig.image("images/news/2025-11-19/120000-1-2-3.jpg", 50h),
        rig.image("images/news/2025-11-19/12000.jpg", 50h),
        rig.image("images/news/2025-11-19/deeper/120000.jpg", 50h),
        rig.image("images/news/2025/120000.jpg", 50h),
        rig.image("images/120000.jpg", 50h),
        rig.image("images/ne ws/2025-11-19/120000.jpg", 50h),
        rig.image("elsewhere/2025-11-19/120000.jpg", 50h),
        rig.image("images/news/2025-11-19/.hidden.tmp", 50h),
    };
    fs::create_directory_symlink(rig.folder / "elsewhere", rig.folder / "images/link");
    fs::create_symlink(others[0], rig.folder / "images/news/2025-11-19/130000.jpg");
    Rig::set_time(rig.folder / "images/news/2025-11-19/130000.jpg", moment - 50h);
    others.push_back(rig.folder / "images/news/2025-11-19/130000.jpg");
    fs::create_directories(rig.folder / "images/news/2025-11-19/140000.jpg");
    others.push_back(rig.folder / "images/news/2025-11-19/140000.jpg");
    ImageRetention retention({.max_bytes = 1, .max_age = 1h, .min_free = 1}, rig.pattern(), rig.log,
                             [](const auto&) { return 0; });
    rig.settle(retention);
    CHECK_FALSE(fs::exists(mine));
    for (const std::string& path : others) {
        CAPTURE(path);
        CHECK(fs::exists(path));
    }
}

TEST_CASE("Pictures with a program, a number or another format in their names are found") {
    Rig rig;
    for (const char* name : {"120000.jpg", "120000.png", "120000-2.jpg", "120000-102.jpg", "120000-102-17.png"}) {
        rig.image(std::string{"images/news/2025-11-19/"} + name, 50h);
    }
    ImageRetention retention({.max_age = 1h}, rig.pattern(), rig.log);
    rig.settle(retention);
    CHECK(files_in(rig.folder.path()).empty());
}

TEST_CASE("Pictures of an earlier run with the name of a probe are found once that probe is there") {
    Rig rig;
    rig.image("images/news/2025-11-19/120000-cap-b.jpg", 50h);
    rig.image("images/news/2025-11-19/120000-cap-b-102-2.jpg", 50h);
    const auto other = rig.image("images/news/2025-11-19/120000-cap-c.jpg", 50h);
    ImageRetention retention({.max_age = 1h}, rig.pattern(), rig.log);
    rig.settle(retention);
    CHECK(files_in(rig.folder.path()).size() == 3);
    retention.know_suffix("-cap-b");
    rig.settle(retention);
    CHECK(files_in(rig.folder.path()).size() == 1);
    CHECK(fs::exists(other));
}

TEST_CASE("More files than are remembered go in the order of their age") {
    Rig rig;
    for (int i = 10; i < 40; ++i) {
        rig.image("images/news/2025-11-19/1200" + std::to_string(i) + ".jpg", 40h - std::chrono::hours{i});
    }
    ImageRetention retention({.max_bytes = 5000}, rig.pattern(), rig.log, {}, 4);
    rig.settle(retention);
    CHECK(retention.bytes() == 5000);
    CHECK(files_in(rig.folder / "images/news/2025-11-19") ==
          std::set<std::string>{"120035.jpg", "120036.jpg", "120037.jpg", "120038.jpg", "120039.jpg"});
    for (int i = 40; i < 50; ++i) {
        const auto path = rig.image("images/news/2025-11-19/1200" + std::to_string(i) + ".jpg", 0h);
        retention.add({path, 1000, moment});
    }
    CHECK(retention.bytes() == 15'000);
    rig.settle(retention, moment + 1s);
    CHECK(retention.bytes() == 5000);
    CHECK(files_in(rig.folder / "images/news/2025-11-19").size() == 5);
}

TEST_CASE("A picture that is written while earlier ones are looked for counts once") {
    Rig rig;
    for (int i = 0; i < 6'000; ++i) {
        rig.image((i % 2 == 0 ? "images/a/2025-11-19/" : "images/b/2025-11-19/") + std::to_string(100'000 + i) + ".jpg",
                  1h, 0);
    }
    ImageRetention retention({.max_bytes = 1'000'000}, rig.pattern(), rig.log);
    retention.tick(moment, rig.steady += 1s);
    REQUIRE(retention.scanning());
    // One of the two is still to be read.
    for (const char* stream : {"a", "b"}) {
        const auto path = rig.image(std::string{"images/"} + stream + "/2025-11-19/235959.jpg", -1ns);
        retention.add({path, 1000, moment + 1ns});
    }
    rig.settle(retention, moment + 2ns);
    CHECK(retention.bytes() == 2000);
}

TEST_CASE("What others write or delete is seen within the hour") {
    Rig rig;
    const auto mine = rig.image("images/news/2025-11-18/120000.jpg", 3h);
    ImageRetention retention({.max_bytes = 2000}, rig.pattern(), rig.log);
    rig.settle(retention);
    const auto others = rig.image("images/sport/2025-11-18/120000.jpg", 2h, 2000);
    rig.settle(retention);
    CHECK(retention.bytes() == 1000);
    rig.steady += 1h;
    rig.settle(retention);
    CHECK(retention.bytes() == 2000);
    CHECK_FALSE(fs::exists(mine));
    fs::remove(others);
    rig.steady += 1h;
    rig.settle(retention);
    CHECK(retention.bytes() == 0);
}

TEST_CASE("Temporary files that a crash has left go, those of a program at work stay") {
    Rig rig;
    const auto left = rig.image("images/news/2025-11-18/.0123456789abcdef.muxtap-tmp", 2min);
    const auto at_work = rig.image("images/news/2025-11-20/.0123456789abcdef.muxtap-tmp", 1s);
    ImageRetention retention({.max_age = 1h}, rig.pattern(), rig.log);
    rig.settle(retention);
    CHECK_FALSE(fs::exists(rig.folder / "images/news/2025-11-18"));
    CHECK(fs::exists(at_work));
}

TEST_CASE("A file that is gone already does not stop the others from going") {
    Rig rig;
    const auto gone = rig.image("images/news/2025-11-18/120000.jpg", 30h);
    const auto there = rig.image("images/news/2025-11-18/120001.jpg", 20h);
    ImageRetention retention({.max_bytes = 2500}, rig.pattern(), rig.log);
    rig.settle(retention);
    fs::remove(gone);
    retention.add({rig.image("images/news/2025-11-20/120000.jpg", 0s, 1600), 1600, moment});
    rig.settle(retention);
    CHECK_FALSE(fs::exists(there));
    CHECK(retention.bytes() == 1600);
}

TEST_CASE("Without a limit nothing is looked for and nothing is deleted") {
    Rig rig;
    const auto old = rig.image("images/news/2025-11-18/120000.jpg", 30'000h);
    ImageRetention retention({}, rig.pattern(), rig.log);
    CHECK_FALSE(retention.scanning());
    rig.settle(retention);
    CHECK(fs::exists(old));
}

TEST_CASE("A folder that is not there yet has no pictures") {
    Rig rig;
    ImageRetention retention({.max_bytes = 1}, rig.pattern("none/{stream}/%H.jpg"), rig.log);
    rig.settle(retention);
    CHECK(retention.bytes() == 0);
}

}  // namespace muxtap::frames
