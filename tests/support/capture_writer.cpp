#include "tests/support/capture_writer.h"

namespace muxtap::test {
namespace {

std::uint64_t wire(std::size_t wire_length, ByteView frame) {
    return wire_length == 0 ? frame.size() : wire_length;
}

}  // namespace

void NumberWriter::put(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        const std::size_t shift = 8 * (big_endian_ ? size - 1 - i : i);
        bytes_.push_back(static_cast<std::uint8_t>(value >> shift));
    }
}

PcapWriter::PcapWriter() : PcapWriter(Format{}) {}

PcapWriter::PcapWriter(Format format) : format_(format), numbers_(format.big_endian) {
    numbers_.put(format.nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4, 4);
    numbers_.put(2, 2);
    numbers_.put(4, 2);
    numbers_.put(0, 4);
    numbers_.put(0, 4);
    numbers_.put(65535, 4);
    numbers_.put(format.link_type, 4);
}

void PcapWriter::add(ByteView frame, UnixTime time, std::size_t wire_length) {
    const auto ns = static_cast<std::uint64_t>(to_unix_ns(time));
    const std::uint64_t fraction = ns % 1'000'000'000 / (format_.nanoseconds ? 1 : 1000);
    add_record(static_cast<std::uint32_t>(ns / 1'000'000'000), static_cast<std::uint32_t>(fraction),
               static_cast<std::uint32_t>(frame.size()), static_cast<std::uint32_t>(wire(wire_length, frame)), frame);
}

void PcapWriter::add_record(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t captured,
                            std::uint32_t on_wire, ByteView bytes) {
    for (const std::uint32_t number : {seconds, fraction, captured, on_wire}) numbers_.put(number, 4);
    numbers_.put(bytes);
}

void PcapngWriter::section(std::optional<bool> big_endian) {
    if (big_endian) numbers_ = NumberWriter(*big_endian);
    numbers_.put(0x1A2B3C4D, 4);
    numbers_.put(1, 2);
    numbers_.put(0, 2);
    numbers_.put(~std::uint64_t{0}, 8);
    block(0x0A0D0D0A, numbers_.take());
}

void PcapngWriter::interface() {
    interface(Interface{});
}

void PcapngWriter::interface(const Interface& description) {
    numbers_.put(description.link_type, 2);
    numbers_.put(0, 2);
    numbers_.put(description.snap_length, 4);
    // An option of an odd length in front: the others begin at the next word.
    numbers_.put(2, 2);
    numbers_.put(5, 2);
    numbers_.put(as_bytes("test0"));
    numbers_.put(0, 3);
    if (description.resolution) {
        numbers_.put(9, 2);
        numbers_.put(1, 2);
        numbers_.put(*description.resolution, 1);
        numbers_.put(0, 3);
    }
    if (description.offset) {
        numbers_.put(14, 2);
        numbers_.put(8, 2);
        numbers_.put(static_cast<std::uint64_t>(*description.offset), 8);
    }
    numbers_.put(0, 4);
    block(1, numbers_.take());
}

void PcapngWriter::enhanced(std::uint32_t interface_number, std::uint64_t ticks, ByteView frame,
                            std::size_t wire_length) {
    numbers_.put(interface_number, 4);
    numbers_.put(ticks >> 32, 4);
    numbers_.put(ticks & 0xFFFFFFFFU, 4);
    numbers_.put(frame.size(), 4);
    numbers_.put(wire(wire_length, frame), 4);
    add_packet(6, numbers_.take(), frame);
}

void PcapngWriter::simple(ByteView frame, std::size_t wire_length) {
    numbers_.put(wire(wire_length, frame), 4);
    add_packet(3, numbers_.take(), frame);
}

void PcapngWriter::obsolete(std::uint16_t interface_number, std::uint64_t ticks, ByteView frame,
                            std::size_t wire_length) {
    numbers_.put(interface_number, 2);
    numbers_.put(7, 2);  // drops
    numbers_.put(ticks >> 32, 4);
    numbers_.put(ticks & 0xFFFFFFFFU, 4);
    numbers_.put(frame.size(), 4);
    numbers_.put(wire(wire_length, frame), 4);
    add_packet(2, numbers_.take(), frame);
}

void PcapngWriter::add_packet(std::uint32_t type, ByteView heading, ByteView frame) {
    ByteVector body(heading.begin(), heading.end());
    append(body, frame);
    block(type, body);
}

void PcapngWriter::block(std::uint32_t type, ByteView body) {
    const std::size_t padded = (body.size() + 3) / 4 * 4;
    numbers_.put(type, 4);
    numbers_.put(12 + padded, 4);
    numbers_.put(body);
    numbers_.put(0, padded - body.size());
    numbers_.put(12 + padded, 4);
    append(file_, numbers_.take());
}

}  // namespace muxtap::test
