#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "analyzer/packets/packet_scanner.h"

// packet_loop_speed FILE [MEGABYTES]: prints how fast memory is read and how fast the packet loop goes over the
// packets of a 188-byte file, laid out in memory again and again up to the size given (default 500). One line of JSON,
// GB per CPU second; medians of nine interleaved rounds.

namespace {

using namespace muxtap;

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Does what the analyzer does with a packet besides looking into it.
struct CountOnly {
    std::uint64_t rejected = 0;
    void on_rejected(const std::uint8_t*, std::uint64_t) { ++rejected; }
    void on_notable(const std::uint8_t*, const analyzer::PacketHeader& header, analyzer::PidSlot& slot,
                    std::uint64_t position) {
        slot.attention = 0;
        slot.count(header, position);
    }
};

std::uint64_t read_all(const std::vector<std::uint8_t>& bytes) {
    constexpr std::size_t lanes = 8;
    std::uint64_t sums[lanes] = {};
    for (std::size_t at = 0; at + lanes * 8 <= bytes.size(); at += lanes * 8) {
        std::uint64_t words[lanes];
        std::memcpy(words, bytes.data() + at, sizeof(words));
        for (std::size_t i = 0; i < lanes; ++i) sums[i] += words[i];
    }
    std::uint64_t sum = 0;
    for (const std::uint64_t lane : sums) sum += lane;
    return sum;
}

double median(std::vector<double>& values) {
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
    return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: packet_loop_speed FILE [MEGABYTES]\n");
        return 2;
    }
    std::ifstream file(argv[1], std::ios::binary);
    const std::vector<char> content{std::istreambuf_iterator<char>(file), {}};
    const std::size_t packets_of_file = content.size() / ts::packet_size;
    if (packets_of_file == 0) {
        std::fprintf(stderr, "packet_loop_speed: %s has no packets\n", argv[1]);
        return 1;
    }
    const std::size_t wanted = (argc > 2 ? std::stoul(argv[2]) : 500U) * 1'000'000U;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(wanted + content.size());
    while (bytes.size() < wanted)
        bytes.insert(bytes.end(), content.begin(),
                     content.begin() + static_cast<std::ptrdiff_t>(packets_of_file * ts::packet_size));

    std::vector<double> reading;
    std::vector<double> looping;
    std::uint64_t check = 0;
    const std::size_t packets = bytes.size() / ts::packet_size;
    constexpr std::size_t piece = 2800;
    std::vector<ts::Pid> pids(piece);
    for (int round = 0; round < 9; ++round) {
        double started = cpu_seconds();
        check += read_all(bytes);
        reading.push_back(static_cast<double>(bytes.size()) / (cpu_seconds() - started) / 1e9);

        const auto slots = std::make_unique<analyzer::PidSlots>();
        CountOnly handler;
        started = cpu_seconds();
        for (std::size_t at = 0; at < packets; at += piece) {
            analyzer::scan_packets(bytes.data() + at * ts::packet_size, std::min(piece, packets - at), ts::packet_size,
                                   at, *slots, pids.data(), handler);
        }
        looping.push_back(static_cast<double>(bytes.size()) / (cpu_seconds() - started) / 1e9);
        check += (*slots)[0].packets + handler.rejected;
    }
    const double read_speed = median(reading);
    const double loop_speed = median(looping);
    std::printf("{\"memory_read\": %.2f, \"packet_loop\": %.2f, \"ratio\": %.3f}\n", read_speed, loop_speed,
                check == 0 ? 0.0 : loop_speed / read_speed);
}
