#include <catch2/catch.hpp>
#include <random>
#include <set>

#include "common/net/rtp_header.h"
#include "common/net/rtp_sequence.h"
#include "tests/support/frame_builder.h"

namespace muxtap::net {
namespace {

using test::ByteVector;
using test::rtp;

const ByteVector payload = test::packet_run(2);

TEST_CASE("the payload lies between what the RTP header says and the padding") {
    struct Row {
        const char* name;
        test::RtpFields fields;
        std::size_t header_size;
    };
    const std::vector<Row> rows = {
        {"plain", {}, 12},
        {"marker", {.marker = true}, 12},
        {"one CSRC", {.csrc_count = 1}, 16},
        {"fifteen CSRC", {.csrc_count = 15}, 72},
        {"empty extension", {.extended = true}, 16},
        {"extension", {.extended = true, .extension_words = 3}, 28},
        {"padding", {.padding = 4}, 12},
        {"one byte of padding", {.padding = 1}, 12},
        {"everything", {.csrc_count = 2, .extended = true, .extension_words = 1, .padding = 7}, 28},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const ByteVector bytes = rtp(row.fields, payload);
        const auto header = RtpHeader::parse(bytes);
        REQUIRE(header.has_value());
        CHECK(header->header_size == row.header_size);
        CHECK(ByteVector(header->payload.begin(), header->payload.end()) == payload);
        CHECK(header->sequence_number == 1000);
        CHECK(header->timestamp == 90'000);
        CHECK(header->ssrc == 0x11223344);
        CHECK(header->payload_type == 33);
    }
}

TEST_CASE("what is no RTP packet, or says more than there is, is not read") {
    struct Row {
        const char* name;
        ByteVector bytes;
    };
    ByteVector long_extension = rtp({.extended = true}, payload);
    long_extension[15] = 200;
    ByteVector long_padding = rtp({.padding = 4}, test::filler(8));
    long_padding.back() = 13;
    ByteVector no_padding = rtp({.padding = 4}, payload);
    no_padding.back() = 0;
    const std::vector<Row> rows = {
        {"empty", {}},
        {"eleven bytes", ByteVector(11, 0x80)},
        {"version 1", rtp({.version = 1}, payload)},
        {"version 3", rtp({.version = 3}, payload)},
        {"transport packets", payload},
        {"CSRC list cut off",
         [] {
             auto b = rtp({.csrc_count = 3}, {});
             b.pop_back();
             b.pop_back();
             return b;
         }()},
        {"extension header cut off",
         [] {
             auto b = rtp({.extended = true}, {});
             b.pop_back();
             return b;
         }()},
        {"extension longer than the packet", long_extension},
        {"padding longer than the payload", long_padding},
        {"padding of nothing", no_padding},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        CHECK_FALSE(RtpHeader::parse(row.bytes).has_value());
    }
    CHECK(RtpHeader::parse(rtp({}, {}))->payload.empty());
}

TEST_CASE("of a packet whose end was not captured the padding is not looked for") {
    ByteVector bytes = rtp({.padding = 200}, payload);
    bytes.resize(12 + payload.size());
    bytes.back() = 0;
    CHECK_FALSE(RtpHeader::parse(bytes).has_value());
    CHECK(RtpHeader::parse(bytes, true)->payload.size() == payload.size());
}

TEST_CASE("no header byte makes a payload that is not inside the packet") {
    const ByteVector bytes = rtp({.csrc_count = 2, .extended = true, .extension_words = 2, .padding = 3}, payload);
    for (std::size_t at = 0; at < 40; ++at) {
        for (unsigned value = 0; value < 256; ++value) {
            ByteVector changed = bytes;
            changed[at] = static_cast<std::uint8_t>(value);
            const auto header = RtpHeader::parse(changed);
            if (!header) continue;
            const std::size_t padding = (changed[0] & 0x20U) != 0 ? changed.back() : 0;
            if (header->header_size + header->payload.size() + padding != changed.size()) FAIL(at << " " << value);
        }
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const ByteVector cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
        (void)RtpHeader::parse(cut);
    }
    SUCCEED();
}

struct Losses {
    std::uint64_t lost = 0;
    std::uint64_t reordered = 0;
    [[nodiscard]] bool operator==(const Losses&) const = default;
};

Losses settled(const std::vector<int>& numbers, std::uint32_t ssrc = 1) {
    RtpSequence sequence;
    for (const int number : numbers) sequence.on_packet(static_cast<std::uint16_t>(number), ssrc);
    sequence.settle();
    return {sequence.lost(), sequence.reordered()};
}

std::vector<int> range(int from, int to) {
    std::vector<int> numbers;
    for (int i = from; i < to; ++i) numbers.push_back(i);
    return numbers;
}

std::vector<int> then(std::vector<int> first, const std::vector<int>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

TEST_CASE("sequence numbers tell what is lost and what is out of place") {
    struct Row {
        const char* name;
        std::vector<int> numbers;
        Losses losses;
    };
    const std::vector<Row> rows = {
        {"nothing", {}, {}},
        {"one", {7}, {}},
        {"in order", range(0, 1000), {}},
        {"over the wrap", range(65500, 65600), {}},
        {"one lost", {1, 2, 4, 5}, {.lost = 1}},
        {"one lost at the wrap", {65534, 0, 1}, {.lost = 1}},
        {"several lost", {1, 5, 9}, {.lost = 6}},
        {"late, not lost", {1, 3, 2, 4}, {.reordered = 1}},
        {"late over the wrap", {65534, 0, 65535, 1}, {.reordered = 1}},
        {"late by 63", then(then({0, 1}, range(3, 66)), {2}), {.reordered = 1}},
        {"too late", then(then({0, 1}, range(3, 68)), {2, 68, 69}), {.lost = 1, .reordered = 1}},
        {"duplicate", {1, 2, 2, 3}, {.reordered = 1}},
        {"duplicate of an older one", {1, 2, 3, 1}, {.reordered = 1}},
        {"duplicate of a late one", {1, 3, 2, 2, 4}, {.reordered = 2}},
        {"a burst lost", {0, 100}, {.lost = 99}},
        {"more than a window lost", {0, 1000, 1001}, {.lost = 999}},
        {"lost before and after a burst", {0, 2, 200, 202}, {.lost = 1 + 197 + 1}},
        {"begins anew with the same SSRC", then(range(30000, 30100), range(5, 100)), {}},
        {"a single stray is no new beginning",
         then(then(range(1000, 1100), {500}), range(1100, 1200)),
         {.reordered = 1}},
        {"begins anew after a loss", {30000, 30002, 5, 6, 7}, {.lost = 1}},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const Losses losses = settled(row.numbers);
        CHECK(losses.lost == row.losses.lost);
        CHECK(losses.reordered == row.losses.reordered);
    }
}

TEST_CASE("the same packets on a second path that is far behind are no losses") {
    RtpSequence sequence;
    for (int i = 0; i < 2000; ++i) {
        sequence.on_packet(static_cast<std::uint16_t>(i), 1);
        if (i >= 100) sequence.on_packet(static_cast<std::uint16_t>(i - 100), 1);
    }
    sequence.settle();
    CHECK(sequence.lost() == 0);
    CHECK(sequence.reordered() == 1900);
}

TEST_CASE("a new SSRC begins anew, and what the old one still misses is lost") {
    RtpSequence sequence;
    sequence.on_packet(10, 1);
    sequence.on_packet(12, 1);
    CHECK(sequence.lost() == 0);
    sequence.on_packet(40000, 2);
    CHECK(sequence.lost() == 1);
    CHECK(sequence.is_contiguous());
    sequence.on_packet(40001, 2);
    sequence.settle();
    CHECK(sequence.lost() == 1);
    CHECK(sequence.reordered() == 0);
}

TEST_CASE("a loss is not counted before the late packet has had its time") {
    RtpSequence sequence;
    sequence.on_packet(0, 1);
    std::uint16_t number = 2;
    for (; number <= 64; ++number) {
        sequence.on_packet(number, 1);
        CHECK(sequence.lost() == 0);
    }
    sequence.on_packet(65, 1);
    CHECK(sequence.lost() == 1);
    sequence.settle();
    CHECK(sequence.lost() == 1);
}

TEST_CASE("settling ends the wait, once") {
    RtpSequence sequence;
    sequence.on_packet(0, 1);
    sequence.on_packet(5, 1);
    CHECK_FALSE(sequence.is_contiguous());
    sequence.settle();
    CHECK(sequence.lost() == 4);
    sequence.settle();
    CHECK(sequence.lost() == 4);
    sequence.on_packet(6, 1);
    CHECK(sequence.is_contiguous());
    CHECK(sequence.lost() == 4);
}

TEST_CASE("losses and places are counted as a slow reference counts them, in random order") {
    std::mt19937 random(11);
    for (int round = 0; round < 300; ++round) {
        // Numbers that lose some, swap some by less than the window, repeat some; the first and last stay in place.
        std::vector<int> numbers;
        const int first = static_cast<int>(random() % 65536);
        const int count = 2 + static_cast<int>(random() % 500);
        for (int i = 0; i < count; ++i) {
            if (i != 0 && i != count - 1 && random() % 10 == 0) continue;
            numbers.push_back(first + i);
            if (random() % 20 == 0) numbers.push_back(first + i);
        }
        for (std::size_t i = 1; i + 1 < numbers.size(); ++i) {
            const std::size_t other = std::min(i + random() % 20, numbers.size() - 2);
            if (random() % 5 == 0) std::swap(numbers[i], numbers[other]);
        }
        Losses slow;
        std::set<int> seen;
        int newest = first - 1;
        bool within = true;
        for (const int number : numbers) {
            if (number <= newest) ++slow.reordered;
            within &= newest - number < 63;
            newest = std::max(newest, number);
            seen.insert(number);
        }
        if (!within) continue;
        slow.lost = static_cast<std::uint64_t>(count) - seen.size();
        CAPTURE(round);
        const Losses fast = settled(numbers);
        REQUIRE(fast.lost == slow.lost);
        REQUIRE(fast.reordered == slow.reordered);
    }
}

TEST_CASE("a packet that came twice is told from one that came late") {
    struct Row {
        const char* name;
        std::vector<std::uint16_t> numbers;
        std::uint64_t reordered;
        std::uint64_t duplicated;
    };
    const std::vector<Row> rows = {
        {"in order", {1, 2, 3}, 0, 0},
        {"the newest again", {1, 2, 2, 3}, 1, 1},
        {"an older one again", {1, 2, 3, 4, 2, 5}, 1, 1},
        {"three times", {1, 2, 2, 2, 3}, 2, 2},
        {"late", {1, 3, 2, 4}, 1, 0},
        {"late and then again", {1, 3, 2, 2, 4}, 2, 1},
        {"from before the beginning", {10, 9, 11}, 1, 0},
        {"over the wrap", {65535, 0, 65535, 1}, 1, 1},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        RtpSequence sequence;
        for (const std::uint16_t number : row.numbers) sequence.on_packet(number, 7);
        CHECK(sequence.reordered() == row.reordered);
        CHECK(sequence.duplicated() == row.duplicated);
    }
    RtpSequence silent;
    silent.on_packet(1, 7);
    silent.on_packet(3, 7);
    silent.settle();
    silent.on_packet(2, 7);
    CHECK(silent.duplicated() == 0);
}

}  // namespace
}  // namespace muxtap::net
