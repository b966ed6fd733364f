#pragma once

#include <vector>

#include "client/frames/streams/program_directory.h"
#include "tests/support/ts_maker.h"

namespace muxtap::test {

/// Keeps what a directory tells.
class DirectoryRecord final : public frames::DirectoryHandler {
public:
    struct PesStart {
        ts::Pid pid = 0;
        std::optional<ts::Timestamp> pts;
        std::size_t packet = 0;  ///< of its block

        [[nodiscard]] bool operator==(const PesStart&) const = default;
    };
    std::vector<frames::ProgramMap> programs;
    std::vector<std::uint16_t> gone;
    std::vector<PesStart> starts;

    void on_program(const frames::ProgramMap& program) override { programs.push_back(program); }
    void on_program_gone(std::uint16_t program_number) override { gone.push_back(program_number); }
    void on_pes_start(ts::Pid pid, const ts::PesHeader& header, std::size_t packet) override {
        starts.push_back({pid, header.pts, packet});
    }
};

/// Makes packets of a stream one after another.
class PacketMaker {
public:
    struct Program {
        std::uint16_t number = 0;
        ts::Pid pmt_pid = 0;
    };
    struct Stream {
        std::uint8_t type = 0;
        ts::Pid pid = 0;
    };
    struct Place {
        std::uint8_t version = 0;
        std::uint8_t number = 0;
        std::uint8_t last_number = 0;
    };

    void pat(const std::vector<Program>& programs) { pat(programs, Place{}); }
    void pat(const std::vector<Program>& programs, Place place) {
        ByteVector body;
        for (const Program& program : programs) {
            put(body, program.number);
            put(body, 0xE000U | program.pmt_pid);
        }
        section(0,
                {.table_id = 0,
                 .extension = 1,
                 .version = place.version,
                 .number = place.number,
                 .last_number = place.last_number},
                body);
    }
    void pmt(Program program, const std::vector<Stream>& streams, std::uint8_t version = 0) {
        ByteVector body;
        put(body, 0xE000U | (streams.empty() ? 0x1FFFU : streams[0].pid));
        put(body, 0xF000);
        for (const Stream& stream : streams) {
            body.push_back(stream.type);
            put(body, 0xE000U | stream.pid);
            put(body, 0xF000);
        }
        section(program.pmt_pid, {.table_id = 2, .extension = program.number, .version = version}, body);
    }
    void section(ts::Pid pid, const SectionShape& shape, const ByteVector& body) {
        append(packets, section_packets(pid, make_section(shape, body), counters_[pid]));
    }
    /// A packet with this payload, filled up by an adaptation field.
    void payload(ts::Pid pid, bool starts, const ByteVector& bytes, bool scrambled = false) {
        const std::size_t field = 184 - bytes.size();
        packets.push_back(ts::sync_byte);
        packets.push_back(static_cast<std::uint8_t>((starts ? 0x40 : 0) | pid >> 8));
        packets.push_back(static_cast<std::uint8_t>(pid));
        packets.push_back(
            static_cast<std::uint8_t>((scrambled ? 0x80 : 0) | (field != 0 ? 0x30 : 0x10) | (counters_[pid]++ & 15U)));
        if (field != 0) packets.push_back(static_cast<std::uint8_t>(field - 1));
        if (field > 1) packets.push_back(0);
        if (field > 2) packets.insert(packets.end(), field - 2, 0xFF);
        append(packets, bytes);
    }
    /// The header of a PES packet of video with a PTS, 14 bytes.
    [[nodiscard]] static ByteVector pes_header(std::uint64_t pts) {
        ByteVector header{0, 0, 1, 0xE0, 0, 0, 0x80, 0x80, 5, 0x21, 0, 0, 0, 0};
        ts::Timestamp::from_ticks(pts).encode(std::span<std::uint8_t, 5>(header.data() + 9, 5));
        return header;
    }
    /// A packet in which a PES packet begins.
    void pes(ts::Pid pid, std::uint64_t pts, bool scrambled = false) {
        ByteVector bytes = pes_header(pts);
        bytes.resize(184, 0xAA);
        payload(pid, true, bytes, scrambled);
    }
    void skip(ts::Pid pid) { ++counters_[pid]; }
    [[nodiscard]] std::size_t count() const { return packets.size() / ts::packet_size; }
    [[nodiscard]] ByteVector take() { return std::exchange(packets, {}); }

    ByteVector packets;

private:
    static void put(ByteVector& to, unsigned value) {
        to.push_back(static_cast<std::uint8_t>(value >> 8));
        to.push_back(static_cast<std::uint8_t>(value));
    }
    std::map<ts::Pid, unsigned> counters_;
};

}  // namespace muxtap::test
