#pragma once

#include <cstdint>
#include <optional>

#include "common/base/clock.h"
#include "tests/support/ts_packets.h"

/// Capture files written byte by byte, for the tests of those who read them.
namespace muxtap::test {

/// Writes numbers in one byte order.
class NumberWriter {
public:
    explicit NumberWriter(bool big_endian) : big_endian_(big_endian) {}
    void put(std::uint64_t value, std::size_t size);
    void put(ByteView bytes) { append(bytes_, bytes); }
    [[nodiscard]] const ByteVector& bytes() const noexcept { return bytes_; }
    [[nodiscard]] ByteVector take() { return std::exchange(bytes_, {}); }
    [[nodiscard]] bool is_big_endian() const noexcept { return big_endian_; }

private:
    bool big_endian_;
    ByteVector bytes_;
};

/// A .pcap file.
class PcapWriter {
public:
    struct Format {
        bool big_endian = false;
        bool nanoseconds = false;
        std::uint32_t link_type = 1;
    };
    PcapWriter();
    explicit PcapWriter(Format format);
    /// `wire_length` 0: as long as what was captured.
    void add(ByteView frame, UnixTime time, std::size_t wire_length = 0);
    /// A record whose header says this, whatever follows.
    void add_record(std::uint32_t seconds, std::uint32_t fraction, std::uint32_t captured, std::uint32_t on_wire,
                    ByteView bytes);
    [[nodiscard]] const ByteVector& bytes() const noexcept { return numbers_.bytes(); }

private:
    Format format_;
    NumberWriter numbers_;
};

/// A .pcapng file, block by block.
class PcapngWriter {
public:
    explicit PcapngWriter(bool big_endian = false) : numbers_(big_endian) {}

    /// Begins a section; the byte order may change with it.
    void section(std::optional<bool> big_endian = {});
    struct Interface {
        std::uint16_t link_type = 1;
        std::uint32_t snap_length = 0;
        std::optional<std::uint8_t> resolution = {};  ///< if_tsresol
        std::optional<std::int64_t> offset = {};      ///< if_tsoffset, seconds
    };
    void interface();
    void interface(const Interface& description);
    /// `ticks` in the interface's resolution.
    void enhanced(std::uint32_t interface_number, std::uint64_t ticks, ByteView frame, std::size_t wire_length = 0);
    void simple(ByteView frame, std::size_t wire_length = 0);
    void obsolete(std::uint16_t interface_number, std::uint64_t ticks, ByteView frame, std::size_t wire_length = 0);
    /// Any block: its body is filled up to whole words.
    void block(std::uint32_t type, ByteView body);
    [[nodiscard]] const ByteVector& bytes() const noexcept { return file_; }

private:
    void add_packet(std::uint32_t type, ByteView heading, ByteView frame);

    NumberWriter numbers_;
    ByteVector file_;
};

}  // namespace muxtap::test
