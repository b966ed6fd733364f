#include "client/metrics/sinks/ndjson_sink.h"

#include <fcntl.h>
#include <rapidjson/document.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/client/metrics/sinks/sink_contract.h"
#include "tests/support/temp_folder.h"

namespace muxtap::metrics {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using test::new_year;
using test::StreamOfRecords;

std::string read_text(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Record numbers of lines that all are whole JSON objects.
std::vector<client::RecordIdentity> identities_in(const std::string& text) {
    std::vector<client::RecordIdentity> result;
    CHECK((text.empty() || text.back() == '\n'));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        rapidjson::Document document;
        document.Parse(line.c_str());
        REQUIRE_FALSE(document.HasParseError());
        result.push_back({document["probe"].GetString(), document["stream"].GetString(), document["epoch"].GetUint64(),
                          document["seq"].GetUint64()});
    }
    return result;
}

std::uint64_t line_size(const RecordPtr& record) {
    return record->json().size() + 1;
}

class NdjsonRig : public test::SinkRig {
public:
    NdjsonRig() {
        std::signal(SIGPIPE, SIG_IGN);
        std::signal(SIGXFSZ, SIG_IGN);
    }
    std::unique_ptr<Sink> open() override { return open_sink(); }
    std::unique_ptr<NdjsonSink> open_sink() {
        auto sink = NdjsonSink::open(settings, log);
        INFO((sink ? std::string{} : sink.error().message));
        REQUIRE(sink);
        return std::move(*sink);
    }
    std::string refusal() {
        const auto sink = NdjsonSink::open(settings, log);
        return sink ? std::string{"it was opened"} : sink.error().message;
    }
    std::optional<std::vector<client::RecordIdentity>> arrived() override {
        return identities_in(read_text(path + ".aside") + read_text(path));
    }
    /// Somebody moved the file away and put one in its place that takes nothing.
    bool obstruct() override {
        fs::rename(path, path + ".aside");
        fs::create_symlink("/dev/full", path);
        return true;
    }
    void clear() override { fs::remove(path); }
    std::size_t most_waiting() const override { return settings.most_waiting; }

    muxtap::test::TempFolder folder;
    app::Log log{{.program = "test", .silent = true}};
    std::string path = folder / "metrics.ndjson";
    NdjsonSink::Settings settings{.path = path, .most_waiting = 30, .reader_patience = std::chrono::milliseconds{1}};
};

void store(Sink& sink, const RecordPtr& record) {
    sink.write({&record, 1});
}

TEST_CASE("the NDJSON sink keeps the contract of sinks") {
    test::check_sink_contract([] { return std::make_unique<NdjsonRig>(); });
}

TEST_CASE("a line is a record's JSON, and is in the file when write returns") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    const std::vector<RecordPtr> records = stream.next_many(2);
    const auto sink = rig.open();
    sink->write(records);
    CHECK(read_text(rig.path) == records[0]->json() + "\n" + records[1]->json() + "\n");
}

TEST_CASE("a file is continued") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    for (int run = 0; run < 3; ++run) rig.open()->write(stream.next_many(2));
    CHECK(identities_in(read_text(rig.path)).size() == 6);
}

TEST_CASE("what a power cut left of the last line is cut off, a last line without line feed gets one") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    const std::vector<RecordPtr> records = stream.next_many(3);
    const std::string line = records[1]->json();
    const std::size_t kept = GENERATE(1, 5, 4096, 5000, 100000);
    const std::string torn = line.substr(0, kept);
    std::ofstream(rig.path) << records[0]->json() << "\n" << torn;
    rig.open()->write(std::span{records}.subspan(2));
    CHECK(identities_in(read_text(rig.path)).size() == (torn == line ? 3 : 2));
}

TEST_CASE("a file that does not end in JSON is none of ours and is not touched") {
    NdjsonRig rig;
    std::ofstream(rig.path) << "Dear diary,\nit rained";
    CHECK_THAT(rig.refusal(), Contains(rig.path) && Contains("does not end in a line of JSON"));
    CHECK(read_text(rig.path) == "Dear diary,\nit rained");
}

TEST_CASE("what cannot be opened says why") {
    NdjsonRig rig;
    rig.settings.path = rig.folder / "none/metrics.ndjson";
    CHECK_THAT(rig.refusal(), Contains("none/metrics.ndjson") && Contains("No such file or directory"));
    rig.settings.path = rig.folder.path();
    CHECK_THAT(rig.refusal(), Contains("Is a directory"));
    rig.settings.path = rig.folder / "pipe";
    REQUIRE(::mkfifo(rig.settings.path.c_str(), 0600) == 0);
    CHECK_THAT(rig.refusal(), Contains("nobody reads"));
}

TEST_CASE("two workers do not write into one file") {
    NdjsonRig rig;
    const auto sink = rig.open();
    CHECK_THAT(rig.refusal(), Contains("another program writes it"));
}

TEST_CASE("at its size a file is put aside, and the oldest goes") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    const std::vector<RecordPtr> records = stream.next_many(10);
    rig.settings.bytes = line_size(records[8]) * 2 + 50;
    rig.settings.files = 2;
    const auto sink = rig.open();
    SECTION("in one batch") {
        sink->write(records);
    }
    SECTION("one by one") {
        for (const RecordPtr& record : records) store(*sink, record);
    }
    CHECK(identities_in(read_text(rig.path)) == test::identities({records[8], records[9]}));
    CHECK(identities_in(read_text(rig.path + ".1")) == test::identities({records[6], records[7]}));
    CHECK(identities_in(read_text(rig.path + ".2")) == test::identities({records[4], records[5]}));
    CHECK_FALSE(fs::exists(rig.path + ".3"));
    CHECK(sink->figures().delivered == 10);
}

TEST_CASE("a file that holds exactly its size is not put aside before the next line") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    const std::vector<RecordPtr> records = stream.next_many(3);
    rig.settings.bytes = line_size(records[0]) + line_size(records[1]);
    const auto sink = rig.open();
    sink->write(std::span{records}.first(2));
    CHECK_FALSE(fs::exists(rig.path + ".1"));
    sink->write(std::span{records}.subspan(2));
    CHECK(identities_in(read_text(rig.path + ".1")).size() == 2);
}

TEST_CASE("a line longer than a file may be has a file of its own") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    rig.settings.bytes = 10;
    const auto sink = rig.open();
    sink->write(stream.next_many(3));
    for (const char* suffix : {"", ".1", ".2"}) CHECK(identities_in(read_text(rig.path + suffix)).size() == 1);
}

TEST_CASE("with no older files to keep, a full file is begun anew") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    rig.settings.bytes = 10;
    rig.settings.files = 0;
    const auto sink = rig.open();
    sink->write(stream.next_many(3));
    CHECK(identities_in(read_text(rig.path)).size() == 1);
    CHECK(std::distance(fs::directory_iterator(rig.folder.path()), {}) == 1);
}

TEST_CASE("a file that cannot be put aside is written on") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    rig.settings.bytes = 10;
    fs::create_directories(rig.path + ".1/in the way");
    fs::create_directories(rig.path + ".2/in the way");
    rig.settings.files = 1;
    const auto sink = rig.open();
    sink->write(stream.next_many(3));
    CHECK(sink->figures().delivered == 3);
    CHECK(identities_in(read_text(rig.path)).size() == 3);
}

TEST_CASE("a file that logrotate moved or deleted is begun anew, one that it emptied is written on") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    const auto sink = rig.open();
    sink->write(stream.next_many(2));
    SECTION("moved") {
        fs::rename(rig.path, rig.path + ".old");
        sink->write(stream.next_many(1));
        CHECK(identities_in(read_text(rig.path + ".old")).size() == 2);
    }
    SECTION("moved, and another made") {
        fs::rename(rig.path, rig.path + ".old");
        std::ofstream(rig.path).flush();
        sink->write(stream.next_many(1));
    }
    SECTION("deleted") {
        fs::remove(rig.path);
        sink->write(stream.next_many(1));
    }
    SECTION("emptied") {
        fs::resize_file(rig.path, 0);
        sink->write(stream.next_many(1));
    }
    SECTION("moved in a quiet hour: the new one is there without a record") {
        fs::rename(rig.path, rig.path + ".old");
        CHECK(test::tick_until(*sink, [&] { return fs::exists(rig.path); }));
        sink->write(stream.next_many(1));
    }
    CHECK(identities_in(read_text(rig.path)).size() == 1);
    CHECK(sink->figures().delivered == 3);
}

TEST_CASE("a disk that fills up in the middle of a line never leaves a torn one") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    const std::vector<RecordPtr> records = stream.next_many(6);
    const auto sink = rig.open();
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const rlimit limit{line_size(records[0]) * 2 + 1000, before.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    sink->write(records);
    const std::string then = read_text(rig.path);
    ::setrlimit(RLIMIT_FSIZE, &before);
    CHECK(identities_in(then).size() == 2);
    CHECK(sink->figures().delivered == 2);
    CHECK(sink->figures().waiting == 4);
    CHECK_THAT(sink->figures().problem, Contains(rig.path));
    CHECK(test::tick_until(*sink, [&] { return sink->figures().waiting == 0; }));
    CHECK(identities_in(read_text(rig.path)) == test::identities(records));
    CHECK(sink->figures().healthy);
}

/// A pipe or a pair of sockets: what the sink writes into and what it can be read from.
struct Channel {
    explicit Channel(bool sockets) {
        std::array<int, 2> ends{};
        if (sockets) {
            REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
            std::swap(ends[0], ends[1]);
        } else {
            REQUIRE(::pipe(ends.data()) == 0);
        }
        from = FileDescriptor(ends[0]);
        into = FileDescriptor(ends[1]);
        ::fcntl(from.get(), F_SETFL, O_NONBLOCK);
    }
    /// What is there now.
    std::string read() {
        std::string text;
        std::array<char, 65536> part;
        for (ssize_t size = 0; (size = ::read(from.get(), part.data(), part.size())) > 0;)
            text.append(part.data(), static_cast<std::size_t>(size));
        return text;
    }
    FileDescriptor from;
    FileDescriptor into;
};

TEST_CASE("a slow reader gets everything as it reads, and whole lines") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    Channel channel(GENERATE(false, true));
    rig.settings.path = "-";
    rig.settings.standard_output = channel.into.get();
    rig.settings.most_waiting = 1000;
    const std::vector<RecordPtr> records = stream.next_many(200);
    const auto sink = rig.open_sink();
    sink->write(records);
    CHECK(sink->figures().waiting > 0);
    CHECK_THAT(sink->figures().problem, Contains("reader is too slow"));
    std::string text;
    CHECK(test::tick_until(*sink, [&] {
        text += channel.read();
        return sink->figures().waiting == 0;
    }));
    sink->finish(std::chrono::milliseconds{10});
    text += channel.read();
    CHECK(identities_in(text) == test::identities(records));
    CHECK_FALSE(sink->closed());
    // What was lent stays open and blocking.
    CHECK((::fcntl(channel.into.get(), F_GETFL) & O_NONBLOCK) == 0);
}

TEST_CASE("a reader that does not read does not hold up the end") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    Channel channel(GENERATE(false, true));
    rig.settings.path = "-";
    rig.settings.standard_output = channel.into.get();
    rig.settings.most_waiting = 1000;
    const auto sink = rig.open_sink();
    sink->write(stream.next_many(300));
    sink->finish(std::chrono::milliseconds{50});
    CHECK(sink->figures().waiting == 0);
    CHECK(sink->figures().dropped > 0);
    CHECK(test::sum(sink->figures()) == 300);
}

TEST_CASE("a reader that went away is noticed, with records and without") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    Channel channel(GENERATE(false, true));
    rig.settings.path = "-";
    rig.settings.standard_output = channel.into.get();
    const auto sink = rig.open_sink();
    sink->write(stream.next_many(1));
    sink->tick();
    CHECK_FALSE(sink->closed());
    channel.from.reset();
    SECTION("with records") {
        sink->write(stream.next_many(2));
    }
    SECTION("without") {
        sink->tick();
    }
    CHECK(sink->closed());
    CHECK_THAT(sink->figures().problem, Contains("nobody reads"));
    sink->write(stream.next_many(3));
    sink->tick();
    sink->finish(std::chrono::seconds{1});
    CHECK(sink->figures().waiting == 0);
    CHECK(sink->figures().dropped >= 3);
}

TEST_CASE("standard output may be a file, at whose end others write too") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    const FileDescriptor file(::open(rig.path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    rig.settings.path = "-";
    rig.settings.standard_output = file.get();
    rig.settings.bytes = 10;
    const auto sink = rig.open_sink();
    sink->write(stream.next_many(3));
    sink->tick();
    sink->finish(std::chrono::seconds{1});
    CHECK(identities_in(read_text(rig.path)).size() == 3);
    CHECK_FALSE(sink->closed());
}

TEST_CASE("a worker killed at any moment leaves whole lines, but for the last one") {
    NdjsonRig rig;
    StreamOfRecords stream(new_year());
    rig.settings.bytes = 2'000'000;
    for (int round = 0; round < 5; ++round) {
        Channel ready(false);
        ::fcntl(ready.from.get(), F_SETFL, 0);
        const pid_t child = ::fork();
        if (child == 0) {
            auto sink = NdjsonSink::open(rig.settings, rig.log);
            for (int batches = 0; sink; ++batches) {
                (*sink)->write(stream.next_many(10));
                if (batches == round) (void)!::write(ready.into.get(), "x", 1);
            }
            ::_exit(1);
        }
        ready.into.reset();
        char byte = 0;
        CHECK(::read(ready.from.get(), &byte, 1) == 1);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        REQUIRE(WIFSIGNALED(status));
        rig.open()->finish(std::chrono::seconds{1});
        CHECK_FALSE(identities_in(read_text(rig.path) + read_text(rig.path + ".1")).empty());
        stream.skip(std::chrono::hours{1});
    }
}

}  // namespace
}  // namespace muxtap::metrics
