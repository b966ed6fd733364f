// What the encoder really makes, for checks in other languages:
//   (no argument)  every sample message, one line each, its frames in hexadecimal between spaces
//   --worked-bytes the block that stands in proto/README.md
//   --seeds DIR    every sample as a file for tests/fuzz/fuzz_feed_decoder
#include <cstdio>
#include <fstream>
#include <iostream>

#include "tests/proto/samples.h"

namespace {

using muxtap::test::Frames;

void print_hex(const Frames& message) {
    constexpr std::string_view hex = "0123456789abcdef";
    std::string line;
    for (const std::string& frame : message.texts) {
        if (!line.empty()) line.push_back(' ');
        for (const char c : frame) {
            const auto byte = static_cast<unsigned char>(c);
            line.push_back(hex[byte >> 4U]);
            line.push_back(hex[byte & 15U]);
        }
    }
    std::cout << line << '\n';
}

/// Each frame behind its length in two bytes, high byte first.
void write_seed(const Frames& message, const std::string& path) {
    std::ofstream file(path, std::ios::binary);
    for (const std::string& frame : message.texts) {
        file.put(static_cast<char>(frame.size() >> 8U)).put(static_cast<char>(frame.size() & 0xFFU));
        file << frame;
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view mode = argc > 1 ? argv[1] : "";
    if (mode == "--worked-bytes") {
        std::cout << muxtap::test::worked_bytes();
        return 0;
    }
    int number = 0;
    for (const Frames& message : muxtap::test::all_samples()) {
        if (mode == "--seeds" && argc > 2) {
            write_seed(message, std::string{argv[2]} + "/sample-" + std::to_string(number++));
        } else {
            print_hex(message);
        }
    }
    return 0;
}
