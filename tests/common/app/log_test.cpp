#include "common/app/log.h"

#include <rapidjson/document.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace muxtap::app {
namespace {

using namespace std::chrono_literals;

/// Takes in what is written to standard error while it lives.
class StderrCapture {
public:
    StderrCapture() : file_(std::tmpfile(), &std::fclose), before_(::dup(STDERR_FILENO)) {
        ::dup2(::fileno(file_.get()), STDERR_FILENO);
    }
    ~StderrCapture() {
        ::dup2(before_, STDERR_FILENO);
        ::close(before_);
    }
    StderrCapture(const StderrCapture&) = delete;
    StderrCapture& operator=(const StderrCapture&) = delete;

    [[nodiscard]] std::vector<std::string> lines() const {
        std::rewind(file_.get());
        std::vector<std::string> lines(1);
        for (int c = std::fgetc(file_.get()); c != EOF; c = std::fgetc(file_.get())) {
            if (c == '\n') {
                lines.emplace_back();
            } else {
                lines.back().push_back(static_cast<char>(c));
            }
        }
        lines.pop_back();
        return lines;
    }

private:
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
    int before_;
};

/// What `write` had a log of this format print.
template <typename Write>
std::vector<std::string> lines_of(LogFormat format, Write write) {
    const StderrCapture capture;
    {
        Log log({.program = "test", .format = format});
        write(log);
    }
    return capture.lines();
}

}  // namespace

TEST_CASE("A repeated warning is written once and then as a count") {
    const auto lines = lines_of(LogFormat::text, [](Log& log) {
        for (std::uint64_t i = 1; i <= 5; ++i) log.warning("disk_full", "cannot write", {{"bytes", i}});
        CHECK(log.counts().warning == 1);
        CHECK(log.counts().repeats == 4);
        log.tell_repeats(steady_now() + 9s);
        CHECK(log.counts().warning == 1);
        log.tell_repeats(steady_now() + 11s);
        CHECK(log.counts().warning == 2);
    });
    REQUIRE(lines.size() == 2);
    CHECK_THAT(lines[0], Catch::EndsWith("test warning: cannot write bytes=1"));
    CHECK_THAT(lines[1], Catch::Contains("test warning: cannot write bytes=5 repeated=4 since=2"));
}

TEST_CASE("What repeats at the end is not lost, and is JSON where lines are") {
    const auto lines = lines_of(LogFormat::json, [](Log& log) {
        for (int i = 0; i < 3; ++i) log.error("gone", "no \"such\" file", {{"path", std::string_view{"/a"}}});
    });
    REQUIRE(lines.size() == 2);
    for (const std::string& line : lines) {
        rapidjson::Document document;
        document.Parse(line.c_str());
        INFO(line);
        REQUIRE_FALSE(document.HasParseError());
        CHECK(std::string{document["message"].GetString()} == "no \"such\" file");
        CHECK(std::string{document["level"].GetString()} == "error");
        CHECK(document.HasMember("repeated") == (&line != lines.data()));
    }
    rapidjson::Document last;
    last.Parse(lines[1].c_str());
    CHECK(last["repeated"].GetInt() == 2);
    CHECK(std::string{last["since"].GetString()}.size() == std::string{"2026-01-01T00:00:00Z"}.size());
}

TEST_CASE("Lines for the journal begin with their priority, others do not") {
    const StderrCapture capture;
    struct stat file {};
    REQUIRE(::fstat(STDERR_FILENO, &file) == 0);
    const std::string own = std::to_string(file.st_dev) + ":" + std::to_string(file.st_ino);
    for (const std::string& named : {own, own + "1"}) {
        ::setenv("JOURNAL_STREAM", named.c_str(), 1);
        Log log({.program = "test", .debug = true});
        log.debug("a", "debug");
        log.info("a", "info");
        log.warning("a", "warning");
        log.error("a", "error");
    }
    ::unsetenv("JOURNAL_STREAM");
    const auto lines = capture.lines();
    REQUIRE(lines.size() == 8);
    for (std::size_t i = 0; const char* priority : {"<7>2", "<6>2", "<4>2", "<3>2"}) {
        CHECK_THAT(lines[i], Catch::StartsWith(priority));
        CHECK_THAT(lines[4 + i], Catch::StartsWith("2"));
        ++i;
    }
}

TEST_CASE("Warnings of two streams are two, and what only informs is never held back") {
    const auto lines = lines_of(LogFormat::text, [](Log& log) {
        log.warning("silent", "stream is silent", {{"stream", std::string_view{"a"}}});
        log.warning("silent", "stream is silent", {{"stream", std::string_view{"b"}}});
        log.info("status", "status");
        log.info("status", "status");
        CHECK(log.counts().repeats == 0);
        CHECK(log.counts().info == 2);
    });
    CHECK(lines.size() == 4);
}

}  // namespace muxtap::app
