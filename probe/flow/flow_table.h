#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/flow/flow_key.h"
#include "probe/flow/stream_assembler.h"
#include "probe/flow/stream_selector.h"
#include "probe/source/source.h"

namespace muxtap::probe {

/// What the flow table counts beside the streams' own totals.
struct FlowCounters {
    std::uint64_t unselected_datagrams = 0;  ///< of flows that nobody asked for
    std::uint64_t not_ts_datagrams = 0;      ///< of flows that --discover did not find to be transport stream
    std::uint64_t refused_datagrams = 0;     ///< of flows beyond --max-streams
};

/// Keys datagrams by destination address, port and VLAN and gives them to their streams. Used by one capture thread.
class FlowTable : public DatagramSink {
public:
    struct Settings {
        AssemblerSettings assembler;
        std::vector<StreamSelector> selectors;
        bool discover = false;
        std::size_t max_streams = 1000;
        std::string interface;  ///< interface or file name for the streams' descriptions
        bool is_file = false;
        std::uint64_t packet_limit = 0;  ///< no datagram is taken once so many packets were, 0: no limit
    };
    FlowTable(Settings settings, feed::BatchQueueWriter& output);
    ~FlowTable() override;
    FlowTable(const FlowTable&) = delete;
    FlowTable& operator=(const FlowTable&) = delete;

    void on_datagram(const net::Datagram& datagram) override;
    /// What was taken in so far is handed on, so that the count stands in front of the packets behind the loss.
    void on_kernel_loss(std::uint64_t kernel_dropped) override;
    [[nodiscard]] std::span<std::uint8_t> landing(std::size_t stream) override;
    [[nodiscard]] std::size_t on_file_bytes(ByteView bytes, UnixTime time, bool last) override;

    /// When the oldest open batch is due; the largest time when none is open.
    [[nodiscard]] SteadyTime next_deadline() const noexcept;
    /// Hands on every batch that is due, and with them all that have waited half as long: one wake-up for many.
    void flush_due(SteadyTime now);
    /// The input has ended.
    void finish();

    [[nodiscard]] bool limit_reached() const noexcept;
    /// Fills `statuses` with every stream.
    void report(std::vector<feed::StreamStatus>& statuses, bool ended);
    [[nodiscard]] const FlowCounters& counters() const noexcept { return counters_; }

private:
    using Key = flow::FlowKey;
    struct Stream;

    [[nodiscard]] Key key_of(const net::Datagram& datagram) const noexcept;
    Stream* find(const net::Datagram& datagram, const Key& key);
    Stream* select(const net::Datagram& datagram, const Key& key);
    Stream* discover(const net::Datagram& datagram, const Key& key);
    Stream* add_stream(const std::string& name, const net::IpAddress& destination, std::uint16_t port,
                       const AssemblerSettings& settings);
    void drop_if_disproved(Stream& stream, const Key& key);
    [[nodiscard]] std::uint64_t packets_taken() const noexcept;

    Settings settings_;
    AssemblerSettings discovered_settings_;
    AssemblerSettings rtp_only_settings_;
    feed::BatchQueueWriter& output_;
    ts::PacketLocator locator_;
    std::vector<std::unique_ptr<Stream>> streams_;  ///< the selected ones first
    std::unordered_map<Key, Stream*, flow::FlowKeyHash> by_key_;
    bool senders_matter_ = false;  ///< a selected stream names its sender
    Key last_key_;
    Stream* last_stream_ = nullptr;
    FlowCounters counters_;
    std::uint64_t kernel_dropped_ = 0;
};

}  // namespace muxtap::probe
