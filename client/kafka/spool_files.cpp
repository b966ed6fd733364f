#include "client/kafka/spool_files.h"

#include <array>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "common/base/clock.h"

namespace muxtap::kafka {

namespace {

namespace fs = std::filesystem;

constexpr std::streamoff page_bytes = 4096;  // of every spool

std::string time_name() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
    return {text.data(), size};
}

}  // namespace

Result<std::string> set_files_aside(const std::string& path) {
    const std::string wanted = path + ".damaged-" + time_name();
    std::string name = wanted;
    std::error_code error;
    for (int number = 2; fs::exists(name, error) || fs::exists(name + "-wal", error); ++number)
        name = wanted + "-" + std::to_string(number);
    // The log first: a new file must never meet the log of the old one.
    fs::rename(path + "-wal", name + "-wal", error);
    if (error && error != std::errc::no_such_file_or_directory)
        return fail_os("cannot set aside the log of spool \"" + path + "\"", error.value());
    fs::rename(path, name, error);
    if (error) return fail_os("cannot set aside spool \"" + path + "\"", error.value());
    return name;
}

std::uint64_t frames_in_log(const std::string& path) {
    // https://www.sqlite.org/fileformat2.html#walformat: header of 32 bytes, salts at 16; each frame
    // has a header of 24 bytes with the salts at 8.
    std::ifstream log(path + "-wal", std::ios::binary);
    std::array<char, 32> header{};
    if (!log.read(header.data(), header.size())) return 0;
    std::uint64_t frames = 0;
    std::uint64_t number = 0;
    for (std::array<char, 24> frame{}; log.read(frame.data(), frame.size());) {
        ++number;
        // Frames of an earlier round differ in both salts; one of ours that was damaged, in one.
        if (std::memcmp(frame.data() + 8, header.data() + 16, 4) == 0 ||
            std::memcmp(frame.data() + 12, header.data() + 20, 4) == 0)
            frames = number;
        log.seekg(page_bytes, std::ios::cur);
    }
    return frames;
}

std::uint64_t log_size(const std::string& path) noexcept {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path + "-wal", error);
    return error ? 0 : size;
}

}  // namespace muxtap::kafka
