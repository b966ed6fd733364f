#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/ts/packet_view.h"
#include "tests/support/ts_packets.h"

namespace muxtap::test {

/// What a made-up multiplex holds. Every number in it is as the standards want it: nothing may be found wrong.
struct MultiplexPlan {
    double seconds = 5;
    std::uint64_t bitrate = 6'000'000;  ///< constant, bits per second, null packets fill it up
    unsigned programs = 1;              ///< program n has PMT PID pid_step n, video the one behind with PCR, then audio
    unsigned pid_step = 0x100;
    bool dvb_tables = true;  ///< NIT, SDT, EIT p/f, TDT
    std::uint64_t video_bitrate = 1'500'000;
    double pcr_interval = 0.030;  ///< seconds
    std::uint64_t first_pcr = 27'000'000;
};

/// A multiplex in memory: MPEG-2 video 720x576i at 25 Hz with a random access point every 12 pictures, and MPEG audio
/// layer II, 48 kHz stereo, 192 kb/s, in each program.
class Multiplex {
public:
    explicit Multiplex(const MultiplexPlan& plan);

    [[nodiscard]] const ByteVector& bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::size_t packets() const noexcept { return bytes_.size() / ts::packet_size; }
    [[nodiscard]] std::uint8_t* packet(std::size_t number) { return bytes_.data() + number * ts::packet_size; }
    /// Numbers of the packets that fulfil a condition, in order.
    [[nodiscard]] std::vector<std::size_t> find(const std::function<bool(const ts::PacketView&)>& condition) const;
    [[nodiscard]] std::vector<std::size_t> of_pid(ts::Pid pid) const;
    /// Makes a null packet of it: the place stays, the packet is lost.
    void lose(std::size_t number);
    /// Seconds from the start to the packet.
    [[nodiscard]] double time_of(std::size_t number) const noexcept;

private:
    MultiplexPlan plan_;
    ByteVector bytes_;
};

/// A section with its CRC: `body` is what lies between last_section_number and CRC_32.
struct SectionShape {
    std::uint8_t table_id = 0;
    std::uint16_t extension = 0;
    std::uint8_t version = 0;
    bool current = true;
    std::uint8_t number = 0;
    std::uint8_t last_number = 0;
    bool private_indicator = false;
};
[[nodiscard]] ByteVector make_section(const SectionShape& shape, const ByteVector& body);

/// CRC-32/MPEG-2 bit by bit.
[[nodiscard]] std::uint32_t slow_crc32(ByteView bytes) noexcept;

/// Cuts sections into packets of a PID, the first with pointer_field 0, stuffed with 0xFF; `counter` goes on.
[[nodiscard]] ByteVector section_packets(ts::Pid pid, const ByteVector& section, unsigned& counter);

}  // namespace muxtap::test
