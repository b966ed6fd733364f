#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "tests/support/ts_maker.h"

// make_multiplex FILE PROGRAMS SECONDS BITS_PER_SECOND VIDEO_BITS_PER_SECOND SPREAD: writes a multiplex without faults,
// of so many programs with a PMT, video with PCR and audio each, to measure what PIDs cost. With SPREAD the packets in
// the middle of a picture are dealt out to so many PIDs in turn, which no table names.

namespace {

using namespace muxtap;

void spread_packets(test::Multiplex& multiplex, ts::Pid first, unsigned pids) {
    std::vector<unsigned> counters(pids);
    unsigned next = 0;
    unsigned left = 0;
    for (const std::size_t number : multiplex.of_pid(0x41)) {
        std::uint8_t* const packet = multiplex.packet(number);
        const bool ordinary = (packet[1] & 0x40U) == 0 && packet[3] >> 4 == 1;
        if (!ordinary) {
            if ((packet[3] & 0x10U) != 0) ++left;
            packet[3] = static_cast<std::uint8_t>((packet[3] & 0xF0U) | ((left - 1) & 15U));
            continue;
        }
        const unsigned pid = first + next;
        packet[1] = static_cast<std::uint8_t>(pid >> 8);
        packet[2] = static_cast<std::uint8_t>(pid);
        packet[3] = static_cast<std::uint8_t>(0x10U | (counters[next]++ & 15U));
        next = (next + 1) % pids;
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 7) {
        std::fprintf(stderr,
                     "usage: make_multiplex FILE PROGRAMS SECONDS BITS_PER_SECOND VIDEO_BITS_PER_SECOND SPREAD\n");
        return 2;
    }
    test::Multiplex multiplex({.seconds = std::atof(argv[3]),
                               .bitrate = std::strtoull(argv[4], nullptr, 10),
                               .programs = static_cast<unsigned>(std::strtoul(argv[2], nullptr, 10)),
                               .pid_step = 0x40,
                               .dvb_tables = false,
                               .video_bitrate = std::strtoull(argv[5], nullptr, 10)});
    const auto spread = static_cast<unsigned>(std::strtoul(argv[6], nullptr, 10));
    if (spread > 0) spread_packets(multiplex, 0x100, spread);
    const ByteView bytes = multiplex.bytes();
    std::ofstream file(argv[1], std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) {
        std::fprintf(stderr, "make_multiplex: cannot write %s\n", argv[1]);
        return 1;
    }
}
