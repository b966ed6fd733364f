// Changes inputs as a stream would be changed: a packet at a time, so that the packets behind stay where they are. For
// targets whose input is a byte of settings and packets of 188 bytes.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

constexpr std::size_t packet_size = 188;
constexpr std::size_t header_size = 4;

/// The packets of an input, of which there is at least one.
struct Packets {
    std::uint8_t* first;
    std::size_t count;
    std::minstd_rand& random;

    [[nodiscard]] std::uint8_t* any() const { return first + random() % count * packet_size; }
};

void change_settings(std::uint8_t& settings, std::minstd_rand& random) {
    settings = static_cast<std::uint8_t>(settings ^ 1U << random() % 8);
}

void change_header(const Packets& packets) {
    std::uint8_t* packet = packets.any();
    LLVMFuzzerMutate(packet + 1, header_size - 1, header_size - 1);
}

void change_body(const Packets& packets) {
    LLVMFuzzerMutate(packets.any() + header_size, packet_size - header_size, packet_size - header_size);
}

/// The PID of one becomes that of another.
void change_pid(const Packets& packets) {
    std::uint8_t* packet = packets.any();
    const std::uint8_t* other = packets.any();
    packet[1] = static_cast<std::uint8_t>((packet[1] & 0xE0U) | (other[1] & 0x1FU));
    packet[2] = other[2];
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned seed) {
    std::minstd_rand random(seed);
    if (size < 1 + packet_size || random() % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
    const Packets packets{data + 1, (size - 1) / packet_size, random};
    const std::size_t whole = 1 + packets.count * packet_size;
    switch (random() % 8) {
        case 0: change_settings(data[0], random); return size;
        case 1: change_header(packets); return size;
        case 2: change_pid(packets); return size;
        case 3: {
            // Once more, at the end.
            if (whole + packet_size > max_size) return size;
            std::memmove(data + whole, packets.any(), packet_size);
            return whole + packet_size;
        }
        case 4: {
            if (packets.count < 2) return size;
            std::uint8_t* gone = packets.any();
            std::memmove(gone, gone + packet_size, static_cast<std::size_t>(data + whole - (gone + packet_size)));
            return whole - packet_size;
        }
        case 5: {
            std::uint8_t* one = packets.any();
            std::uint8_t* other = packets.any();
            if (one != other) std::swap_ranges(one, one + packet_size, other);
            return size;
        }
        default: change_body(packets); return size;
    }
}
