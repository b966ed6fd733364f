#include "common/net/pcapng_reader.h"

#include <algorithm>

namespace muxtap::net {
namespace {

constexpr std::uint32_t section_header = 0x0A0D0D0A;
constexpr std::uint32_t interface_description = 1;
constexpr std::uint32_t obsolete_packet = 2;
constexpr std::uint32_t simple_packet = 3;
constexpr std::uint32_t enhanced_packet = 6;

constexpr std::uint32_t byte_order_magic = 0x1A2B3C4D;
/// Block type and total length in front, total length again behind.
constexpr std::size_t block_front = 8;
constexpr std::size_t block_back = 4;
/// Blocks that are not packets may be long (name tables, embedded keys), but not this long.
constexpr std::uint32_t largest_block = 64U << 20;

}  // namespace

std::uint16_t PcapngReader::u16(ByteView bytes, std::size_t offset) const noexcept {
    const auto value = load<std::uint16_t>(bytes, offset);
    return swapped_ ? swap_bytes(value) : value;
}

std::uint32_t PcapngReader::u32(ByteView bytes, std::size_t offset) const noexcept {
    const auto value = load<std::uint32_t>(bytes, offset);
    return swapped_ ? swap_bytes(value) : value;
}

Result<std::optional<Frame>> PcapngReader::next() {
    while (damage().empty()) {
        reader_.skip(consumed_);
        consumed_ = 0;
        auto bytes = reader_.peek(block_front + block_back);
        if (!bytes) return tl::unexpected<Error>(bytes.error());
        if (bytes->empty()) return std::nullopt;
        if (bytes->size() < block_front + block_back) {
            report_damage(reader_.offset(), "the file ends inside a block header");
            break;
        }
        // A section header's first value reads the same in both byte orders and decides which one follows.
        if (load<std::uint32_t>(*bytes, 0) == section_header && !begin_section(*bytes)) break;
        const std::uint32_t type = u32(*bytes, 0);
        const std::uint32_t length = u32(*bytes, 4);
        if (length < block_front + block_back || length % 4 != 0 || length > largest_block) {
            report_damage(reader_.offset(), "a block of " + std::to_string(length) + " bytes");
            break;
        }
        bytes = reader_.peek(length);
        if (!bytes) return tl::unexpected<Error>(bytes.error());
        if (bytes->size() < length) {
            report_damage(reader_.offset(), "the file ends inside a block");
            break;
        }
        if (u32(*bytes, length - block_back) != length) {
            report_damage(reader_.offset(), "a block whose two lengths differ");
            break;
        }
        const ByteView body = bytes->subspan(block_front, length - block_front - block_back);
        consumed_ = length;
        if (type == interface_description) {
            if (!add_interface(body)) break;
        } else if (type == enhanced_packet || type == simple_packet || type == obsolete_packet) {
            if (auto frame = read_packet(type, body)) return frame;
        }
    }
    return std::nullopt;
}

bool PcapngReader::begin_section(ByteView block) {
    const auto magic = load<std::uint32_t>(block, block_front);
    if (magic != byte_order_magic && magic != swap_bytes(byte_order_magic)) {
        report_damage(reader_.offset(), "a section header without byte-order magic");
        return false;
    }
    swapped_ = magic != byte_order_magic;
    interfaces_.clear();
    return true;
}

bool PcapngReader::add_interface(ByteView body) {
    if (body.size() < 8) {
        report_damage(reader_.offset(), "an interface description that is too short");
        return false;
    }
    Interface interface;
    interface.link_type = link_type_from_number(u16(body, 0));
    interface.snap_length = u32(body, 4);
    read_interface_options(body.subspan(8), interface);
    interfaces_.push_back(interface);
    return true;
}

void PcapngReader::read_interface_options(ByteView options, Interface& interface) const {
    constexpr unsigned end_of_options = 0;
    constexpr unsigned if_tsresol = 9;
    constexpr unsigned if_tsoffset = 14;
    while (options.size() >= 4) {
        const unsigned code = u16(options, 0);
        const std::size_t length = u16(options, 2);
        if (code == end_of_options || options.size() < 4 + length) return;
        const ByteView value = options.subspan(4, length);
        if (code == if_tsresol && length == 1) {
            // Bit 7 chooses between powers of 2 and of 10.
            const unsigned exponent = value[0] & 0x7FU;
            std::uint64_t ticks = 1;
            for (unsigned i = 0; i < exponent && ticks < (std::uint64_t{1} << 59); ++i) {
                ticks *= (value[0] & 0x80U) != 0 ? 2 : 10;
            }
            interface.ticks_per_second = ticks;
        } else if (code == if_tsoffset && length == 8) {
            const auto raw = load<std::uint64_t>(value, 0);
            interface.offset_seconds = static_cast<std::int64_t>(swapped_ ? swap_bytes(raw) : raw);
        }
        options = options.subspan(std::min(options.size(), 4 + (length + 3) / 4 * 4));
    }
}

UnixTime PcapngReader::time_of(const Interface& interface, std::uint32_t high, std::uint32_t low) const noexcept {
    const std::uint64_t ticks = std::uint64_t{high} << 32 | low;
    const std::uint64_t seconds = ticks / interface.ticks_per_second;
    // The rest is below ticks_per_second, so the product needs up to 94 bits.
    __extension__ using Wide = unsigned __int128;
    const auto fraction = static_cast<std::uint64_t>(Wide{ticks % interface.ticks_per_second} * 1'000'000'000U /
                                                     interface.ticks_per_second);
    // Unsigned arithmetic: a hostile offset wraps instead of overflowing.
    const std::uint64_t whole = (seconds + static_cast<std::uint64_t>(interface.offset_seconds)) * 1'000'000'000U;
    return from_unix_ns(static_cast<std::int64_t>(whole + fraction));
}

std::optional<Frame> PcapngReader::read_packet(std::uint32_t type, ByteView body) {
    if (type == simple_packet) {
        if (body.size() < 4) {
            report_damage(reader_.offset(), "a packet block that is too short");
            return std::nullopt;
        }
        const std::uint32_t on_wire = u32(body, 0);
        std::size_t captured = std::min<std::size_t>(on_wire, body.size() - 4);
        if (!interfaces_.empty() && interfaces_[0].snap_length != 0)
            captured = std::min<std::size_t>(captured, interfaces_[0].snap_length);
        return frame_of(0, body.subspan(4, captured), on_wire, 0, 0);
    }
    constexpr std::size_t packet_header = 20;
    if (body.size() < packet_header) {
        report_damage(reader_.offset(), "a packet block that is too short");
        return std::nullopt;
    }
    const std::uint32_t interface_number = type == obsolete_packet ? u16(body, 0) : u32(body, 0);
    const std::uint32_t captured = u32(body, 12);
    if (captured > body.size() - packet_header) {
        report_damage(reader_.offset(), "a packet of " + std::to_string(captured) + " bytes in a shorter block");
        return std::nullopt;
    }
    return frame_of(interface_number, body.subspan(packet_header, captured), u32(body, 16), u32(body, 4), u32(body, 8));
}

std::optional<Frame> PcapngReader::frame_of(std::uint32_t interface_number, ByteView data, std::uint32_t on_wire,
                                            std::uint32_t high, std::uint32_t low) {
    if (interface_number >= interfaces_.size()) {
        report_damage(reader_.offset(),
                      "a packet of interface " + std::to_string(interface_number) + ", which is not described");
        return std::nullopt;
    }
    const Interface& interface = interfaces_[interface_number];
    if (!interface.link_type) {
        count_unknown_link_type();
        return std::nullopt;
    }
    return Frame{.link_type = *interface.link_type,
                 .bytes = data,
                 .wire_length = std::max<std::size_t>(data.size(), on_wire),
                 .time = time_of(interface, high, low)};
}

}  // namespace muxtap::net
