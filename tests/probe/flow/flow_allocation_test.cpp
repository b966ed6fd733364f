#include <catch2/catch.hpp>

#include "common/net/frame_decoder.h"
#include "probe/flow/flow_table.h"
#include "tests/support/allocation_counter.h"
#include "tests/support/frame_builder.h"
#include "tests/support/recording_queue.h"

namespace muxtap::probe {
namespace {

using namespace muxtap::test;

TEST_CASE("from frame to queue nothing is allocated once the pool is warm") {
    const ByteVector packets = packet_run(7);
    ByteVector damaged = packets;
    damaged[3 * 188] = 0;
    ByteVector shifted = joined({packet_run(3), filler(50), packet_run(3)});
    struct Row {
        const char* name;
        ByteVector payload;
        std::uint64_t packets;
    };
    const std::vector<Row> rows = {
        {"plain", packets, 7},
        {"RTP", rtp({}, packets), 7},
        {"204-byte packets", in_strides(packets, 204), 7},
        {"192-byte packets", in_strides(packets, 192), 7},
        {"a bad packet in each datagram", damaged, 6},
        {"packets that have shifted", shifted, 6},
        {"not a transport stream", filler(1316), 0},
        {"straddling datagrams", {}, 0},
    };
    for (const Row& row : rows) {
        INFO(row.name);
        RecordingQueue queue;
        queue.discard = true;
        FlowTable::Settings settings;
        settings.selectors.push_back(parse_stream_selector("a=udp://239.1.1.1:5000").value());
        settings.selectors.push_back(parse_stream_selector("b=udp://239.1.1.2:5000").value());
        FlowTable flows(settings, queue);
        const ByteVector long_run = packet_run(368);  // 47 datagrams of 1472 bytes
        std::vector<ByteVector> frames;
        if (row.payload.empty()) {
            for (std::size_t at = 0; at < long_run.size(); at += 1472) {
                frames.push_back(plain_frame(ByteView(long_run).subspan(at, 1472)));
            }
        } else {
            frames.push_back(plain_frame(row.payload));
        }
        // Another stream in between: no luck with the last one looked up.
        const ByteVector other = ethernet(type_v4, ipv4({.destination = "239.1.1.2"}, udp({}, packets)));
        net::FrameDecoder decoder;
        net::Datagram datagram;
        std::uint16_t number = 0;
        const auto go_on = [&](int rounds) {
            for (int i = 0; i < rounds; ++i) {
                for (ByteVector& frame : frames) {
                    const std::size_t rtp_number = 42 + 2;
                    if (row.name == std::string_view{"RTP"}) {
                        frame[rtp_number] = static_cast<std::uint8_t>(++number >> 8);
                        frame[rtp_number + 1] = static_cast<std::uint8_t>(number);
                    }
                    for (const ByteVector* const each : {const_cast<const ByteVector*>(&frame), &other}) {
                        if (decoder.decode({.bytes = *each, .wire_length = each->size()}, datagram) ==
                            net::FrameVerdict::datagram) {
                            flows.on_datagram(datagram);
                        }
                    }
                    flows.flush_due(steady_now());
                }
            }
        };
        go_on(3000);
        const std::uint64_t before = queue.packets_pushed;
        CHECK(allocations_during([&] { go_on(3000); }) == 0);
        CHECK(queue.packets_pushed > before);
    }
}

}  // namespace
}  // namespace muxtap::probe
