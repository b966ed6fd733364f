#include "probe/send/loop_continuity.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>

#include "common/ts/pes_header.h"
#include "probe/send/pcr_schedule.h"
#include "tests/probe/send/stream_maker.h"
#include "tests/support/skipping.h"

using namespace muxtap;
using send::LoopContinuity;
using ts::PcrTicks;

namespace {

std::vector<test::PacketBytes> play(const send::TsFile& file, PcrTicks advance, std::uint64_t first_loop,
                                    std::uint64_t loops) {
    LoopContinuity continuity(file, advance);
    std::vector<test::PacketBytes> out;
    for (std::uint64_t loop = first_loop; loop < first_loop + loops; ++loop) {
        for (std::size_t i = 0; i < file.packet_count(); ++i) {
            test::PacketBytes packet{};
            std::copy(file.packet(i).begin(), file.packet(i).end(), packet.begin());
            continuity.carry_on(loop, i, packet);
            out.push_back(packet);
        }
    }
    return out;
}

ts::PacketView view_of(const test::PacketBytes& packet) {
    return ts::PacketView::parse(packet).value();
}

/// How often each PID's counter does not go on as ISO/IEC 13818-1, 2.4.3.3 says. A slow and obvious reference.
std::map<ts::Pid, std::size_t> continuity_errors(std::span<const test::PacketBytes> packets) {
    std::map<ts::Pid, std::size_t> errors;
    std::map<ts::Pid, test::PacketBytes> last;
    for (const test::PacketBytes& packet : packets) {
        const auto view = ts::PacketView::parse(packet);
        if (!view || view->transport_error_indicator() || view->pid() == ts::null_pid) continue;
        const auto before = last.find(view->pid());
        if (before != last.end()) {
            const unsigned counter = view_of(before->second).continuity_counter();
            const bool repeated = view->has_payload() && view->continuity_counter() == counter &&
                                  std::ranges::equal(view->payload(), view_of(before->second).payload());
            const unsigned expected = view->has_payload() ? (counter + 1) & 15U : counter;
            if (view->continuity_counter() != expected && !repeated) ++errors[view->pid()];
        }
        last[view->pid()] = packet;
    }
    return errors;
}

std::vector<std::pair<std::size_t, ts::Pcr>> pcrs_of(std::span<const test::PacketBytes> packets, ts::Pid pid) {
    std::vector<std::pair<std::size_t, ts::Pcr>> found;
    for (std::size_t i = 0; i < packets.size(); ++i) {
        const auto view = ts::PacketView::parse(packets[i]);
        if (view && view->pid() == pid && view->pcr()) found.emplace_back(i, *view->pcr());
    }
    return found;
}

}  // namespace

TEST_CASE("the first round is the file, byte for byte") {
    const send::TsFile file = test::make_programme(500);
    const auto packets = play(file, PcrTicks{500 * 27'000}, 0, 1);
    for (std::size_t i = 0; i < packets.size(); ++i) CHECK(std::ranges::equal(packets[i], file.packet(i)));
}

TEST_CASE("continuity counters go on over every seam, whatever lies there") {
    struct Row {
        const char* name;
        std::vector<test::PacketRecipe> packets;
    };
    const Row row = GENERATE(values<Row>({
        {"payload on both sides", {{.continuity_counter = 5}, {.continuity_counter = 6}, {.continuity_counter = 7}}},
        {"ends without payload",
         {{.continuity_counter = 5}, {.continuity_counter = 6}, {.continuity_counter = 6, .pcr = 0, .payload = false}}},
        {"begins without payload", {{.continuity_counter = 4, .pcr = 0, .payload = false}, {.continuity_counter = 5}}},
        {"only without payload",
         {{.continuity_counter = 4, .pcr = 0, .payload = false},
          {.continuity_counter = 4, .pcr = 1, .payload = false}}},
        {"ends with a repeated packet",
         {{.continuity_counter = 5}, {.continuity_counter = 6}, {.continuity_counter = 6}}},
        {"begins with a repeated packet",
         {{.continuity_counter = 5}, {.continuity_counter = 5}, {.continuity_counter = 6}}},
        {"a single packet", {{.continuity_counter = 9}}},
        {"counters wrap", {{.continuity_counter = 15}, {.continuity_counter = 0}}},
    }));
    INFO(row.name);
    std::vector<test::PacketBytes> packets;
    for (const test::PacketRecipe& recipe : row.packets) packets.push_back(test::make_packet(recipe));
    const auto played = play(test::make_file(packets), PcrTicks{1000}, 0, 40);
    CHECK(continuity_errors(played).empty());
}

TEST_CASE("a whole programme played ten times has no continuity error, and clocks without a jump") {
    const std::size_t count = GENERATE(500, 503, 517);
    const send::TsFile file = test::make_programme(count);
    const auto schedule = send::PcrSchedule::from_pcrs(file, std::nullopt);
    REQUIRE(schedule);
    CHECK(schedule->clock_advance().count() == static_cast<std::int64_t>(count * test::programme_ticks_per_packet));
    const auto played = play(file, schedule->clock_advance(), 0, 10);
    CHECK(continuity_errors(played).empty());
    // At a constant rate every PCR, also behind each seam, says exactly what its place says.
    for (const auto& [index, pcr] : pcrs_of(played, 256)) {
        REQUIRE(pcr.ticks() == test::programme_first_pcr + index * test::programme_ticks_per_packet);
    }
}

TEST_CASE("PTS goes on with the clock, also over the 33-bit wrap") {
    const std::uint64_t first_pts = ts::Timestamp::modulus - 1000;
    const send::TsFile file = test::make_file({test::make_packet({.pts = first_pts})});
    for (const std::uint64_t loop : {1U, 5U, 4000U}) {
        const auto played = play(file, PcrTicks{300 * 450 + 299}, loop, 1);
        const auto header = ts::PesHeader::parse(view_of(played[0]).payload());
        REQUIRE(header);
        const std::uint64_t clock_ticks = loop * (300 * 450 + 299);
        CHECK(header->pts == ts::Timestamp::from_ticks(first_pts + clock_ticks / 300));
    }
}

TEST_CASE("a PTS cut over two packets is carried on like any other") {
    for (std::size_t first_size = 1; first_size <= 14; ++first_size) {
        INFO("first packet holds " << first_size << " bytes of the header");
        auto first = test::make_packet({.continuity_counter = 1, .pts = 90'000, .payload_size = first_size});
        auto second = test::make_packet({.continuity_counter = 2});
        const auto header = test::make_pes_header(90'000);
        std::copy(header.begin() + static_cast<std::ptrdiff_t>(first_size), header.end(), second.begin() + 4);
        const auto played = play(test::make_file({first, second}), PcrTicks{300}, 1234, 1);
        std::vector<std::uint8_t> payload;
        for (const auto& packet : played) {
            const ByteView part = view_of(packet).payload();
            payload.insert(payload.end(), part.begin(), part.end());
        }
        const auto parsed = ts::PesHeader::parse(payload);
        REQUIRE(parsed);
        CHECK(parsed->pts->ticks() == 90'000 + 1234);
    }
}

TEST_CASE("clocks of late rounds wrap and do not overflow") {
    const send::TsFile file = test::make_file({test::make_packet({.pcr = 5})});
    const std::uint64_t loop = std::uint64_t{1} << 50;
    const auto played = play(file, PcrTicks{static_cast<std::int64_t>(ts::Pcr::modulus) - 1}, loop, 1);
    // To go on by the wrap less one tick is to go back by one.
    const std::uint64_t back = loop % ts::Pcr::modulus;
    CHECK(view_of(played[0]).pcr()->ticks() == (5 + ts::Pcr::modulus - back) % ts::Pcr::modulus);
}

TEST_CASE("null packets, packets without sync byte and scrambled PES headers are left alone") {
    auto no_sync = test::make_packet({.pid = 300, .continuity_counter = 1});
    no_sync[0] = 0x00;
    auto scrambled = test::make_packet({.continuity_counter = 2, .pts = 90'000});
    scrambled[3] |= 0x80;
    const auto null = test::make_packet({.pid = ts::null_pid, .continuity_counter = 5});
    const send::TsFile file = test::make_file({null, scrambled, null, null, null, no_sync});
    const auto played = play(file, PcrTicks{3000}, 1, 1);
    CHECK(played[0] == null);
    CHECK(played[5] == no_sync);
    CHECK(std::equal(played[1].begin() + 4, played[1].end(), scrambled.begin() + 4));
}

TEST_CASE("a broken counter inside the file stays as broken as it is") {
    const send::TsFile file =
        test::make_file({test::make_packet({.continuity_counter = 1}), test::make_packet({.continuity_counter = 4}),
                         test::make_packet({.continuity_counter = 5})});
    CHECK(continuity_errors(play(file, PcrTicks{300}, 0, 8)) == std::map<ts::Pid, std::size_t>{{256, 8}});
}

namespace {

std::string media_folder() {
    const char* const set = std::getenv("MUXTAP_SHARED");
    return std::string{set != nullptr ? set : MUXTAP_SHARED_DEFAULT} + "/media/";
}

}  // namespace

TEST_CASE("real streams played three times show no seam to an analyzer") {
    const std::string name = GENERATE("h264_aac_cbr2M.ts", "hevc_ac3.ts", "mpeg2_mp2_vbr.ts", "mpts3.ts",
                                      "cc608_scte35.ts", "teletext888.ts", "dvbsub.ts", "h264_192.m2ts", "h264_204.ts");
    const auto file = send::TsFile::read(media_folder() + name);
    if (!file) {
        test::say_skipped("three plays of " + name,
                          file.error().message + " (MUXTAP_SHARED names the folder of media/)");
        return;
    }
    INFO(name);
    const auto schedule = send::PcrSchedule::from_pcrs(*file, std::nullopt);
    REQUIRE(schedule);
    const auto once = play(*file, schedule->clock_advance(), 0, 1);
    const auto played = play(*file, schedule->clock_advance(), 0, 3);

    auto errors = continuity_errors(once);
    for (auto& [pid, count] : errors) count *= 3;
    CHECK(continuity_errors(played) == errors);

    // Every PCR interval over a seam is one that interpolation gives: no step back, none longer than those inside.
    const auto inside = pcrs_of(once, *schedule->pid());
    std::int64_t longest = 0;
    for (std::size_t i = 1; i < inside.size(); ++i) {
        longest = std::max(longest, inside[i].second.ticks_since(inside[i - 1].second));
    }
    const auto all = pcrs_of(played, *schedule->pid());
    REQUIRE(all.size() == 3 * inside.size());
    for (std::size_t i = 1; i < all.size(); ++i) {
        const std::int64_t interval = all[i].second.ticks_since(all[i - 1].second);
        REQUIRE(interval > 0);
        // The seam joins two pieces of intervals, each shorter than the longest.
        REQUIRE(interval <= 2 * longest);
    }
    const std::int64_t round = all[inside.size()].second.ticks_since(all[0].second);
    CHECK(round == schedule->clock_advance().count());

    // Time stamps of all PIDs have moved by the same time.
    for (std::size_t i = 0; i < once.size(); ++i) {
        const auto first = ts::PacketView::parse(once[i]);
        if (!first || !first->payload_unit_start_indicator()) continue;
        const auto before = ts::PesHeader::parse(first->payload());
        const auto after = ts::PesHeader::parse(view_of(played[2 * once.size() + i]).payload());
        if (!before || !before->pts) continue;
        REQUIRE(after);
        REQUIRE(after->pts->ticks_since(*before->pts) == 2 * schedule->clock_advance().count() / 300);
    }
}
