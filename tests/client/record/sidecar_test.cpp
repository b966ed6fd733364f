#include "client/record/sidecar.h"

#include <rapidjson/document.h>

#include <catch2/catch.hpp>

#include "tests/client/record/record_rig.h"

namespace muxtap::record {
namespace {

FileAccount example() {
    FileAccount account;
    account.file = "capture.ts";
    account.output = "/rec/capture.ts";
    account.stream = "news";
    account.probe = "cap \"a\"\n";
    account.epoch = 7;
    account.offset_bytes = 188;
    account.packets = 100;
    account.started = from_unix_ns(1'763'603'600'500'000'000);
    account.ended = account.started + std::chrono::seconds{3};
    account.first_seq = 5;
    account.last_seq = 9;
    return account;
}

rapidjson::Document parse(const std::string& text) {
    rapidjson::Document document;
    document.Parse(text.c_str());
    REQUIRE_FALSE(document.HasParseError());
    return document;
}

}  // namespace

TEST_CASE("A sidecar says what is in the file, and what is not") {
    FileAccount account = example();
    account.add(Gap{.cause = GapCause::subscriber, .at_packet = 40, .seq = 7, .lost = 70, .batches = 2});
    account.add(Gap{.cause = GapCause::kernel, .at_packet = 40, .seq = 7, .lost = 3});
    account.add(ProbeRestart{.at_packet = 50, .epoch = 8, .missed_batches = 1});
    account.rejected.add(ts::RejectReason::sync_byte, 4);
    const auto told = parse(to_json(account, {}));
    CHECK(std::string{told["kind"].GetString()} == "muxtap.recording");
    CHECK(std::string{told["probe"].GetString()} == "cap \"a\"\n");
    CHECK(told["end_reason"].IsNull());
    CHECK(std::string{told["started"].GetString()} == "2025-11-20T01:53:20.500000000Z");
    CHECK(told["started_ns"].GetInt64() == 1'763'603'600'500'000'000);
    CHECK(told["bytes"].GetInt64() == 18'800);
    CHECK(told["gaps"]["subscriber"]["packets"].GetInt64() == 70);
    CHECK(told["gaps"]["kernel"]["frames"].GetInt64() == 3);
    CHECK(told["gaps"]["disk"]["count"].GetInt64() == 0);
    CHECK(told["gap_list"][0]["at_byte"].GetInt64() == 41 * 188);
    CHECK(told["probe_restart_list"][0]["epoch"].GetInt64() == 8);
    CHECK(told["rejected"]["sync_byte"].GetInt64() == 4);
    account.end_reason = EndReason::segment;
    CHECK(std::string{parse(to_json(account, {}))["end_reason"].GetString()} == "segment");
}

TEST_CASE("The list of gaps is bounded, their sums are not") {
    FileAccount account = example();
    for (std::uint64_t i = 0; i < 1000; ++i) {
        account.add(Gap{.cause = GapCause::network, .at_packet = i, .lost = 2});
    }
    const auto told = parse(to_json(account, {}));
    CHECK(told["gaps"]["network"]["count"].GetInt64() == 1000);
    CHECK(told["gaps"]["network"]["rtp_packets"].GetInt64() == 2000);
    CHECK(told["gap_list"].Size() == FileAccount::most_listed);
    CHECK(told["gaps_not_listed"].GetInt64() == 900);
}

TEST_CASE("Losses at one place from one cause are one gap") {
    FileAccount account = example();
    for (int i = 0; i < 5; ++i) account.add(Gap{.cause = GapCause::disk, .at_packet = 9, .lost = 10});
    account.add(Gap{.cause = GapCause::disk, .at_packet = 10, .lost = 10});
    CHECK(account.of(GapCause::disk).count == 2);
    CHECK(account.of(GapCause::disk).lost == 60);
    CHECK(account.gap_list.size() == 2);
}

TEST_CASE("Recordings that a file already holds stay in its sidecar") {
    TestFolder folder;
    const std::string path = folder / "capture.ts.json";
    REQUIRE(write_atomically(path, to_json(example(), {})) == 0);
    for (std::size_t i = 1; i < 105; ++i) {
        const auto before = read_sidecar(path);
        REQUIRE(before);
        REQUIRE(before->recordings.size() == std::min<std::size_t>(i, 100));
        REQUIRE(write_atomically(path, to_json(example(), before->recordings)) == 0);
    }
    const auto told = parse(read_file(path));
    CHECK(told["earlier"].Size() == 100);
    CHECK(told["earlier"][99]["packets"].GetInt64() == 100);
    CHECK_FALSE(told["earlier"][99].HasMember("earlier"));
    CHECK(read_sidecar(path)->stream == "news");
    CHECK_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST_CASE("What is no sidecar of this program is not taken for one") {
    TestFolder folder;
    const std::string text = GENERATE(as<std::string>{}, "", "{", "[]", "{}", R"({"kind":"other"})", R"({"kind":7})");
    write_file(folder / "x.json", text);
    CHECK_FALSE(read_sidecar(folder / "x.json"));
    CHECK_FALSE(read_sidecar(folder / "missing.json"));
}

TEST_CASE("Keys of a wrong type in a sidecar are as good as missing") {
    TestFolder folder;
    write_file(folder / "x.json", R"({"kind":"muxtap.recording","stream":7,"started_ns":"x","earlier":[1,{"a":2}]})");
    const auto summary = read_sidecar(folder / "x.json");
    REQUIRE(summary);
    CHECK(summary->stream.empty());
    CHECK(summary->recordings.size() == 2);
}

TEST_CASE("A sidecar that cannot be written leaves no rest") {
    TestFolder folder;
    CHECK(write_atomically(folder / "missing/x.json", "{}") == ENOENT);
    std::filesystem::create_directory(folder / "y.json");
    CHECK(write_atomically(folder / "y.json", "{}") != 0);
    CHECK_FALSE(std::filesystem::exists(folder / "y.json.tmp"));
}

}  // namespace muxtap::record
