// Input: a byte with stride (bits 0 and 1), proven (bit 2) and continuous (bit 3), then a block of bytes.
// Property: packets that are found are valid, stand in order and do not overlap; they and what was rejected make up the
// block; a block that is nothing but valid packets gives them all; the fused check agrees with the one by one.
#include <array>
#include <vector>

#include "common/ts/packet_locator.h"
#include "common/ts/packet_run.h"
#include "tests/fuzz/require.h"

namespace {

using namespace muxtap;
using fuzz::require;

void check_located(const ts::Located& located, ByteView block) {
    require(located.stride == 188 || located.stride == 192 || located.stride == 204, "the stride is one of three");
    require(located.tail <= block.size(), "the tail is in the block");
    std::size_t free_from = 0;
    for (const std::uint32_t offset : located.offsets) {
        require(offset >= free_from, "packets stand in order and do not overlap");
        require(offset + ts::packet_size <= located.tail, "packets stand before the tail");
        require(ts::check_packet(&block[offset]) == ts::RejectReason::accepted, "packets are valid");
        free_from = offset + ts::packet_size;
    }
    if (!located.is_ts) {
        require(located.offsets.empty(), "what is no transport stream has no packets");
        require(located.rejected.total() == located.rejected.of(ts::RejectReason::not_ts), "it is rejected as that");
        return;
    }
    const std::size_t lead = located.stride == 192 ? 4 : 0;
    const std::size_t accounted = located.offsets.size() + static_cast<std::size_t>(located.rejected.total());
    require(lead + accounted * located.stride >= located.tail, "every byte is accounted for");
    require(accounted <= 2 * (block.size() / ts::packet_size) + 2, "none is accounted for twice");
}

/// Packet by packet; the number of valid ones from the start.
std::size_t valid_packets(ByteView block) {
    std::size_t count = 0;
    while ((count + 1) * ts::packet_size <= block.size() &&
           ts::check_packet(&block[count * ts::packet_size]) == ts::RejectReason::accepted) {
        ++count;
    }
    return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr std::array<std::size_t, 4> strides = {188, 204, 192, 188};
    const ts::LocatorHint hint{
        .stride = strides[data[0] & 3U], .proven = (data[0] & 4U) != 0, .continuous = (data[0] & 8U) != 0};
    const std::vector<std::uint8_t> block(data + 1, data + size);
    ts::PacketLocator locator;
    const ts::Located& located = locator.locate(block, hint);
    check_located(located, block);

    const std::size_t valid = valid_packets(block);
    require(ts::tally_run(block.data(), block.size() / ts::packet_size).valid == valid, "the fused check agrees");
    const bool clean = !block.empty() && valid * ts::packet_size == block.size();
    if (clean && hint.stride == ts::packet_size && (valid > 1 || !hint.continuous)) {
        require(located.is_ts && located.stride == ts::packet_size, "clean packets are a transport stream");
        require(located.offsets.size() == valid && located.rejected.total() == 0, "all of it is packets");
        require(located.tail == block.size(), "nothing of it is left over");
    }
    return 0;
}
