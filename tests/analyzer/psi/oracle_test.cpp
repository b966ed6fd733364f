// Somebody else's streams with somebody else's answers (../shared/streams): the TSDuck test suite's.
#include <rapidjson/document.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "tests/analyzer/psi/stream_player.h"
#include "tests/support/skipping.h"

namespace muxtap::psi {
namespace {

using namespace muxtap::psi::test;
using analyzer::Codec;
using analyzer::MediaKind;
using analyzer::PidUse;
using muxtap::test::ByteVector;

/// The bytes of a shared file; empty, and said loudly, where the folder is absent.
ByteVector shared(const std::string& name) {
    const char* const chosen = std::getenv("MUXTAP_SHARED");
    const std::filesystem::path folder = chosen != nullptr ? chosen : MUXTAP_SHARED_DEFAULT;
    const std::filesystem::path path = folder / "streams" / name;
    if (std::filesystem::exists(path)) return muxtap::test::read_bytes(path.string());
    muxtap::test::say_skipped("oracle test with " + name,
                              "not in " + folder.string() + " (MUXTAP_SHARED names another folder)");
    return {};
}

std::vector<std::string> lines_of(const ByteVector& bytes) {
    std::istringstream text(std::string(bytes.begin(), bytes.end()));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

std::uint16_t number(const std::string& hexadecimal) {
    return static_cast<std::uint16_t>(std::stoul(hexadecimal, nullptr, 16));
}

/// What TSDuck calls the use of a PID, and what we do.
struct Usage {
    const char* text;
    PidUse use;
    Codec codec = Codec::unknown;
};
const std::vector<Usage> usages = {
    {"PAT ", PidUse::pat},
    {"CAT ", PidUse::cat},
    {"SDT/BAT", PidUse::sdt_bat},
    {"EIT ", PidUse::eit},
    {"TDT/TOT", PidUse::tdt_tot},
    {"NIT ", PidUse::nit},
    {"PMT ", PidUse::pmt},
    {"PCR (not otherwise referenced)", PidUse::pcr_only},
    {"AVC video", PidUse::elementary_stream, Codec::h264},
    {"HEVC video", PidUse::elementary_stream, Codec::hevc},
    {"MPEG-2 Video", PidUse::elementary_stream, Codec::mpeg2_video},
    {"MPEG-1 Audio", PidUse::elementary_stream, Codec::mpeg1_audio},
    {"MPEG-2 Audio", PidUse::elementary_stream, Codec::mpeg2_audio},
    {"AC-3 Audio", PidUse::elementary_stream, Codec::ac3},
    {"E-AC-3 Audio", PidUse::elementary_stream, Codec::eac3},
    {"DTS-HD Master Audio", PidUse::elementary_stream, Codec::dts},
    {"Subtitles", PidUse::elementary_stream, Codec::dvb_subtitle},
    {"Teletext", PidUse::elementary_stream, Codec::teletext},
};

/// Checks one PID beside TSDuck's words for it: "AC-3 Audio (fra, ...".
void check_usage(const ServiceInformation& information, ts::Pid pid, const std::string& text) {
    CAPTURE(pid, text);
    const bool ecm = text.find(" ECM") != std::string::npos;
    const bool emm = text.find(" EMM") != std::string::npos;
    if (ecm || emm) {
        CHECK(information.use_of(pid) == (ecm ? PidUse::ecm : PidUse::emm));
        return;
    }
    const auto row =
        std::find_if(usages.begin(), usages.end(), [&](const Usage& usage) { return text.rfind(usage.text, 0) == 0; });
    REQUIRE(row != usages.end());
    CHECK(analyzer::key_name(information.use_of(pid)) == std::string(analyzer::key_name(row->use)));
    if (row->use != PidUse::elementary_stream) return;
    const analyzer::ProgramStream* const stream = information.stream_of(pid);
    REQUIRE(stream != nullptr);
    CHECK(analyzer::key_name(stream->codec) == std::string(analyzer::key_name(row->codec)));
    std::smatch found;
    if (std::regex_search(text, found, std::regex(R"(\(([a-z]{3})[,)])"))) CHECK(stream->language == found[1].str());
    if (text.find("visual impaired") != std::string::npos) CHECK(stream->audio_type == "visual impaired commentary");
}

TEST_CASE("services, their names and their PIDs are those of TSDuck's analysis") {
    struct Row {
        const char* stream;
        const char* report;
    };
    // Not test-202: its report is about the stream that TSDuck takes out of the MPE sections in this one.
    const std::vector<Row> rows = {{"test-008/test-008.ts", "test-008/test-008.analyze.txt"},
                                   {"test-009/test-009.ts", "test-009/test-009.analyze.txt"},
                                   {"test-026/test-026.csa.ts", "test-026/test-026.csa.analyze.txt"},
                                   {"test-026/test-026.cissa.ts", "test-026/test-026.cissa.analyze.txt"},
                                   {"test-030/test-030.ts", "test-030/test-030.analyze.in.txt"},
                                   {"test-059/test-059.2.ts", "test-059/test-059.analyze.2.txt"},
                                   {"test-095/test-095.1.ts", "test-095/test-095.1.txt"},
                                   {"test-097/test-097.ts", "test-097/test-097.1.log"},
                                   {"test-145/test-145.ts", "test-145/test-145.1.log"}};
    const std::regex service_line(R"(^\|  Service: 0x([0-9A-F]+) \(\d+\), TS: 0x([0-9A-F]+).*)");
    const std::regex name_line(R"(^\|  Service name: (.*), provider: (.*?) *\|$)");
    const std::regex type_line(R"(^\|  Service type: 0x([0-9A-F]+).*)");
    const std::regex pmt_line(R"(^\|  PMT PID: 0x([0-9A-F]+) \(\d+\), PCR PID: (?:0x([0-9A-F]+)|None).*)");
    const std::regex pid_line(R"(^\|  0x([0-9A-F]{4})  (.*))");
    for (const Row& row : rows) {
        INFO(row.stream);
        const ByteVector bytes = shared(row.stream);
        const ByteVector report = shared(row.report);
        if (bytes.empty() || report.empty()) continue;
        StreamPlayer player;
        player.play(bytes);
        const ServiceInformation& information = player.information();
        const analyzer::ProgramInfo* program = nullptr;
        std::set<ts::Pid> told;
        std::set<std::uint16_t> programs;
        bool in_services = false;
        for (const std::string& line : lines_of(report)) {
            std::smatch found;
            if (line.find("SERVICES ANALYSIS REPORT") != std::string::npos) in_services = true;
            if (line.find("PIDS ANALYSIS REPORT") != std::string::npos) break;
            if (!in_services) continue;
            if (std::regex_match(line, found, service_line)) {
                program = information.program(number(found[1]));
                REQUIRE(program != nullptr);
                programs.insert(program->program_number);
                CHECK(information.network().transport_stream_id == number(found[2]));
            } else if (std::regex_match(line, found, name_line)) {
                CHECK(program->service_name == (found[1] == "(unknown)" ? "" : found[1].str()));
                CHECK(program->provider_name == (found[2] == "(unknown)" ? "" : found[2].str()));
            } else if (std::regex_match(line, found, type_line)) {
                CHECK(program->service_type == number(found[1]));
            } else if (std::regex_match(line, found, pmt_line)) {
                CHECK(program->pmt_pid == number(found[1]));
                CHECK(program->pcr_pid == (found[2].matched ? std::optional(number(found[2])) : std::nullopt));
            } else if (line.find("  Unreferenced .") != std::string::npos) {
                CHECK(std::regex_match(line, found, pid_line));
                CHECK(information.use_of(number(found[1])) == PidUse::unreferenced);
            } else if (std::regex_match(line, found, pid_line)) {
                told.insert(number(found[1]));
                check_usage(information, number(found[1]), found[2]);
            }
        }
        CHECK(programs.size() == information.programs().size());
        // And there is none that TSDuck does not tell. Those of no program (network_PID, EMMs) it tells only when
        // they have packets.
        for (const ts::Pid pid : information.referenced_pids()) {
            if (information.programs_of(pid).empty()) continue;
            CAPTURE(pid);
            CHECK(told.count(pid) == 1);
        }
    }
}

TEST_CASE("test-095: each line that TSDuck says of PAT, SDT and PMTs is known") {
    const ByteVector bytes = shared("test-095/test-095.1.ts");
    const ByteVector report = shared("test-095/test-095.1.psi.txt");
    if (bytes.empty() || report.empty()) return;
    StreamPlayer player;
    player.play(bytes);
    const ServiceInformation& information = player.information();
    const auto tables = information.tables();
    const std::regex table_line(R"(^\* .*, TID 0x([0-9A-F]+) \(\d+\), PID 0x([0-9A-F]+).*)");
    const std::regex version_line(R"(^  Version: (\d+), sections: (\d+).*)");
    const std::regex program_line(R"(^    Program: 0x([0-9A-F]+) .*, PCR PID: 0x([0-9A-F]+).*)");
    const std::regex stream_line(R"(^    Elementary stream: type 0x([0-9A-F]+).*PID: 0x([0-9A-F]+).*)");
    const std::regex ecm_line(R"(^ .*CA System Id: 0x([0-9A-F]+).*ECM PID: 0x([0-9A-F]+).*)");
    const std::regex pages_line(R"(^ .*Composition page: 0x([0-9A-F]+).*Ancillary page: 0x([0-9A-F]+).*)");
    const analyzer::TableInfo* table = nullptr;
    const analyzer::ProgramInfo* program = nullptr;
    const analyzer::ProgramStream* stream = nullptr;
    std::size_t checked = 0;
    for (const std::string& line : lines_of(report)) {
        INFO(line);
        std::smatch found;
        ++checked;
        if (std::regex_match(line, found, table_line)) {
            const auto at = std::find_if(tables.begin(), tables.end(), [&](const analyzer::TableInfo& info) {
                return info.table_id == number(found[1]) && info.pid == number(found[2]);
            });
            REQUIRE(at != tables.end());
            table = &*at;
        } else if (std::regex_match(line, found, version_line)) {
            CHECK(table->version == std::stoi(found[1]));
            CHECK(table->last_section_number + 1 == std::stoi(found[2]));
            CHECK(table->complete);
        } else if (std::regex_match(line, found, program_line)) {
            program = information.program(number(found[1]));
            REQUIRE(program != nullptr);
            CHECK(program->pcr_pid == number(found[2]));
        } else if (std::regex_match(line, found, stream_line)) {
            stream = information.stream_of(number(found[2]));
            REQUIRE(stream != nullptr);
            CHECK(stream->stream_type == number(found[1]));
        } else if (std::regex_match(line, found, ecm_line)) {
            const ts::Pid pid = number(found[2]);
            CHECK(std::count(program->ca_pids.begin(), program->ca_pids.end(), pid) == 1);
            const auto systems = information.network().ca_systems;
            CHECK(std::count(systems.begin(), systems.end(), number(found[1])) == 1);
        } else if (std::regex_match(line, found, pages_line)) {
            REQUIRE(stream->subtitles.size() == 1);
            CHECK(stream->subtitles[0].page == number(found[1]));
            CHECK(stream->subtitles[0].ancillary == number(found[2]));
        } else {
            --checked;
        }
    }
    CHECK(checked == 4 + 4 + 2 + 8 + 7 + 3);
}

TEST_CASE("tables, their sections and versions are as many as TSDuck counts") {
    for (const char* name : {"test-012", "test-072", "test-139"}) {
        INFO(name);
        const std::string folder = std::string(name) + "/" + name;
        const ByteVector bytes = shared(folder + ".ts");
        const ByteVector report = shared(folder + ".tsp.analyze.json");
        if (bytes.empty() || report.empty()) continue;
        StreamPlayer player;
        player.play(bytes);
        const auto tables = player.information().tables();
        rapidjson::Document document;
        document.Parse(reinterpret_cast<const char*>(report.data()), report.size());
        REQUIRE_FALSE(document.HasParseError());
        const auto& expected = document["tables"].GetArray();
        REQUIRE(tables.size() == expected.Size());
        for (const auto& one : expected) {
            const auto at = std::find_if(tables.begin(), tables.end(), [&](const analyzer::TableInfo& info) {
                return info.pid == one["pid"].GetUint() && info.table_id == one["tid"].GetUint() &&
                       info.table_id_extension == one["tid-ext"].GetUint();
            });
            REQUIRE(at != tables.end());
            CHECK(at->sections == one["sections"].GetUint());
            CHECK(at->version == one["last-version"].GetUint());
            // The player's clock is a millisecond a packet.
            CHECK(at->interval_min_ns == one["min-repetition-pkt"].GetInt64() * 1'000'000);
            CHECK(at->interval_max_ns == one["max-repetition-pkt"].GetInt64() * 1'000'000);
        }
    }
}

TEST_CASE("test-184: network, logical channels and as many EIT sections as TSDuck counts") {
    const ByteVector bytes = shared("test-184/test-184.ts");
    const ByteVector events = shared("test-184/test-184.3.txt");
    if (bytes.empty() || events.empty()) return;
    StreamPlayer player;
    player.play(bytes);
    const ServiceInformation& information = player.information();
    CHECK(player.sections(0x12, 0x4E) == 597);
    CHECK(player.sections(0x12, 0x4F) == 636);
    std::uint64_t schedule = 0;
    for (std::uint8_t id = 0x50; id <= 0x6F; ++id) schedule += player.sections(0x12, id);
    CHECK(schedule == 205);
    CHECK(information.network().transport_stream_id == std::uint16_t{4});
    // "Last UTC: 2019/01/22 12:52:09"
    CHECK(information.network().utc_time == UnixTime{std::chrono::seconds(1548161529)});
    struct Service {
        std::uint16_t number;
        const char* name;
        const char* channel;  ///< the number before its name in TSDuck's programme guide
    };
    for (const Service& service : {Service{0x0401, "M6", "6"},
                                   {0x0402, "W9", "9"},
                                   {0x0407, "Arte", "7"},
                                   {0x0415, "France 5", "5"},
                                   {0x0416, "6ter", "22"}}) {
        INFO(service.name);
        const analyzer::ProgramInfo* const program = information.program(service.number);
        REQUIRE(program != nullptr);
        CHECK(program->service_name == service.name);
        CHECK(program->channel_number == service.channel);
        for (const auto& event : {program->present, program->following}) {
            REQUIRE(event.has_value());
            const std::int64_t start = to_unix_ns(event->start.value()) / 1'000'000'000 % 86400;
            char expected[300];
            std::snprintf(expected, sizeof expected, "  %02d:%02d, %u mn, %s", static_cast<int>(start / 3600),
                          static_cast<int>(start / 60 % 60), event->duration_seconds / 60, event->name.c_str());
            const auto lines = lines_of(events);
            INFO(expected);
            CHECK(std::any_of(lines.begin(), lines.end(),
                              [&](const std::string& line) { return line.rfind(expected, 0) == 0; }));
        }
    }
    CHECK(information.programs().size() == 5);
}

TEST_CASE("test-120: each time is read, and the bytes behind each TDT are reported") {
    const ByteVector bytes = shared("test-120/test-120.ts");
    const ByteVector report = shared("test-120/test-120.txt");
    if (bytes.empty() || report.empty()) return;
    StreamPlayer player;
    player.play(bytes);
    std::vector<std::string> expected;
    std::uint64_t invalid = 0;
    const std::regex time_line(R"( *UTC time: (.*))");
    for (const std::string& line : lines_of(report)) {
        std::smatch found;
        if (std::regex_match(line, found, time_line)) expected.push_back(found[1]);
        if (line.rfind("* Invalid section", 0) == 0) ++invalid;
    }
    std::vector<std::string> times;
    for (const UnixTime time : player.clock()) {
        const std::time_t seconds = to_unix_ns(time) / 1'000'000'000;
        std::tm parts{};
        gmtime_r(&seconds, &parts);
        char text[32];
        std::strftime(text, sizeof text, "%Y/%m/%d %H:%M:%S", &parts);
        times.emplace_back(text);
    }
    CHECK(times == expected);
    // Behind each TDT lie four bytes, a CRC that it should not have, which look like the start of another section.
    // TSDuck shows one of them as a short "NIT Other" that is whole. A NIT has section_syntax_indicator set
    // (EN 300 468, 5.2.1), so that here it is damage as the others. The last one has no packet behind it to show that
    // its section never ends.
    const analyzer::SectionDamage damage = player.damage(0x14);
    CHECK(invalid == 28);
    CHECK(damage.interrupted + damage.malformed + damage.too_long == invalid + 1);
    CHECK(damage.crc == 0);
}

TEST_CASE("test-182: times beyond 2038 are read") {
    struct Row {
        const char* name;
        std::int64_t last;
    };
    for (const Row& row : {Row{"test-182/test-182.1.ts", 1903824120}, Row{"test-182/test-182.3.ts", 2155507320},
                           Row{"test-182/test-182.5.ts", 2153692920}}) {
        INFO(row.name);
        const ByteVector bytes = shared(row.name);
        if (bytes.empty()) continue;
        StreamPlayer player;
        player.play(bytes);
        CHECK(player.information().network().utc_time == UnixTime{std::chrono::seconds(row.last)});
        CHECK(std::is_sorted(player.clock().begin(), player.clock().end()));
        CHECK(player.damage(0x14) == analyzer::SectionDamage{});
    }
}

TEST_CASE("test-186: the versions of an ISDB selection table are those that TSDuck shows") {
    const ByteVector bytes = shared("test-186/test-186.1.ts");
    const ByteVector report = shared("test-186/test-186.1.txt");
    if (bytes.empty() || report.empty()) return;
    StreamPlayer player;
    player.play(bytes);
    std::vector<std::uint8_t> expected;
    const std::regex version_line(R"(^  Version: (\d+), .*)");
    for (const std::string& line : lines_of(report)) {
        std::smatch found;
        if (std::regex_match(line, found, version_line))
            expected.push_back(static_cast<std::uint8_t>(std::stoi(found[1])));
    }
    std::vector<std::uint8_t> versions;
    for (const SiChange& change : player.information().take_changes()) versions.push_back(change.new_version.value());
    CHECK(versions == expected);
    CHECK(player.damage(0x1F) == analyzer::SectionDamage{});
}

TEST_CASE("test-125 has no tables: nothing is made up") {
    const ByteVector bytes = shared("test-125/test-125.ts");
    if (bytes.empty()) return;
    StreamPlayer player;
    player.play(bytes);
    CHECK(player.information().programs().empty());
    CHECK(player.information().tables().empty());
}

TEST_CASE("test-202: the stream around the one that TSDuck reports on") {
    const ByteVector bytes = shared("test-202/test-202.ts");
    if (bytes.empty()) return;
    StreamPlayer player;
    player.play(bytes);
    const analyzer::ProgramInfo* const program = player.information().program(100);
    REQUIRE(program != nullptr);
    CHECK(program->service_name == "MPE Demo");
    REQUIRE(program->streams.size() == 1);
    CHECK(program->streams[0].codec == Codec::dsmcc);
}

}  // namespace
}  // namespace muxtap::psi
