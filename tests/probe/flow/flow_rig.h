#pragma once

#include <string>

#include "probe/flow/stream_assembler.h"
#include "tests/support/frame_builder.h"
#include "tests/support/recording_queue.h"

namespace muxtap::probe {

/// One stream with its queue.
class AssemblerRig {
public:
    explicit AssemblerRig(AssemblerSettings settings = {})
        : settings_(settings), assembler_(describe(), settings_, queue, locator_) {}

    [[nodiscard]] static feed::StreamDescriptionPtr describe() {
        auto description = std::make_shared<feed::StreamDescription>();
        description->set_name("news");
        description->dst_ip = "239.1.1.1";
        description->dst_port = 5000;
        return description;
    }
    [[nodiscard]] net::Datagram datagram(ByteView payload) const {
        net::Datagram made;
        made.payload = payload;
        made.time = now;
        made.source = test::address(sender);
        made.source_port = 4000;
        made.destination = test::address("239.1.1.1");
        made.destination_port = 5000;
        return made;
    }
    void offer(ByteView payload) { assembler_.on_datagram(datagram(payload)); }
    void offer_after(std::chrono::nanoseconds gap, ByteView payload) {
        now += gap;
        offer(payload);
    }
    [[nodiscard]] StreamAssembler& assembler() noexcept { return assembler_; }
    [[nodiscard]] proto::Totals totals() const { return assembler_.totals(); }
    [[nodiscard]] std::uint64_t rejected(ts::RejectReason reason) const { return totals().rejected.of(reason); }

    test::RecordingQueue queue;
    UnixTime now = from_unix_ns(1'763'600'000'000'000'000);
    std::string sender = "10.0.0.5";

private:
    AssemblerSettings settings_;
    ts::PacketLocator locator_;
    StreamAssembler assembler_;
};

}  // namespace muxtap::probe
