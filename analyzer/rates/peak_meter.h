#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/base/clock.h"

namespace muxtap::analyzer {

/// The most packets that arrived in any one window of a given length, wherever it begins: bursts.
///
/// Keeps the datagrams of one window; those less than a 4095th of it apart are taken as one. No allocation after
/// construction.
class PeakWindow {
public:
    explicit PeakWindow(std::chrono::nanoseconds length);

    /// The next datagram; a time before the last one's is taken as that.
    void add(UnixTime time, std::uint32_t packets) noexcept;

    /// Highest rate so far, bits per second, packets of 188 bytes.
    [[nodiscard]] std::uint64_t peak_bps() const noexcept;

private:
    static constexpr std::size_t capacity = 4096;
    struct Entry {
        UnixTime time{};
        std::uint64_t packets = 0;
    };

    std::chrono::nanoseconds length_;
    std::vector<Entry> ring_;
    std::size_t oldest_ = 0;
    std::size_t count_ = 0;
    std::uint64_t in_window_ = 0;
    std::uint64_t most_ = 0;
};

/// Peaks over 10 ms and 100 ms.
class PeakMeter {
public:
    void add(UnixTime time, std::uint32_t packets) noexcept {
        short_.add(time, packets);
        long_.add(time, packets);
    }
    [[nodiscard]] std::uint64_t peak_10ms_bps() const noexcept { return short_.peak_bps(); }
    [[nodiscard]] std::uint64_t peak_100ms_bps() const noexcept { return long_.peak_bps(); }

private:
    PeakWindow short_{std::chrono::milliseconds(10)};
    PeakWindow long_{std::chrono::milliseconds(100)};
};

}  // namespace muxtap::analyzer
