#include "analyzer/cli/packet_framer.h"

#include <catch2/catch.hpp>

#include "tests/support/ts_packets.h"

using namespace muxtap;
using analyze::PacketFramer;
using test::ByteVector;

namespace {

/// What became of the bytes of a file: "p10" ten strides of packets, "s4" four bytes skipped, "t" a packet cut off.
std::string framed(const ByteVector& file, std::size_t piece = 0) {
    PacketFramer framer;
    std::string text;
    std::size_t packets = 0;
    std::size_t skipped = 0;
    bool truncated = false;
    const auto note_packets = [&] {
        if (packets > 0) text += " p" + std::to_string(packets);
        packets = 0;
    };
    const auto note_skipped = [&] {
        if (skipped > 0) text += " s" + std::to_string(skipped) + (truncated ? "t" : "");
        skipped = 0;
        truncated = false;
    };
    std::size_t begin = 0;
    std::size_t end = piece == 0 ? file.size() : std::min(piece, file.size());
    for (;;) {
        const bool last = end == file.size();
        const auto step = framer.next(ByteView(file).subspan(begin, end - begin), last);
        if (step.verdict == PacketFramer::Verdict::need_more) {
            if (last) break;
            end = std::min(end + piece, file.size());
            continue;
        }
        REQUIRE(step.bytes > 0);
        REQUIRE(step.bytes <= end - begin);
        if (step.verdict == PacketFramer::Verdict::packets) {
            note_skipped();
            packets += (step.bytes + framer.stride() - 1) / framer.stride();
        } else {
            note_packets();
            skipped += step.bytes;
            truncated |= step.truncated;
        }
        begin += step.bytes;
    }
    note_packets();
    note_skipped();
    return (framer.stride() == 0 ? "none" : std::to_string(framer.stride())) + text;
}

ByteVector run(std::size_t count, std::uint32_t first = 0) {
    return test::packet_run(count, first);
}

/// The bytes with `count` bytes taken out at `at`.
ByteVector without(ByteVector bytes, std::size_t at, std::size_t count) {
    const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    bytes.erase(from, from + static_cast<std::ptrdiff_t>(count));
    return bytes;
}

ByteVector with_bad_sync(ByteVector bytes, std::initializer_list<std::size_t> packets, std::size_t stride = 188,
                         std::size_t lead = 0) {
    for (const std::size_t packet : packets) bytes[packet * stride + lead] = 0x00;
    return bytes;
}

struct Row {
    const char* name;
    ByteVector file;
    const char* expected;
};

std::vector<Row> rows() {
    ByteVector filled_with_sync = run(40);
    for (std::size_t packet = 0; packet < 40; ++packet)
        for (std::size_t i = 4; i < 188; ++i) filled_with_sync[packet * 188 + i] = 0x47;
    return {
        {"nothing but packets", run(40), "188 p40"},
        {"one packet", run(1), "188 p1"},
        {"192 bytes", test::in_strides(run(40), 192), "192 s4 p40"},
        {"204 bytes", test::in_strides(run(40), 204), "204 p40"},
        {"204 bytes without the last tail", without(test::in_strides(run(40), 204), 40 * 204 - 16, 16), "204 p40"},
        {"begins in the middle of a packet", without(run(40), 0, 100), "188 s88 p39"},
        {"ends in the middle of a packet", without(run(40), 39 * 188 + 100, 88), "188 p39 s100t"},
        {"one bad sync byte", with_bad_sync(run(40), {17}), "188 p40"},
        {"bad sync bytes in a row", with_bad_sync(run(40), {17, 18, 19, 20, 21, 22}), "188 p40"},
        {"bad sync bytes at the start", with_bad_sync(run(40), {0, 1}), "188 s376 p38"},
        {"bad sync bytes at the end", with_bad_sync(run(40), {38, 39}), "188 p40"},
        {"bad sync byte of the last packet", with_bad_sync(run(40), {39}), "188 p40"},
        {"bad sync bytes, 204", with_bad_sync(test::in_strides(run(40), 204), {17, 18, 19}, 204), "204 p40"},
        {"bad sync bytes, 192", with_bad_sync(test::in_strides(run(40), 192), {17, 18, 19}, 192, 4), "192 s4 p40"},
        {"bytes missing in a packet", without(run(40), 20 * 188 + 50, 10), "188 p20 s178t p19"},
        {"bytes missing between packets", without(run(40), 20 * 188, 10), "188 p20 s178 p19"},
        {"bytes too many", test::joined({run(20), test::filler(10), run(20, 20)}), "188 p20 s10 p20"},
        {"a lot of bytes too many", test::joined({run(20), test::filler(1000), run(20, 20)}), "188 p25 s60 p20"},
        {"bad sync bytes among payloads of sync bytes", with_bad_sync(filled_with_sync, {10, 11}), "188 p40"},
        {"text", ByteVector(1000, 'x'), "none s1000"},
        {"a sync byte in a text", test::joined({ByteVector(1, 0x47), ByteVector(999, 'x')}), "none s1000"},
        {"a text that begins with G", test::joined({ByteVector(1, 'G'), ByteVector(300, 'o')}), "none s301"},
        {"nothing", {}, "none"},
    };
}

}  // namespace

TEST_CASE("packets keep their places, and what stands between them is told apart") {
    for (const Row& row : rows()) {
        INFO(row.name);
        CHECK(framed(row.file) == row.expected);
    }
}

TEST_CASE("how a file is cut into pieces does not matter") {
    for (const Row& row : rows()) {
        for (const std::size_t piece : {1500U, 1504U, 2048U, 4096U, 5000U}) {
            INFO(row.name << ", pieces of " << piece);
            CHECK(framed(row.file, piece) == row.expected);
        }
    }
}

TEST_CASE("random bytes are no transport stream") {
    ByteVector noise(1 << 20);
    std::uint32_t state = 1;
    for (std::uint8_t& byte : noise) {
        state = state * 1664525 + 1013904223;
        byte = static_cast<std::uint8_t>(state >> 24);
    }
    CHECK(framed(noise) == "none s" + std::to_string(noise.size()));
}

TEST_CASE("as many bytes as it takes to tell packets are asked to be more, and nothing is skipped for ever") {
    PacketFramer framer;
    const auto step = framer.next(test::filler(5 * 204, 0xAA), false);
    CHECK(step.verdict == PacketFramer::Verdict::need_more);
    CHECK(framer.next(test::filler(5 * 204 + 1, 0xAA), false).bytes == 1);
}
