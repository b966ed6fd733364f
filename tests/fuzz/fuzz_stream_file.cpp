// Input: a byte that says in how large pieces the file is read, then the file.
// Property: whatever a file holds, each of its bytes is in a packet or skipped, times never go backwards, and all of it
// is the same in pieces of any size.
#include <algorithm>
#include <vector>

#include "analyzer/cli/packet_framer.h"
#include "analyzer/clock/file_clock.h"
#include "tests/fuzz/require.h"

namespace {

using namespace muxtap;
using analyze::PacketFramer;
using analyzer::FileClock;
using analyzer::FileSegment;
using fuzz::require;

struct Framed {
    std::vector<std::uint8_t> packets;  ///< without what was skipped
    std::size_t skipped = 0;
    std::size_t stride = 0;
};

/// Reads a file in pieces, and takes what the framer finds out of them.
Framed frame(ByteView file, std::size_t piece) {
    Framed framed;
    PacketFramer framer;
    std::size_t begin = 0;
    std::size_t end = 0;
    while (begin < file.size()) {
        end = std::min(file.size(), end + piece);
        const bool last = end == file.size();
        while (begin < end) {
            const auto step = framer.next(file.subspan(begin, end - begin), last);
            if (step.verdict == PacketFramer::Verdict::need_more) break;
            require(step.bytes > 0 && step.bytes <= end - begin, "a step takes some of the bytes there are");
            if (step.verdict == PacketFramer::Verdict::skip) {
                framed.skipped += step.bytes;
            } else {
                require(framer.stride() != 0, "packets have a stride");
                const ByteView packets = file.subspan(begin, step.bytes);
                framed.packets.insert(framed.packets.end(), packets.begin(), packets.end());
            }
            begin += step.bytes;
        }
        require(!last || begin == end, "at the end of a file nothing is left");
    }
    framed.stride = framer.stride();
    return framed;
}

std::size_t packets_of(std::size_t bytes, std::size_t stride) {
    return bytes < ts::packet_size ? 0 : (bytes - ts::packet_size) / stride + 1;
}

/// Segments with packets numbered from the start of the file.
std::vector<FileSegment> give_times(ByteView packets, std::size_t stride, std::size_t piece) {
    constexpr std::size_t hold_bytes = 10 * ts::packet_size;
    FileClock clock({.start_bytes = 60 * ts::packet_size, .hold_bytes = hold_bytes});
    std::vector<FileSegment> all;
    std::vector<FileSegment> segments;
    const std::size_t count = packets_of(packets.size(), stride);
    std::size_t begin = 0;
    std::size_t end = 0;
    while (begin < count) {
        end = std::min(count, end + piece);
        segments.clear();
        const ByteView bytes = packets.subspan(begin * stride, (end - begin - 1) * stride + ts::packet_size);
        const std::size_t taken = clock.time(bytes, stride, end == count, segments);
        std::size_t next = 0;
        for (FileSegment& segment : segments) {
            require(segment.first == next && segment.packets > 0, "segments follow each other");
            next += segment.packets;
            require(segment.end >= segment.begin, "a segment takes no negative time");
            segment.first += begin;
            all.push_back(segment);
        }
        require(next == taken && taken <= end - begin, "as many packets have times as were taken");
        require(end < count || taken == end - begin, "at the end of a file all have");
        begin += taken;
    }
    for (std::size_t i = 1; i < all.size(); ++i)
        require(all[i].begin >= all[i - 1].end || !all[i].timed, "times never go backwards");
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const ByteView file(data + 1, size - 1);
    const std::size_t piece = 1 + std::size_t{data[0]} * 16;
    const Framed whole = frame(file, file.size());
    require(whole.packets.size() + whole.skipped == file.size(), "each byte is in a packet or skipped");
    (void)frame(file, piece);
    if (whole.stride == 0) return 0;
    const std::size_t packets_in_piece = 1 + piece / ts::packet_size;
    const auto times = give_times(whole.packets, whole.stride, whole.packets.size());
    require(times == give_times(whole.packets, whole.stride, packets_in_piece),
            "pieces of any size get the same times");
    return 0;
}
