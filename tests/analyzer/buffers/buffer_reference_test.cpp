// The model beside a slow one that moves every byte on its own.
#include <catch2/catch.hpp>

#include "analyzer/buffers/buffer_model.h"

namespace muxtap::analyzer {
namespace {

/// ISO/IEC 13818-1, 2.4.2.3, word by word: each byte enters at its time, the buffer empties at Rx while not empty.
struct ByteByByte {
    double content = 0;
    double time = 0;
    double size = 512;
    double bytes_per_tick = 0;
    bool overflowing = false;
    std::vector<std::size_t> overflows;

    void packet(std::size_t number, double start, double packet_ticks) {
        bool over = false;
        for (int i = 0; i < 188; ++i) {
            const double now = start + i * packet_ticks / 188;
            content = std::max(0.0, content - (now - time) * bytes_per_tick) + 1;
            time = now;
            over = over || content > size + 1e-3;
        }
        if (over && !overflowing) overflows.push_back(number);
        overflowing = over;
    }
};

TEST_CASE("the model agrees with one that moves single bytes") {
    std::uint32_t state = 7;
    const auto random = [&state](std::uint32_t below) {
        state = state * 1'664'525U + 1'013'904'223U;
        return (state >> 8) % below;
    };
    std::size_t found = 0;
    for (int round = 0; round < 60; ++round) {
        const std::uint64_t leak = 500'000 + random(20'000'000);
        const double pace = 300 + random(6'000);
        BufferModel model;
        model.set_stream(100, {512, leak});
        ByteByByte reference;
        reference.bytes_per_tick = static_cast<double>(leak) / 8 / 27e6;
        std::vector<ts::Pid> pids;
        for (std::size_t i = 0; i < 1500; ++i) {
            const bool ours = random(100) < 20 + (i / 100 % 5) * 18;
            pids.push_back(ours ? 100 : ts::null_pid);
            if (ours) reference.packet(i, static_cast<double>(i) * pace, pace);
        }
        std::vector<BufferFinding> findings;
        model.run(pids, 0, pace, findings);
        std::vector<std::size_t> overflows;
        for (const BufferFinding& finding : findings)
            if (finding.fault == BufferFault::transport_overflow) overflows.push_back(finding.packet);
        CHECK(overflows == reference.overflows);
        // Beyond 64 KiB the model stops counting; the reference does not.
        if (reference.content < 60'000)
            CHECK(model.occupancy_bytes(100).value() == Approx(reference.content).margin(0.2));
        found += overflows.size();
    }
    CHECK(found > 100);
}

}  // namespace
}  // namespace muxtap::analyzer
