// The messages are those of ANSI/SCTE 35, clause 14 ("Sample SCTE 35 messages"), and others published for trying out
// readers.
#include "analyzer/scte35/splice_info.h"

#include <catch2/catch.hpp>

#include "analyzer/scte35/segmentation.h"
#include "tests/analyzer/scte35/sections.h"

namespace muxtap::scte35 {
namespace {

using analyzer::Segmentation;
using analyzer::Splice;
using analyzer::SpliceCommand;
using test::from_base64;
using test::section_of;

Splice parsed(ByteView section) {
    const auto splice = parse_splice(section);
    REQUIRE(splice.has_value());
    return *splice;
}

struct Marker {
    std::uint32_t event_id;
    std::uint8_t type_id;
    const char* type;
    std::int64_t duration;  ///< -1: none
    std::uint8_t upid_type;
    const char* upid;
    unsigned number = 0;
    unsigned expected = 0;
};

struct TimeSignal {
    const char* name;
    const char* section;
    std::uint64_t pts;
    std::vector<Marker> markers;
};

const std::vector<TimeSignal>& time_signals() {
    static const std::vector<TimeSignal> table = {
        {"14.1 placement opportunity start",
         "/DA0AAAAAAAA///wBQb+cr0AUAAeAhxDVUVJSAAAjn/PAAGlmbAICAAAAAAsoKGKNAIAmsnRfg==",
         0x072bd0050,
         {{0x4800008e, 0x34, "Provider Placement Opportunity Start", 27630000, 8, "000000002ca0a18a", 2, 0}}},
        {"14.3 placement opportunity end",
         "/DAvAAAAAAAA///wBQb+dGKQoAAZAhdDVUVJSAAAjn+fCAgAAAAALKChijUCAKnMZ1g=",
         0x0746290a0,
         {{0x4800008e, 0x35, "Provider Placement Opportunity End", -1, 8, "000000002ca0a18a", 2, 0}}},
        {"14.4 program start and end",
         "/DBIAAAAAAAA///wBQb+ek2ItgAyAhdDVUVJSAAAGH+fCAgAAAAALMvDRBEAAAIXQ1VFSUgAABl/nwgIAAAAACyk26AQAACZcuND",
         0x07a4d88b6,
         {{0x48000018, 0x11, "Program End", -1, 8, "000000002ccbc344"},
          {0x48000019, 0x10, "Program Start", -1, 8, "000000002ca4dba0"}}},
        {"14.5 program overlap start",
         "/DAvAAAAAAAA///wBQb+rr//ZAAZAhdDVUVJSAAACH+fCAgAAAAALKVs9RcAAJUdsKg=",
         0x0aebfff64,
         {{0x48000008, 0x17, "Program Overlap Start", -1, 8, "000000002ca56cf5"}}},
        {"14.6 program blackout override and program end",
         "/DBIAAAAAAAA///wBQb+ky44CwAyAhdDVUVJSAAACn+fCAgAAAAALKCh4xgAAAIXQ1VFSUgAAAl/nwgIAAAAACygoYoRAAC0IX6w",
         0x0932e380b,
         {{0x4800000a, 0x18, "Program Blackout Override", -1, 8, "000000002ca0a1e3"},
          {0x48000009, 0x11, "Program End", -1, 8, "000000002ca0a18a"}}},
        {"14.7 program end",
         "/DAvAAAAAAAA///wBQb+rvF8TAAZAhdDVUVJSAAAB3+fCAgAAAAALKVslxEAAMSHai4=",
         0x0aef17c4c,
         {{0x48000007, 0x11, "Program End", -1, 8, "000000002ca56c97"}}},
        {"14.8 three at once",
         "/DBhAAAAAAAA///wBQb+qM1E7QBLAhdDVUVJSAAArX+fCAgAAAAALLLXnTUCAAIXQ1VFSUgAACZ/nwgIAAAAACyy150RAAACF0NVRUlIAAAn"
         "f58ICAAAAAAsstezEAAAihiGnw==",
         0x0a8cd44ed,
         {{0x480000ad, 0x35, "Provider Placement Opportunity End", -1, 8, "000000002cb2d79d", 2, 0},
          {0x48000026, 0x11, "Program End", -1, 8, "000000002cb2d79d"},
          {0x48000027, 0x10, "Program Start", -1, 8, "000000002cb2d7b3"}}},
        {"Ad-ID",
         "/DA4AAAAAAAA///wBQb+AAAAAAAiAiBDVUVJAAAAA3//AAApPWwDDEFCQ0QwMTIzNDU2SBAAAGgCL9A=",
         0,
         {{3, 0x10, "Program Start", 2702700, 3, "ABCD0123456H"}}},
        {"UMID",
         "/DBHAAAAAAAA///wBQb+AAAAAAAxAi9DVUVJAAAAA3+/BCAGCis0AQEBBQEBDSATAAAA0skDbI8ZU0OrcBTS1xi/2hEAAPUV9+0=",
         0,
         {{3, 0x11, "Program End", -1, 4, "060a2b340101010501010d2013000000d2c9036c8f195343ab7014d2d718bfda"}}},
        {"ISAN",
         "/DA4AAAAAAAA///wBQb+AAAAAAAiAiBDVUVJAAAABn//AAApPWwGDAAAAAA6jQAAAAAAABAAAPaArb4=",
         0,
         {{6, 0x10, "Program Start", 2702700, 6, "000000003a8d000000000000"}}},
        {"TID",
         "/DA4AAAAAAAA///wBQb+AAAAAAAiAiBDVUVJAAAAA3//AAApPWwHDE1WMDAwNDE0NjQwMBAAAIH4Mwc=",
         0,
         {{3, 0x10, "Program Start", 2702700, 7, "MV0004146400"}}},
        {"ADI",
         "/DBLAAAAAAAA///wBQb+AAAAAAA1AjNDVUVJYgAFin//AABSZcAJH1NJR05BTDpEUjIxWjA3WlQ4YThhc25pdVVoZWlBPT00AADz3GdX",
         0,
         {{1644168586, 0x34, "Provider Placement Opportunity Start", 5400000, 9, "SIGNAL:DR21Z07ZT8a8asniuUheiA=="}}},
        {"EIDR",
         "/DA4AAAAAAAA///wBQb+AAAAAAAiAiBDVUVJAAAAA3//AAApPWwKDBR4+FrhALBoW4+xyBAAAGij1lQ=",
         0,
         {{3, 0x10, "Program Start", 2702700, 10, "1478f85ae100b0685b8fb1c8"}}},
        {"ATSC content identifier",
         "/DAzAAAAAAAA///wBQb+AAAAAAAdAhtDVUVJAAAAA3+/CwwA8e//aHVtYW4wMTIRAABAycyr",
         0,
         {{3, 0x11, "Program End", -1, 11, "00f1efff68756d616e303132"}}},
        {"TI and MPU, PTS beyond 2^32",
         "/DB5AAAAAAAAAP/wBQb/DkfmpABjAhdDVUVJhPHPYH+/CAgAAAAABy4QajEBGAIcQ1VFSYTx71B//"
         "wAAK3NwCAgAAAAABy1cxzACGAIqQ1VFSYTx"
         "751/vwwbUlRMTjFIAQAAAAAxMzU2MTY2MjQ1NTUxQjEAAQAALL95dg==",
         4534560420,
         {{2230439776, 0x31, "Provider Advertisement End", -1, 8, "00000000072e106a", 1, 24},
          {2230447952, 0x30, "Provider Advertisement Start", 2847600, 8, "00000000072d5cc7", 2, 24},
          {2230448029, 1, "Content Identification", -1, 12, "52544c4e3148010000000031333536313636323435353531423100"}}},
        {"MID of ADS and TI, restricted",
         "/DA9AAAAAAAAAACABQb+0fha8wAnAiVDVUVJSAAAv3/PAAD4+mMNEQ4FTEEzMDkICAAAAAAuU4SBNAAAPIaCPw==",
         3522714355,
         {{1207959743, 0x34, "Provider Placement Opportunity Start", 16317027, 13,
           "ADS Information: LA309, TI: 000000002e538481"}}},
        {"URI",
         "/DBUAAAAAAAA///wBQb+AAAAAAA+AjxDVUVJAAAACn+/Dy11cm46dXVpZDphYTg1YmJiNi01YzQzLTRiNmEtYmViYi1lZTNiMTNlYjc5OTkR"
         "AAB2c6LA",
         0,
         {{10, 0x11, "Program End", -1, 15, "urn:uuid:aa85bbb6-5c43-4b6a-bebb-ee3b13eb7999"}}},
    };
    return table;
}

TEST_CASE("time_signals of the standard give their time and markers") {
    for (const TimeSignal& row : time_signals()) {
        INFO(row.name);
        const Splice splice = parsed(from_base64(row.section));
        CHECK(splice.command == SpliceCommand::time_signal);
        CHECK(splice.command_type == 6);
        CHECK(splice.pts == row.pts);
        CHECK_FALSE(splice.immediate);
        CHECK_FALSE(splice.event_id.has_value());
        CHECK(splice.section_base64 == row.section);
        REQUIRE(splice.segmentations.size() == row.markers.size());
        for (std::size_t i = 0; i < row.markers.size(); ++i) {
            const Segmentation& segmentation = splice.segmentations[i];
            const Marker& marker = row.markers[i];
            CHECK(segmentation.event_id == marker.event_id);
            CHECK(segmentation.type_id == marker.type_id);
            CHECK(segmentation.type == marker.type);
            CHECK(segmentation.duration.has_value() == (marker.duration >= 0));
            if (segmentation.duration) CHECK(static_cast<std::int64_t>(*segmentation.duration) == marker.duration);
            CHECK(segmentation.upid_type == marker.upid_type);
            CHECK(segmentation.upid == marker.upid);
            CHECK(unsigned{segmentation.segment_number} == marker.number);
            CHECK(unsigned{segmentation.segments_expected} == marker.expected);
        }
    }
}

TEST_CASE("the splice_insert of the standard (14.2)") {
    const Splice splice = parsed(from_base64("/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo="));
    CHECK(splice.command == SpliceCommand::insert);
    CHECK(splice.event_id == 0x4800008f);
    CHECK(splice.out_of_network == true);
    CHECK(splice.pts == 0x07369c02e);
    CHECK(splice.duration == 0x00052ccf5);
    CHECK(splice.auto_return);
    CHECK(splice.tier == 0xFFF);
    CHECK(splice.segmentations.empty());
    CHECK(describe(splice) == "splice_insert: out at PTS 1936310318 for 60.294 s with return, event 1207959695");
}

TEST_CASE("a splice_command_length of 0xFFF, as old senders wrote, is found out from the command") {
    const Splice splice = parsed(from_base64("/DAvAAAAAAAAAP///wViAAWKf+//CXVCAv4AUmXAAzUAAAAKAAhDVUVJADgyMWLvc/g="));
    CHECK(splice.event_id == 1644168586);
    CHECK(splice.pts == 4453646850);
    CHECK(splice.duration == 5400000);
    CHECK(splice.unique_program_id == 0x0335);
}

TEST_CASE("pts_adjustment is added modulo 2^33") {
    const std::vector<std::uint8_t> at_2_32 = {0xFF, 0xFF, 0xFF, 0xFF, 0xFE};  // 2^33 - 2
    for (const auto& [adjustment, pts] : {std::pair<std::uint64_t, std::uint64_t>{0, 0x1FFFFFFFE},
                                          {1, 0x1FFFFFFFF},
                                          {2, 0},
                                          {0x1FFFFFFFF, 0x1FFFFFFFD}}) {
        const Splice splice = parsed(
            section_of({.command_type = 6, .command = at_2_32, .descriptors = {}, .pts_adjustment = adjustment}));
        CHECK(splice.pts == pts);
        CHECK(splice.pts_adjustment == adjustment);
    }
}

TEST_CASE("each command is told by name, with what it says") {
    CHECK(parsed(section_of({})).command == SpliceCommand::null);
    CHECK(parsed(section_of({.command_type = 7, .command = {}, .descriptors = {}})).command ==
          SpliceCommand::bandwidth_reservation);
    const Splice private_command =
        parsed(section_of({.command_type = 0xFF, .command = {'A', 'B', 'C', 'D', 1}, .descriptors = {}}));
    CHECK(private_command.command == SpliceCommand::private_command);
    const Splice reserved = parsed(section_of({.command_type = 9, .command = {1, 2}, .descriptors = {}}));
    CHECK(reserved.command == SpliceCommand::unknown);
    CHECK(reserved.command_type == 9);
    CHECK(describe(reserved) == "reserved command 9");

    const Splice now = parsed(section_of({.command_type = 6, .command = {0x7F}, .descriptors = {}}));
    CHECK(now.immediate);
    CHECK_FALSE(now.pts.has_value());
    CHECK(describe(now) == "time_signal immediately");

    const Splice cancel = parsed(section_of({.command_type = 5, .command = {0, 0, 0, 7, 0xFF}, .descriptors = {}}));
    CHECK(cancel.cancel);
    CHECK(cancel.event_id == 7);
    CHECK_FALSE(cancel.out_of_network.has_value());
    CHECK(describe(cancel) == "splice_insert: cancel, event 7");

    const Splice in = parsed(
        section_of({.command_type = 5, .command = {0, 0, 0, 7, 0x7F, 0x5F, 0x12, 0x34, 2, 3}, .descriptors = {}}));
    CHECK(in.out_of_network == false);
    CHECK(in.immediate);
    CHECK(in.unique_program_id == 0x1234);
    CHECK(in.avail == 2);
    CHECK(in.avails_expected == 3);
    CHECK(describe(in) == "splice_insert: in immediately, event 7");
}

TEST_CASE("component mode lists its components; the first time counts") {
    const Splice splice = parsed(section_of(
        {.command_type = 5,
         .command = {0, 0, 0, 1, 0x7F, 0x8F, 3, 11, 0x7F, 12, 0xFE, 0, 0, 0, 9, 13, 0xFE, 0, 0, 0, 10, 0, 0, 0, 0},
         .descriptors = {},
         .pts_adjustment = 1}));
    CHECK(splice.components == std::vector<std::uint8_t>{11, 12, 13});
    CHECK(splice.pts == 10);
    CHECK(splice.out_of_network == true);
}

TEST_CASE("of a schedule the first event is given, and all of it is read") {
    const std::vector<std::uint8_t> command = {2, 0, 0, 0, 5, 0x7F, 0xFF, 1,    2, 3, 4, 0xFE, 0, 0, 0, 90, 0, 6,
                                               1, 2, 0, 0, 0, 6,    0x7F, 0x1F, 1, 9, 1, 2,    3, 4, 0, 7,  0, 0};
    const Splice splice = parsed(section_of({.command_type = 4, .command = command, .descriptors = {}}));
    CHECK(splice.command == SpliceCommand::schedule);
    CHECK(splice.event_id == 5);
    CHECK(splice.out_of_network == true);
    CHECK(splice.duration == 90);
    CHECK(splice.unique_program_id == 6);
    CHECK(splice.components.empty());
}

TEST_CASE("of an encrypted section only the header is believed") {
    auto section = section_of({.command_type = 5, .command = {1, 2, 3}, .descriptors = {9, 9}, .pts_adjustment = 77});
    section[4] = static_cast<std::uint8_t>(section[4] | 0x80U);
    const Splice splice = parsed(section);
    CHECK(splice.command == SpliceCommand::encrypted);
    CHECK(splice.command_type == 0);
    CHECK(splice.pts_adjustment == 77);
    CHECK_FALSE(splice.event_id.has_value());
    CHECK_FALSE(splice.pts.has_value());
    CHECK(describe(splice) == "encrypted");
}

TEST_CASE("alignment stuffing and descriptors of other kinds are passed over") {
    const std::vector<std::uint8_t> avail = {0, 8, 'C', 'U', 'E', 'I', 0, 0, 0, 1};
    std::vector<std::uint8_t> loop = avail;
    for (const std::uint8_t tag : std::vector<std::uint8_t>{1, 3, 4, 0x80})
        loop.insert(loop.end(), {tag, 5, 'C', 'U', 'E', 'I', 0});
    loop.insert(loop.end(), {2, 5, 'P', 'R', 'I', 'V', 0});  // tag 2 of somebody else
    loop.insert(loop.end(), {2, 9, 'C', 'U', 'E', 'I', 0, 0, 0, 3, 0xFF});
    const Splice splice = parsed(section_of({.command_type = 0, .command = {}, .descriptors = loop, .stuffing = 3}));
    REQUIRE(splice.segmentations.size() == 1);
    CHECK(splice.segmentations[0].event_id == 3);
    CHECK(splice.segmentations[0].cancel);
}

TEST_CASE("UPIDs are text only where their type is and they hold text") {
    struct Row {
        std::uint8_t type;
        std::vector<std::uint8_t> bytes;
        const char* text;
    };
    for (const Row& row : std::vector<Row>{{3, {'A', 'b'}, "Ab"},
                                           {3, {1, 2, 3, 4}, "01020304"},
                                           {8, {'A', 'b'}, "4162"},
                                           {15, {'u', 0x0A}, "750a"},
                                           {0, {}, ""},
                                           {13, {3, 1, 'x', 8, 1, 0xFF, 0x77, 0}, "Ad-ID: x, TI: ff, type 119: "},
                                           {13, {3, 2, 'x'}, "030278"},
                                           {13, {13, 2, 3, 0}, "MID: 0300"}})
        CHECK(upid_text(row.type, row.bytes) == row.text);
}

TEST_CASE("pre-roll is counted from the program's clock, over the wrap, and may be negative") {
    Splice splice;
    CHECK_FALSE(preroll(splice, ts::Pcr::from_ticks(0)).has_value());
    splice.pts = 90'000 * 8;
    CHECK(preroll(splice, ts::Pcr::from_ticks(27'000'000ULL * 4)) == 4'000'000'000);
    CHECK(preroll(splice, ts::Pcr::from_ticks(27'000'000ULL * 9)) == -1'000'000'000);
    splice.pts = 90'000;
    CHECK(preroll(splice, ts::Pcr::from_ticks(ts::Pcr::modulus - 27'000'000ULL)) == 2'000'000'000);
}

TEST_CASE("a line for people names markers, durations and identifiers") {
    CHECK(describe(parsed(from_base64(time_signals()[0].section))) ==
          "time_signal at PTS 1924989008: Provider Placement Opportunity Start for 307.000 s, event 1207959694, TI "
          "000000002ca0a18a");
    Splice splice;
    splice.command = SpliceCommand::time_signal;
    splice.pts = 1;
    Segmentation odd;
    odd.type_id = 200;
    odd.segment_number = 1;
    odd.segments_expected = 2;
    Segmentation cancel;
    cancel.cancel = true;
    cancel.event_id = 4;
    splice.segmentations = {odd, cancel};
    CHECK(describe(splice) == "time_signal at PTS 1: segmentation type 200, event 0, segment 1 of 2; cancel, event 4");
}

}  // namespace
}  // namespace muxtap::scte35
