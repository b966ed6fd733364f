#include "client/frames/outputs/files/whole_file.h"

#include <sys/file.h>
#include <sys/stat.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>
#include <thread>

#include "tests/client/frames/outputs/files/files_rig.h"

namespace muxtap::frames {
namespace {

namespace fs = std::filesystem;
using test::ByteVector;

Result<void, int> replace(const std::string& path, const ByteVector& bytes) {
    auto file = WholeFile::write(path + ".tmp", bytes);
    if (!file) return tl::unexpected<int>(file.error());
    return file->replace(path);
}

}  // namespace

TEST_CASE("A reader sees an old or a new file, never a part of one") {
    const test::TempFolder folder;
    const std::string path = folder / "latest.jpg";
    constexpr std::size_t size = 40'000;
    REQUIRE(replace(path, ByteVector(size, 0)));
    std::atomic<bool> done{false};
    std::atomic<int> reads{0};
    int torn = 0;
    std::thread reader([&] {
        while (!done) {
            const ByteVector bytes = test::read_bytes(path);
            const bool whole = bytes.size() == size && std::count(bytes.begin(), bytes.end(), bytes[0]) == size;
            if (!whole) ++torn;
            ++reads;
        }
    });
    // As many as it takes for the reader to have looked in between.
    for (int i = 1; i <= 500 || reads < 50; ++i) REQUIRE(replace(path, ByteVector(size, static_cast<std::uint8_t>(i))));
    done = true;
    reader.join();
    CHECK(torn == 0);
    CHECK(files_in(folder.path()) == std::set<std::string>{"latest.jpg"});
}

TEST_CASE("A file never becomes one that is there; it may try another name") {
    const test::TempFolder folder;
    const std::string there = folder.write("a.jpg", ByteVector{1});
    {
        auto file = WholeFile::write(folder / ".tmp", ByteVector{2, 2}).value();
        CHECK(file.become(there).error() == EEXIST);
        REQUIRE(file.become(folder / "a-2.jpg"));
    }
    CHECK(test::read_bytes(there) == ByteVector{1});
    CHECK(test::read_bytes(folder / "a-2.jpg") == ByteVector{2, 2});
    CHECK(files_in(folder.path()) == std::set<std::string>{"a.jpg", "a-2.jpg"});
}

TEST_CASE("A file that got no name is gone") {
    const test::TempFolder folder;
    REQUIRE(WholeFile::write(folder / ".tmp", ByteVector{1}));
    CHECK(files_in(folder.path()).empty());
}

TEST_CASE("What a crash has left under the temporary name is replaced") {
    const test::TempFolder folder;
    const std::string precious = folder.write("precious", ByteVector{7});
    const std::string kind = GENERATE("file", "link", "link to nowhere");
    CAPTURE(kind);
    if (kind == "file") (void)folder.write("a.jpg.tmp", ByteVector(100, 9));
    if (kind == "link") fs::create_symlink(precious, folder / "a.jpg.tmp");
    if (kind == "link to nowhere") fs::create_symlink(folder / "nowhere", folder / "a.jpg.tmp");
    REQUIRE(replace(folder / "a.jpg", ByteVector{1}));
    CHECK(test::read_bytes(folder / "a.jpg") == ByteVector{1});
    CHECK_FALSE(fs::is_symlink(folder / "a.jpg"));
    CHECK(test::read_bytes(precious) == ByteVector{7});
    CHECK(files_in(folder.path()) == std::set<std::string>{"a.jpg", "precious"});
}

TEST_CASE("A temporary file that another program is writing is left to it") {
    const test::TempFolder folder;
    const std::string other = folder.write("a.jpg.tmp", ByteVector{9});
    const FileDescriptor lock(::open(other.c_str(), O_RDWR | O_CLOEXEC));
    REQUIRE(::flock(lock.get(), LOCK_EX | LOCK_NB) == 0);
    CHECK(replace(folder / "a.jpg", ByteVector{1}).error() == EBUSY);
    CHECK(test::read_bytes(other) == ByteVector{9});
}

TEST_CASE("Missing folders are made; a file in place of one is an error") {
    const test::TempFolder folder;
    REQUIRE(replace(folder / "a/b/c.jpg", ByteVector{1}));
    CHECK(replace(folder / "a/b/c.jpg/d.jpg", ByteVector{1}).error() == ENOTDIR);
    CHECK(replace(folder / "a/b/c.jpg/x/d.jpg", ByteVector{1}).error() == ENOTDIR);
    CHECK(replace(folder / "a/b", ByteVector{1}).error() == EISDIR);
    CHECK(replace(folder / std::string(300, 'x'), ByteVector{1}).error() == ENAMETOOLONG);
    CHECK(files_in(folder.path()) == std::set<std::string>{"a/b/c.jpg"});
}

TEST_CASE("A disk that fills up in the middle of a file leaves the old one, and nothing else") {
    const test::TempFolder folder;
    REQUIRE(replace(folder / "a.jpg", ByteVector{1}));
    {
        const FileSizeLimit full(1000);
        CHECK(replace(folder / "a.jpg", ByteVector(1001, 2)).error() == EFBIG);
        CHECK(replace(folder / "b.jpg", ByteVector(1000, 2)));
    }
    CHECK(test::read_bytes(folder / "a.jpg") == ByteVector{1});
    CHECK(files_in(folder.path()) == std::set<std::string>{"a.jpg", "b.jpg"});
}

TEST_CASE("Everybody may read a picture, as far as the umask lets them") {
    const test::TempFolder folder;
    struct Row {
        mode_t umask;
        mode_t mode;
    };
    const auto row = GENERATE(values<Row>({{0, 0644}, {022, 0644}, {027, 0640}}));
    const mode_t before = ::umask(row.umask);
    const auto replaced = replace(folder / "a.jpg", ByteVector{1});
    ::umask(before);
    REQUIRE(replaced);
    struct stat status {};
    REQUIRE(::stat((folder / "a.jpg").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777) == row.mode);
}

}  // namespace muxtap::frames
