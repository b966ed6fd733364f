#include "client/files/folders.h"

#include <catch2/catch.hpp>

#include "tests/support/temp_folder.h"

namespace muxtap::client {
namespace fs = std::filesystem;

TEST_CASE("Folders that became empty go, up to the first that is not") {
    const test::TempFolder folder;
    fs::create_directories(folder / "top/a/b/c");
    fs::create_directories(folder / "top/a/other");
    remove_empty_folders(folder / "top/a/b/c/file", folder / "top");
    CHECK_FALSE(fs::exists(folder / "top/a/b"));
    CHECK(fs::exists(folder / "top/a/other"));
}

TEST_CASE("The highest folder stays, and nothing outside of it is touched") {
    const test::TempFolder folder;
    fs::create_directories(folder / "top/a");
    fs::create_directories(folder / "beside/a");
    remove_empty_folders(folder / "top/./a/file", folder / "top");
    CHECK_FALSE(fs::exists(folder / "top/a"));
    CHECK(fs::exists(folder / "top"));
    remove_empty_folders(folder / "beside/a/file", folder / "top");
    CHECK(fs::exists(folder / "beside/a"));
    remove_empty_folders(folder / "top/../beside/a/file", folder / "top");
    CHECK(fs::exists(folder / "beside/a"));
}

}  // namespace muxtap::client
