#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <vector>

// Prints the speed of memcpy from a large buffer into a small one that stays in the cache, in GB/s: what a reader of a
// file or a ring cannot do better than once its bytes are in memory. Median of nine rounds.

int main() {
    using Clock = std::chrono::steady_clock;
    constexpr std::size_t source_bytes = std::size_t{512} << 20;
    constexpr std::size_t piece_bytes = 263'200;
    std::vector<unsigned char> source(source_bytes, 0x47);
    std::vector<unsigned char> destination(piece_bytes);
    std::vector<double> speeds;
    unsigned check = 0;
    for (int round = 0; round < 9; ++round) {
        const auto started = Clock::now();
        for (std::size_t at = 0; at + piece_bytes <= source.size(); at += piece_bytes) {
            std::memcpy(destination.data(), source.data() + at, piece_bytes);
            check += destination[at % piece_bytes];
        }
        const double seconds = std::chrono::duration<double>(Clock::now() - started).count();
        speeds.push_back(static_cast<double>(source_bytes / piece_bytes * piece_bytes) / seconds / 1e9);
    }
    std::nth_element(speeds.begin(), speeds.begin() + 4, speeds.end());
    std::printf("%.2f\n", check == 0 ? 0.0 : speeds[4]);
}
