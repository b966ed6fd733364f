#include "common/net/capture_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/support/capture_writer.h"
#include "tests/support/frame_builder.h"

namespace muxtap::net {
namespace {

using namespace muxtap::test;

struct ReadFrame {
    LinkType link_type;
    ByteVector bytes;
    std::size_t wire_length;
    std::int64_t time_ns;
};

struct ReadFile {
    std::string error;
    std::string damage;
    std::uint64_t unknown = 0;
    std::vector<ReadFrame> frames;
};

/// Through a file, with a buffer so small that frames straddle its end, or a large one.
ReadFile read_all(const ByteVector& bytes, std::size_t buffer_bytes = 64 << 10) {
    static const TempFolder folder;
    ReadFile result;
    FileDescriptor file(::open(folder.write("capture", bytes).c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(file.valid());
    const FileKind kind = file_kind(bytes);
    auto opened = open_capture_file(kind, ByteReader(std::move(file), {}, buffer_bytes));
    if (!opened) {
        result.error = opened.error().message;
        return result;
    }
    for (;;) {
        const auto frame = (*opened)->next();
        REQUIRE(frame.has_value());
        if (!*frame) break;
        const Frame& read = **frame;
        result.frames.push_back(
            {read.link_type, {read.bytes.begin(), read.bytes.end()}, read.wire_length, to_unix_ns(read.time)});
    }
    CHECK_FALSE((*opened)->next().value().has_value());
    result.damage = (*opened)->damage();
    result.unknown = (*opened)->frames_of_unknown_link_type();
    return result;
}

/// Five frames of very different sizes.
std::vector<ByteVector> some_frames() {
    return {plain_frame(packet_run(7)), plain_frame({}), filler(1), plain_frame(filler(70'000)),
            plain_frame(packet_run(1))};
}

constexpr std::int64_t start_ns = 1'763'600'000'123'456'789;
constexpr std::int64_t step_ns = 1'000'000'007;

ByteVector pcap_of(const std::vector<ByteVector>& frames, PcapWriter::Format format) {
    PcapWriter writer(format);
    for (std::size_t i = 0; i < frames.size(); ++i) {
        writer.add(frames[i], from_unix_ns(start_ns + static_cast<std::int64_t>(i) * step_ns), frames[i].size() + i);
    }
    return writer.bytes();
}

ByteVector pcapng_of(const std::vector<ByteVector>& frames, bool big_endian = false) {
    PcapngWriter writer(big_endian);
    writer.section();
    writer.interface({.resolution = 9});
    for (std::size_t i = 0; i < frames.size(); ++i) {
        writer.enhanced(0, static_cast<std::uint64_t>(start_ns + static_cast<std::int64_t>(i) * step_ns), frames[i],
                        frames[i].size() + i);
    }
    return writer.bytes();
}

void check_frames(const ReadFile& file, const std::vector<ByteVector>& frames, std::int64_t precision_ns = 1) {
    CHECK(file.error.empty());
    CHECK(file.damage.empty());
    REQUIRE(file.frames.size() == frames.size());
    for (std::size_t i = 0; i < frames.size(); ++i) {
        CAPTURE(i);
        CHECK(file.frames[i].bytes == frames[i]);
        CHECK(file.frames[i].wire_length == frames[i].size() + i);
        const std::int64_t time = start_ns + static_cast<std::int64_t>(i) * step_ns;
        CHECK(file.frames[i].time_ns == time / precision_ns * precision_ns);
    }
}

TEST_CASE("a pcap file is read in both byte orders and both precisions, whatever the buffer") {
    const auto frames = some_frames();
    for (const bool big_endian : {false, true}) {
        for (const bool nanoseconds : {false, true}) {
            const ByteVector bytes = pcap_of(frames, {.big_endian = big_endian, .nanoseconds = nanoseconds});
            for (const std::size_t buffer : {24U, 1000U, 100'000U}) {
                CAPTURE(big_endian, nanoseconds, buffer);
                check_frames(read_all(bytes, buffer), frames, nanoseconds ? 1 : 1000);
            }
        }
    }
}

TEST_CASE("a pcapng file is read in both byte orders, whatever the buffer") {
    const auto frames = some_frames();
    for (const bool big_endian : {false, true}) {
        for (const std::size_t buffer : {24U, 1000U, 100'000U}) {
            CAPTURE(big_endian, buffer);
            check_frames(read_all(pcapng_of(frames, big_endian), buffer), frames);
        }
    }
}

TEST_CASE("a pcap file says what its frames begin with, or is refused by the number") {
    CHECK(read_all(pcap_of(some_frames(), {.link_type = 113})).frames.front().link_type == LinkType::linux_cooked);
    // The upper bits tell of checksums behind the frames.
    CHECK(read_all(pcap_of(some_frames(), {.link_type = 1 | 0x50000000U})).frames.size() == 5);
    const ReadFile unknown = read_all(pcap_of(some_frames(), {.link_type = 105}));
    CHECK_THAT(unknown.error, Catch::Contains("link type 105"));
    CHECK(unknown.frames.empty());
}

TEST_CASE("time stamps of any resolution become nanoseconds") {
    for (const bool big_endian : {false, true}) {
        for (int exponent = 3; exponent <= 12; ++exponent) {
            CAPTURE(big_endian, exponent);
            const auto ticks = static_cast<std::uint64_t>(std::llround(std::pow(10, exponent)));
            PcapngWriter writer(big_endian);
            writer.section();
            writer.interface({.resolution = static_cast<std::uint8_t>(exponent)});
            writer.enhanced(0, 1000 * ticks + ticks / 2, filler(60));
            const ReadFile file = read_all(writer.bytes());
            REQUIRE(file.frames.size() == 1);
            CHECK(file.frames[0].time_ns == 1'000'500'000'000);
        }
        for (const unsigned exponent : {0U, 1U, 10U, 20U, 32U, 50U}) {
            CAPTURE(big_endian, exponent);
            PcapngWriter writer(big_endian);
            writer.section();
            writer.interface({.resolution = static_cast<std::uint8_t>(0x80U | exponent)});
            writer.enhanced(
                0, (std::uint64_t{1000} << exponent) + (exponent == 0 ? 0 : std::uint64_t{1} << (exponent - 1)),
                filler(60));
            const ReadFile file = read_all(writer.bytes());
            REQUIRE(file.frames.size() == 1);
            CHECK(file.frames[0].time_ns == (exponent == 0 ? 1'000'000'000'000 : 1'000'500'000'000));
        }
    }
}

TEST_CASE("each interface has its own link type, resolution and offset") {
    PcapngWriter writer;
    writer.section();
    writer.interface();  // microseconds
    writer.interface({.link_type = 276, .resolution = 3, .offset = 100});
    writer.interface({.link_type = 101, .offset = -5});
    writer.enhanced(2, 7'000'000, filler(1));
    writer.enhanced(0, 7'000'001, filler(2));
    writer.enhanced(1, 7'002, filler(3));
    const ReadFile file = read_all(writer.bytes());
    REQUIRE(file.frames.size() == 3);
    CHECK(file.frames[0].link_type == LinkType::raw_ip);
    CHECK(file.frames[0].time_ns == 2'000'000'000);
    CHECK(file.frames[1].link_type == LinkType::ethernet);
    CHECK(file.frames[1].time_ns == 7'000'001'000);
    CHECK(file.frames[2].link_type == LinkType::linux_cooked_v2);
    CHECK(file.frames[2].time_ns == 107'002'000'000);
}

TEST_CASE("absurd resolutions and offsets make absurd times and no harm") {
    for (const unsigned resolution : {0U, 18U, 19U, 64U, 127U, 0x80U | 63U, 0x80U | 64U, 0xFFU}) {
        for (const std::int64_t offset : {INT64_MIN, std::int64_t{-1}, INT64_MAX}) {
            CAPTURE(resolution, offset);
            PcapngWriter writer;
            writer.section();
            writer.interface({.resolution = static_cast<std::uint8_t>(resolution), .offset = offset});
            writer.enhanced(0, ~std::uint64_t{0}, filler(60));
            CHECK(read_all(writer.bytes()).frames.size() == 1);
        }
    }
}

TEST_CASE("simple, obsolete and unknown blocks are read or passed over") {
    PcapngWriter writer;
    writer.section();
    writer.interface({.snap_length = 50});
    writer.block(4, filler(13));      // name resolution
    writer.block(0x0BAD, filler(0));  // nobody's
    writer.simple(filler(49, 1));
    writer.simple(filler(50, 2), 900);
    writer.obsolete(0, 3'000'000, filler(33, 3), 40);
    writer.block(0x80000001, filler(5000));
    writer.enhanced(0, 4'000'000, filler(7, 4));
    const ReadFile file = read_all(writer.bytes());
    CHECK(file.damage.empty());
    REQUIRE(file.frames.size() == 4);
    CHECK(file.frames[0].bytes == filler(49, 1));
    CHECK(file.frames[0].wire_length == 49);
    CHECK(file.frames[1].bytes == filler(50, 2));
    CHECK(file.frames[1].wire_length == 900);
    CHECK(file.frames[2].bytes == filler(33, 3));
    CHECK(file.frames[2].wire_length == 40);
    CHECK(file.frames[2].time_ns == 3'000'000'000);
    CHECK(file.frames[3].bytes == filler(7, 4));
}

TEST_CASE("a new section may change the byte order and begins its interfaces anew") {
    PcapngWriter writer;
    writer.section();
    writer.interface({.link_type = 101, .resolution = 9});
    writer.enhanced(0, 5, filler(10, 1));
    writer.section(true);
    writer.interface({.link_type = 1, .resolution = 3});
    writer.enhanced(0, 5, filler(20, 2));
    writer.section(false);
    writer.interface();
    writer.enhanced(0, 5, filler(30, 3));
    const ReadFile file = read_all(writer.bytes());
    CHECK(file.damage.empty());
    REQUIRE(file.frames.size() == 3);
    CHECK(file.frames[0].link_type == LinkType::raw_ip);
    CHECK(file.frames[0].time_ns == 5);
    CHECK(file.frames[1].link_type == LinkType::ethernet);
    CHECK(file.frames[1].time_ns == 5'000'000);
    CHECK(file.frames[1].bytes == filler(20, 2));
    CHECK(file.frames[2].time_ns == 5'000);

    PcapngWriter forgetful;
    forgetful.section();
    forgetful.interface();
    const std::size_t whole = forgetful.bytes().size();
    forgetful.section();
    const std::size_t section = forgetful.bytes().size() - whole;
    forgetful.enhanced(0, 5, filler(10));
    CHECK_THAT(read_all(forgetful.bytes()).damage,
               Catch::Contains("interface 0") && Catch::Contains("byte " + std::to_string(whole + section) + ";"));
}

TEST_CASE("frames of an unknown link type are left out and counted, the others are read") {
    PcapngWriter writer;
    writer.section();
    writer.interface({.link_type = 105});
    writer.interface();
    for (int i = 0; i < 3; ++i) writer.enhanced(0, 0, filler(10));
    writer.enhanced(1, 0, filler(20));
    const ReadFile file = read_all(writer.bytes());
    CHECK(file.frames.size() == 1);
    CHECK(file.unknown == 3);
    CHECK(file.damage.empty());
}

/// Offsets at which the records or blocks of a file begin, and the file's size.
std::vector<std::size_t> boundaries(const ByteVector& bytes) {
    std::vector<std::size_t> found;
    const bool pcapng = file_kind(bytes) == FileKind::pcapng;
    std::size_t at = pcapng ? 0 : 24;
    while (at < bytes.size()) {
        found.push_back(at);
        at += pcapng ? load<std::uint32_t>(bytes, at + 4) : 16 + load<std::uint32_t>(bytes, at + 8);
    }
    found.push_back(bytes.size());
    return found;
}

TEST_CASE("of a file cut off anywhere what is whole is used, and the damage is named with its place") {
    const std::vector<ByteVector> frames = {plain_frame(packet_run(1)), filler(0), plain_frame({}), filler(61)};
    for (const ByteVector& bytes : {pcap_of(frames, {}), pcapng_of(frames)}) {
        const bool pcapng = file_kind(bytes) == FileKind::pcapng;
        const auto starts = boundaries(bytes);
        const std::size_t headers = pcapng ? 2 : 0;  // blocks before the first packet
        for (std::size_t size = pcapng ? 4 : 24; size < bytes.size(); ++size) {
            CAPTURE(pcapng, size);
            const auto next = std::upper_bound(starts.begin(), starts.end(), size);
            const std::size_t begun = *(next - 1);
            const auto complete = static_cast<std::size_t>(next - starts.begin()) - 1;
            const ReadFile file = read_all({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)});
            REQUIRE(file.damage.empty() == (begun == size));
            if (begun != size) REQUIRE_THAT(file.damage, Catch::Contains("at byte " + std::to_string(begun) + ";"));
            const std::size_t whole = complete < headers ? 0 : complete - headers;
            // Of a pcap record the frame's beginning is used, as if the snap length had cut it.
            const bool half = !pcapng && size >= begun + 16 && begun != size;
            REQUIRE(file.frames.size() == whole + (half ? 1 : 0));
            for (std::size_t i = 0; i < whole; ++i) REQUIRE(file.frames[i].bytes == frames[i]);
            if (half) {
                REQUIRE(file.frames.back().bytes.size() == size - begun - 16);
                REQUIRE(file.frames.back().wire_length >= frames[whole].size());
            }
        }
    }
    for (std::size_t size = 4; size < 24; ++size) {
        const ByteVector bytes = pcap_of(frames, {});
        const ReadFile file = read_all({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)});
        CHECK_THAT(file.error, Catch::Contains("at byte " + std::to_string(size)));
    }
}

TEST_CASE("lengths that cannot be end the reading, with their place") {
    const ByteVector frame = plain_frame(packet_run(1));
    PcapWriter pcap;
    pcap.add(frame, from_unix_ns(0));
    const std::size_t pcap_place = pcap.bytes().size();
    pcap.add_record(0, 0, 0x7FFFFFFF, 60, frame);
    pcap.add(frame, from_unix_ns(0));

    const auto pcapng_with = [&](const auto& damage) {
        PcapngWriter writer;
        writer.section();
        writer.interface();
        writer.enhanced(0, 0, frame);
        const std::size_t place = writer.bytes().size();
        writer.enhanced(0, 0, frame);
        writer.enhanced(0, 0, frame);
        ByteVector bytes = writer.bytes();
        damage(bytes, place);
        return std::pair{bytes, place};
    };
    const auto number = [](std::size_t offset, std::uint32_t value) {
        return [=](ByteVector& bytes, std::size_t place) { std::memcpy(&bytes[place + offset], &value, 4); };
    };
    struct Row {
        const char* name;
        std::pair<ByteVector, std::size_t> file;
    };
    const std::vector<Row> rows = {
        {"record", {pcap.bytes(), pcap_place}},
        {"block length 0", pcapng_with(number(4, 0))},
        {"block length of 11", pcapng_with(number(4, 11))},
        {"odd block length", pcapng_with(number(4, 0x101))},
        {"huge block length", pcapng_with(number(4, 0xFFFFFFF0))},
        {"block longer than the file", pcapng_with(number(4, 0x00FFFFF0))},
        {"second length differs", pcapng_with([](ByteVector& bytes, std::size_t place) {
             bytes[place + load<std::uint32_t>(bytes, place + 4) - 4] ^= 4;
         })},
        {"packet longer than its block", pcapng_with(number(8 + 12, 1'000'000))},
        {"packet of an interface that is not there", pcapng_with(number(8, 1))},
        {"packet block too short",
         [&] {
             PcapngWriter writer;
             writer.section();
             writer.interface();
             writer.enhanced(0, 0, frame);
             const std::size_t place = writer.bytes().size();
             writer.block(6, filler(16));
             return std::pair{writer.bytes(), place};
         }()},
        {"interface description too short",
         [&] {
             PcapngWriter writer;
             writer.section();
             writer.interface();
             writer.enhanced(0, 0, frame);
             const std::size_t place = writer.bytes().size();
             writer.block(1, filler(4));
             return std::pair{writer.bytes(), place};
         }()},
        {"section without magic",
         [&] {
             PcapngWriter writer;
             writer.section();
             writer.interface();
             writer.enhanced(0, 0, frame);
             const std::size_t place = writer.bytes().size();
             writer.block(0x0A0D0D0A, filler(16));
             return std::pair{writer.bytes(), place};
         }()},
        {"simple packet too short",
         [&] {
             PcapngWriter writer;
             writer.section();
             writer.interface();
             writer.enhanced(0, 0, frame);
             const std::size_t place = writer.bytes().size();
             writer.block(3, {});
             return std::pair{writer.bytes(), place};
         }()},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        const ReadFile file = read_all(row.file.first);
        REQUIRE(file.frames.size() == 1);
        CHECK(file.frames[0].bytes == frame);
        CHECK_THAT(file.damage, Catch::Contains("at byte " + std::to_string(row.file.second) + ";"));
    }
    PcapngWriter no_interface;
    no_interface.section();
    const std::size_t place = no_interface.bytes().size();
    no_interface.simple(frame);
    CHECK_THAT(read_all(no_interface.bytes()).damage, Catch::Contains("at byte " + std::to_string(place) + ";"));
}

TEST_CASE("no flipped byte of a capture file does harm") {
    const std::vector<ByteVector> frames = {filler(30), filler(20)};
    for (const ByteVector& bytes : {pcap_of(frames, {}), pcapng_of(frames)}) {
        for (std::size_t at = 4; at < bytes.size(); ++at) {
            for (const unsigned flip : {0x01U, 0x80U, 0xFFU}) {
                ByteVector changed = bytes;
                changed[at] ^= static_cast<std::uint8_t>(flip);
                const ReadFile file = read_all(changed, 64);
                REQUIRE(file.frames.size() <= 2);
                for (const ReadFrame& frame : file.frames) REQUIRE(frame.wire_length >= frame.bytes.size());
            }
        }
    }
}

TEST_CASE("a file is known by its first bytes") {
    struct Row {
        ByteVector bytes;
        FileKind kind;
    };
    const std::vector<Row> rows = {
        {{}, FileKind::other},
        {{0xA1, 0xB2, 0xC3}, FileKind::other},
        {{0xA1, 0xB2, 0xC3, 0xD4}, FileKind::pcap},
        {{0xD4, 0xC3, 0xB2, 0xA1}, FileKind::pcap},
        {{0xA1, 0xB2, 0x3C, 0x4D}, FileKind::pcap},
        {{0x4D, 0x3C, 0xB2, 0xA1}, FileKind::pcap},
        {{0x0A, 0x0D, 0x0D, 0x0A}, FileKind::pcapng},
        {{0x1F, 0x8B}, FileKind::gzip},
        {{0x47, 0x40, 0x00, 0x10}, FileKind::other},
    };
    for (const Row& row : rows) CHECK(file_kind(row.bytes) == row.kind);
}

}  // namespace
}  // namespace muxtap::net
