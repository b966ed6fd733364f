#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "common/base/clock.h"
#include "common/feed/batch.h"
#include "common/feed/publisher.h"
#include "common/feed/status_board.h"
#include "common/flow/packet_extractor.h"
#include "common/net/datagram.h"
#include "common/ts/packet_run.h"

namespace muxtap::probe {

/// Packets that the operator wants left out of the feed (--drop).
struct DropRules {
    bool tei = false;
    bool null = false;
    [[nodiscard]] bool any() const noexcept { return tei || null; }
};

/// Settings that all streams of a probe share.
struct AssemblerSettings {
    std::size_t batch_packets = 1400;
    std::chrono::nanoseconds batch_age{20'000'000};
    DropRules drop{};
    /// Packets that pass on the way in before a discovered stream counts as one; 0: it was selected by name.
    std::uint64_t packets_to_prove = 0;
    bool rtp_only = false;
};

/// One stream: turns its datagrams into batches of valid packets. RTP header off, packets found and checked, each byte
/// copied once into the open batch (or left where it landed), batches handed on when full or due. Counts everything
/// that does not get through. Used by one capture thread.
class StreamAssembler final : private flow::PacketSink {
public:
    StreamAssembler(feed::StreamDescriptionPtr description, const AssemblerSettings& settings,
                    feed::BatchQueueWriter& output, ts::PacketLocator& locator);

    void on_datagram(const net::Datagram& datagram);
    /// See DatagramSink::on_file_bytes.
    [[nodiscard]] std::size_t on_file_bytes(ByteView bytes, UnixTime time, bool last);
    /// See DatagramSink::landing.
    [[nodiscard]] std::span<std::uint8_t> landing();

    /// When the open batch was begun; the largest time when there is none.
    [[nodiscard]] SteadyTime opened() const noexcept { return opened_; }
    /// Hands the open batch on.
    void flush();
    /// The input has ended: what is still missing or incomplete is counted, the open batch handed on.
    void finish();

    /// The stream's sender and encapsulation as the last datagram had them.
    [[nodiscard]] const feed::StreamDescriptionPtr& description() const noexcept { return description_; }
    /// Counters as of now.
    [[nodiscard]] proto::Totals totals() const noexcept;
    /// Accepted packets so far.
    [[nodiscard]] std::uint64_t packets() const noexcept { return totals_.packets; }
    [[nodiscard]] UnixTime last_datagram() const noexcept { return last_time_; }
    /// Whether it is a transport stream for sure: always for selected streams.
    [[nodiscard]] bool proven() const noexcept { return proven_; }
    /// What the kernel has dropped so far, to stand in the totals.
    void set_kernel_dropped(std::uint64_t count) noexcept { totals_.kernel_dropped = count; }
    /// Nothing has come for a while: RTP packets still missing are lost.
    void settle() noexcept { extractor_.settle(); }

private:
    void on_packets(const std::uint8_t* packets, ts::RunTally run) override;
    void note_proof() noexcept;
    void append(const std::uint8_t* packets, ts::RunTally run);
    void count_in(const ts::RunTally& run) noexcept;
    void count_datagram(std::size_t packets_before);
    bool open_batch();
    void hand_on();
    void note_sender();
    [[nodiscard]] bool is_full() const noexcept;

    feed::StreamDescriptionPtr description_;
    const AssemblerSettings& settings_;
    feed::BatchQueueWriter& output_;
    flow::PacketExtractor extractor_;

    feed::BatchPtr batch_;
    SteadyTime opened_ = SteadyTime::max();
    std::size_t expected_packets_ = 64;  ///< size of the next batch to ask for

    proto::Totals totals_;
    net::IpAddress sender_;
    std::uint16_t sender_port_ = 0;
    bool proven_;

    // The datagram being taken in.
    const net::Datagram* origin_ = nullptr;  ///< none for files
    UnixTime time_{};
    UnixTime last_time_{};
    std::int64_t gap_ns_ = 0;
    bool entry_open_ = false;  ///< the batch's last datagram entry is the current datagram's
};

}  // namespace muxtap::probe
