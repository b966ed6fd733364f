#include <catch2/catch.hpp>

#include "analyzer/scte35/splice_info.h"
#include "tests/analyzer/scte35/sections.h"

namespace muxtap::scte35 {
namespace {

using test::from_base64;
using test::section_of;

const std::vector<const char*> samples = {
    "/DA0AAAAAAAA///wBQb+cr0AUAAeAhxDVUVJSAAAjn/PAAGlmbAICAAAAAAsoKGKNAIAmsnRfg==",
    "/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo=",
    "/DA9AAAAAAAAAACABQb+0fha8wAnAiVDVUVJSAAAv3/PAAD4+mMNEQ4FTEEzMDkICAAAAAAuU4SBNAAAPIaCPw==",
    "/DAvAAAAAAAAAP///wViAAWKf+//CXVCAv4AUmXAAzUAAAAKAAhDVUVJADgyMWLvc/g=",
};

SpliceDamage damage_of(ByteView section) {
    const auto splice = parse_splice(section);
    REQUIRE_FALSE(splice.has_value());
    return splice.error();
}

TEST_CASE("what is wrong with a section is named") {
    using test::SectionShape;
    struct Row {
        const char* name;
        SectionShape shape;
        SpliceDamage expected;
    };
    const std::vector<std::uint8_t> time = {0xFE, 0, 0, 0, 1};
    const std::vector<std::uint8_t> insert = {0, 0, 0, 7, 0x7F, 0x5F, 0, 0, 0, 0};
    const std::vector<Row> rows = {
        {"command shorter than told", {6, time, {}, 0, false, 6}, SpliceDamage::command_length},
        {"command longer than told", {6, time, {}, 0, false, 4}, SpliceDamage::command_length},
        {"command beyond the section", {6, time, {}, 0, false, 100}, SpliceDamage::command_length},
        {"splice_null with content", {0, {1}, {}, 0, false, 1}, SpliceDamage::command_length},
        {"splice_insert cut off", {5, {0, 0, 0, 7, 0x7F}, {}, 0, false, 5}, SpliceDamage::command_length},
        {"length of a private command not told",
         {0xFF, {1, 2, 3, 4}, {}, 0, false, 0xFFF},
         SpliceDamage::command_length},
        {"command of untold length beyond the section",
         {5, {0, 0, 0, 7, 0x7F, 0xEF, 0xFE}, {}, 0, false, 0xFFF},
         SpliceDamage::command_cut_off},
        {"descriptor beyond the loop", {5, insert, {2, 20, 'C', 'U', 'E', 'I'}}, SpliceDamage::descriptor_length},
        {"half a descriptor header", {5, insert, {2}}, SpliceDamage::descriptor_length},
        {"UPID beyond its descriptor",
         {5, insert, {2, 15, 'C', 'U', 'E', 'I', 0, 0, 0, 1, 0x7F, 0xBF, 3, 9, 'x', 0x30, 0}},
         SpliceDamage::segmentation_cut_off},
        {"components beyond their descriptor",
         {5, insert, {2, 13, 'C', 'U', 'E', 'I', 0, 0, 0, 1, 0x7F, 0x3F, 200, 0, 0}},
         SpliceDamage::segmentation_cut_off},
        {"empty segmentation_descriptor", {5, insert, {2, 4, 'C', 'U', 'E', 'I'}}, SpliceDamage::segmentation_cut_off},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const SpliceDamage damage = damage_of(section_of(row.shape));
        INFO(display_name(damage));
        CHECK(damage == row.expected);
    }
    auto section = section_of({});
    section[0] = 0xFD;
    CHECK(damage_of(section) == SpliceDamage::not_splice_info);
    section[0] = 0xFC;
    section[1] = static_cast<std::uint8_t>(section[1] | 0x80U);
    CHECK(damage_of(section) == SpliceDamage::not_splice_info);
    auto loop = section_of({});
    loop[15] = 1;
    CHECK(damage_of(loop) == SpliceDamage::descriptor_length);
}

TEST_CASE("a section cut anywhere is wrong in its length, and cut with its length put right in what is missing") {
    for (const char* const sample : samples) {
        const auto section = from_base64(sample);
        for (std::size_t size = 0; size < section.size(); ++size) {
            CHECK(damage_of(ByteView(section).first(size)) == SpliceDamage::section_length);
            if (size < 18) continue;
            std::vector<std::uint8_t> shorter(section.begin(), section.begin() + static_cast<std::ptrdiff_t>(size));
            shorter[1] = static_cast<std::uint8_t>(0x30U | (size - 3) >> 8);
            shorter[2] = static_cast<std::uint8_t>(size - 3);
            (void)damage_of(shorter);
        }
    }
}

TEST_CASE("no flipped bits make reading go astray") {
    for (const char* const sample : samples) {
        const auto section = from_base64(sample);
        for (std::size_t one = 0; one < section.size() * 8; ++one) {
            for (std::size_t other = one; other < section.size() * 8; other += 7) {
                auto damaged = section;
                damaged[one / 8] = static_cast<std::uint8_t>(damaged[one / 8] ^ 1U << (one % 8));
                if (other != one)
                    damaged[other / 8] = static_cast<std::uint8_t>(damaged[other / 8] ^ 1U << (other % 8));
                const auto splice = parse_splice(damaged);
                if (!splice) continue;
                if (splice->pts) REQUIRE(*splice->pts < (std::uint64_t{1} << 33));
                REQUIRE_FALSE(describe(*splice).empty());
            }
        }
    }
}

}  // namespace
}  // namespace muxtap::scte35
