#include "client/frames/outputs/output_set.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <csignal>
#include <sstream>
#include <thread>

#include "client/frames/outputs/publish_output.h"
#include "common/base/file_descriptor.h"
#include "tests/client/frames/outputs/sample_items.h"
#include "tests/support/parsed_json.h"
#include "tests/support/temp_folder.h"

using namespace muxtap;
using namespace muxtap::frames;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds time_limit{20};

struct Rig {
    muxtap::test::TempFolder folder;
    std::string path = folder / "records.ndjson";
    app::Log log{{.program = "test", .silent = true}};
    FramesConfig config;

    std::unique_ptr<OutputSet> open() {
        auto outputs = OutputSet::open(config, log);
        REQUIRE(outputs);
        return std::move(*outputs);
    }

    /// The kinds of the records in the file, in order.
    std::string kinds() const {
        const auto bytes = muxtap::test::read_bytes(path);
        std::istringstream lines(std::string(bytes.begin(), bytes.end()));
        std::string kinds;
        for (std::string line; std::getline(lines, line);) {
            kinds += muxtap::test::text(muxtap::test::parsed(line)["record"]) + " ";
        }
        return kinds;
    }
};

/// Whether it comes to be so within the time limit.
template <typename Condition>
bool comes_true(Condition condition) {
    const auto end = steady_now() + time_limit;
    while (!condition()) {
        if (steady_now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

}  // namespace

TEST_CASE("without outputs everything is offered to nobody") {
    Rig rig;
    const auto outputs = rig.open();
    outputs->offer(frames::test::picture());
    CHECK_FALSE(outputs->wants_access_units());
    CHECK_FALSE(outputs->closed());
    CHECK(outputs->dropped() == 0);
    CHECK(outputs->finish(1s));
}

TEST_CASE("records go to NDJSON in order, but not those of access units") {
    Rig rig;
    rig.config.outputs.ndjson = rig.path;
    const auto outputs = rig.open();
    CHECK_FALSE(outputs->wants_access_units());
    for (const ItemPtr& item : {frames::test::picture(), frames::test::access_unit(), frames::test::sound(),
                                frames::test::event("black"), frames::test::picture()}) {
        outputs->offer(item);
    }
    REQUIRE(outputs->finish(10s));
    CHECK(rig.kinds() == "muxtap.frame/1 muxtap.sound/1 muxtap.event/1 muxtap.frame/1 ");
    CHECK(outputs->dropped() == 0);
}

TEST_CASE("pictures go to files, and what is wrong with those does not concern the records") {
    Rig rig;
    rig.config.outputs.ndjson = rig.path;
    const bool writable = GENERATE(true, false);
    rig.config.outputs.latest = writable ? rig.folder / "{stream}/latest.jpg" : "/proc/no/such/{stream}.jpg";
    const auto outputs = rig.open();
    outputs->offer(frames::test::picture(7, frames::test::bytes_of("image"), "news"));
    outputs->offer(frames::test::event("black"));
    const auto finished = outputs->finish(10s);
    CHECK(finished.has_value() == writable);
    CHECK(outputs->dropped() == (writable ? 0 : 1));
    CHECK(rig.kinds() == "muxtap.frame/1 muxtap.event/1 ");
    if (writable) CHECK(muxtap::test::read_bytes(rig.folder / "news/latest.jpg").size() == 5);
}

TEST_CASE("a pattern that can never work is an error") {
    Rig rig;
    rig.config.outputs.latest = "{no such field}.jpg";
    CHECK_FALSE(OutputSet::open(rig.config, rig.log));
}

TEST_CASE("a full disk costs records, which are counted and told at the end") {
    Rig rig;
    rig.config.outputs.ndjson = "/dev/full";
    const auto outputs = rig.open();
    for (std::uint64_t seq = 0; seq < 5; ++seq) outputs->offer(frames::test::picture(seq));
    const auto finished = outputs->finish(10ms);
    REQUIRE_FALSE(finished);
    CHECK_THAT(finished.error().message, Catch::Contains("5 records were lost") && Catch::Contains("ndjson:/dev/full"));
    CHECK(outputs->dropped() == 5);
}

TEST_CASE("an output that has no room drops items, which is counted and told once for many") {
    Rig rig;
    rig.config.outputs.ndjson = rig.path;
    const std::string told = rig.folder / "log";
    const FileDescriptor before(::dup(STDERR_FILENO));
    const FileDescriptor file(::open(told.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    ::dup2(file.get(), STDERR_FILENO);
    const auto outputs = rig.open();
    // More than waits for one output at all.
    const auto image = std::make_shared<const Image>(std::size_t{65} << 20);
    for (std::uint64_t seq = 0; seq < 3; ++seq) outputs->offer(frames::test::picture(seq, image));
    outputs->offer(frames::test::event("black"));
    CHECK(outputs->dropped() == 3);
    const auto finished = outputs->finish(10s);
    ::dup2(before.get(), STDERR_FILENO);
    REQUIRE_FALSE(finished);
    CHECK_THAT(finished.error().message, Catch::Contains("3 records were lost: ndjson:"));
    CHECK(rig.kinds() == "muxtap.event/1 ");
    const auto bytes = muxtap::test::read_bytes(told);
    CHECK(std::count(bytes.begin(), bytes.end(), std::uint8_t{'\n'}) == 1);
    CHECK_THAT(std::string(bytes.begin(), bytes.end()), Catch::Contains("does not keep up: 1 dropped"));
}

TEST_CASE("a folder that is not there is an error that names the file") {
    Rig rig;
    rig.config.outputs.ndjson = rig.folder / "missing/records.ndjson";
    const auto outputs = OutputSet::open(rig.config, rig.log);
    REQUIRE_FALSE(outputs);
    CHECK_THAT(outputs.error().message, Catch::Contains("missing/records.ndjson"));
}

TEST_CASE("an address in use is an error that names it") {
    Rig rig;
    const auto other = PublishOutput::open({.address = "tcp://127.0.0.1:*"}, rig.log);
    REQUIRE(other);
    rig.config.outputs.publish = (*other)->address();
    const auto outputs = OutputSet::open(rig.config, rig.log);
    REQUIRE_FALSE(outputs);
    CHECK_THAT(outputs.error().message,
               Catch::Contains((*other)->address()) && Catch::Contains("--publish") && Catch::Contains("in use"));
}

TEST_CASE("access units are wanted only where they are published") {
    Rig rig;
    rig.config.outputs.publish = "ipc://" + (rig.folder / "socket");
    CHECK_FALSE(rig.open()->wants_access_units());
    rig.config.outputs.publish_access_units = true;
    CHECK(rig.open()->wants_access_units());
}

TEST_CASE("when nobody reads standard output any more, that is the end of it") {
    std::signal(SIGPIPE, SIG_IGN);  // as the programs do
    Rig rig;
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    std::optional<FileDescriptor> reader(ends[0]);
    FileDescriptor writer(ends[1]);
    const FileDescriptor before(::dup(STDOUT_FILENO));
    ::dup2(writer.get(), STDOUT_FILENO);
    rig.config.outputs.ndjson = "-";
    rig.config.outputs.latest = rig.folder / "latest.jpg";  // goes on, but takes no records
    const auto outputs = rig.open();
    ::dup2(before.get(), STDOUT_FILENO);
    writer = FileDescriptor();
    outputs->offer(frames::test::picture());
    CHECK_FALSE(outputs->closed());
    reader.reset();
    CHECK(comes_true([&] { return outputs->closed(); }));
    outputs->offer(frames::test::picture());
    CHECK(outputs->finish(1s));  // nothing is lost that somebody wanted
}
