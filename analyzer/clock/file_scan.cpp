#include "analyzer/clock/file_scan.h"

#include <cstdint>
#include <cstring>

namespace muxtap::analyzer {

namespace {

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "may_have_pcr reads headers as little-endian words");

/// By the first eight bytes: sync byte, no transport_error_indicator, an adaptation field of at least seven bytes with
/// PCR_flag.
bool may_have_pcr(std::uint64_t head) noexcept {
    constexpr std::uint64_t looked_at = 0x0000'1000'2000'80FF;
    constexpr std::uint64_t wanted = 0x0000'1000'2000'0047;
    return ((head & looked_at) == wanted) & ((head >> 32 & 0xFFU) >= 7);
}

std::optional<FoundPcr> read(const std::uint8_t* packet, std::size_t number) noexcept {
    const auto view = ts::PacketView::parse(ts::PacketView::Bytes(packet, ts::packet_size));
    if (!view) return std::nullopt;
    const auto pcr = view->pcr();
    if (!pcr) return std::nullopt;
    return FoundPcr{
        .packet = number, .pid = view->pid(), .pcr = *pcr, .discontinuity_indicator = view->discontinuity_indicator()};
}

}  // namespace

std::optional<FoundPcr> find_pcr(ByteView packets, std::size_t stride, std::size_t from, std::size_t count) noexcept {
    constexpr std::size_t group = 16;
    std::uint64_t heads[group];
    while (from < count) {
        const std::size_t in_group = count - from < group ? count - from : group;
        const std::uint8_t* const at = packets.data() + from * stride;
        for (std::size_t i = 0; i < in_group; ++i) std::memcpy(&heads[i], at + i * stride, sizeof(heads[i]));
        unsigned hits = 0;
        for (std::size_t i = 0; i < in_group; ++i) hits |= static_cast<unsigned>(may_have_pcr(heads[i])) << i;
        for (; hits != 0; hits &= hits - 1) {
            const auto i = static_cast<std::size_t>(__builtin_ctz(hits));
            if (auto found = read(at + i * stride, from + i)) return found;
        }
        from += in_group;
    }
    return std::nullopt;
}

}  // namespace muxtap::analyzer
