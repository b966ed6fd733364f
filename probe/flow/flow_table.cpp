#include "probe/flow/flow_table.h"

#include <algorithm>

namespace muxtap::probe {
namespace {

/// Flows that are remembered as not wanted, so that their datagrams cost one look-up.
constexpr std::size_t most_ignored_flows = 100'000;

/// Whether a datagram goes where a stream is asked for.
bool is_place_of(const StreamSelector& selector, const net::Datagram& datagram) noexcept {
    return selector.destination == datagram.destination && selector.port == datagram.destination_port &&
           (!selector.vlan || *selector.vlan == datagram.vlan);
}

}  // namespace

struct FlowTable::Stream {
    StreamAssembler assembler;
    bool bound = false;    ///< a flow was found for this selected stream
    UnixTime last_seen{};  ///< at the last report
};

FlowTable::FlowTable(Settings settings, feed::BatchQueueWriter& output)
    : settings_(std::move(settings)),
      discovered_settings_(settings_.assembler),
      rtp_only_settings_(settings_.assembler),
      output_(output) {
    discovered_settings_.packets_to_prove = flow::packets_to_prove;
    rtp_only_settings_.rtp_only = true;
    for (const StreamSelector& selector : settings_.selectors) {
        add_stream(selector.name, selector.destination, selector.port,
                   selector.rtp_only ? rtp_only_settings_ : settings_.assembler);
        senders_matter_ |= selector.sender.has_value();
    }
}

FlowTable::~FlowTable() = default;

FlowTable::Stream* FlowTable::add_stream(const std::string& name, const net::IpAddress& destination, std::uint16_t port,
                                         const AssemblerSettings& settings) {
    auto description = std::make_shared<feed::StreamDescription>();
    description->set_name(name);
    if (!settings_.is_file || !destination.is_unspecified()) {
        description->dst_ip = destination.to_text();
        description->dst_port = port;
    }
    description->interface = settings_.interface;
    if (settings_.is_file && destination.is_unspecified()) description->encapsulation = proto::Encapsulation::file;
    streams_.push_back(std::make_unique<Stream>(
        Stream{.assembler = StreamAssembler(std::move(description), settings, output_, locator_)}));
    streams_.back()->assembler.set_kernel_dropped(kernel_dropped_);
    return streams_.back().get();
}

void FlowTable::on_datagram(const net::Datagram& datagram) {
    const Key key = key_of(datagram);
    Stream* stream = last_stream_ != nullptr && key == last_key_ ? last_stream_ : find(datagram, key);
    if (stream == nullptr) {
        ++counters_.unselected_datagrams;
        return;
    }
    if (limit_reached()) return;
    last_key_ = key;
    last_stream_ = stream;
    stream->assembler.on_datagram(datagram);
    if (!stream->assembler.proven()) drop_if_disproved(*stream, key);
}

void FlowTable::on_kernel_loss(std::uint64_t kernel_dropped) {
    if (kernel_dropped == kernel_dropped_) return;
    kernel_dropped_ = kernel_dropped;
    for (const auto& stream : streams_) {
        stream->assembler.flush();
        stream->assembler.set_kernel_dropped(kernel_dropped);
    }
}

FlowTable::Key FlowTable::key_of(const net::Datagram& datagram) const noexcept {
    Key key = flow::key_of(datagram);
    if (!senders_matter_) return key;
    // The senders to one address are different flows where a stream asks for one of them.
    for (const StreamSelector& selector : settings_.selectors) {
        if (!is_place_of(selector, datagram)) continue;
        key.sender = selector.sender ? datagram.source : net::IpAddress{};
        if (!selector.sender || *selector.sender == datagram.source) break;
    }
    return key;
}

FlowTable::Stream* FlowTable::find(const net::Datagram& datagram, const Key& key) {
    const auto found = by_key_.find(key);
    if (found != by_key_.end()) return found->second;
    Stream* stream = select(datagram, key);
    if (stream == nullptr && settings_.discover) return discover(datagram, key);
    if (stream != nullptr || by_key_.size() < most_ignored_flows) by_key_.emplace(key, stream);
    return stream;
}

FlowTable::Stream* FlowTable::select(const net::Datagram& datagram, const Key& key) {
    for (std::size_t i = 0; i < settings_.selectors.size(); ++i) {
        const StreamSelector& selector = settings_.selectors[i];
        if (!is_place_of(selector, datagram)) continue;
        if (selector.sender && *selector.sender != datagram.source) continue;
        if (!streams_[i]->bound) {
            streams_[i]->bound = true;
            return streams_[i].get();
        }
        // The same address on another VLAN is another stream.
        return add_stream(selector.name + flow::vlan_suffix(key), selector.destination, selector.port,
                          selector.rtp_only ? rtp_only_settings_ : settings_.assembler);
    }
    return nullptr;
}

FlowTable::Stream* FlowTable::discover(const net::Datagram& datagram, const Key& key) {
    if (!flow::looks_like_ts(datagram, locator_)) {
        ++counters_.not_ts_datagrams;
        return nullptr;
    }
    if (streams_.size() >= settings_.max_streams) {
        ++counters_.refused_datagrams;
        return nullptr;
    }
    Stream* stream =
        add_stream(flow::name_of(key), datagram.destination, datagram.destination_port, discovered_settings_);
    by_key_.emplace(key, stream);
    return stream;
}

/// A discovered flow that turns out to be something else gives up its place and its packets.
void FlowTable::drop_if_disproved(Stream& stream, const Key& key) {
    const proto::Totals totals = stream.assembler.totals();
    const std::uint64_t not_ts = totals.rejected.of(ts::RejectReason::not_ts);
    if (not_ts == 0) return;
    counters_.not_ts_datagrams += not_ts + totals.datagrams;
    by_key_.erase(key);
    last_stream_ = nullptr;
    std::erase_if(streams_, [&](const auto& candidate) { return candidate.get() == &stream; });
}

std::span<std::uint8_t> FlowTable::landing(std::size_t stream) {
    const std::span<std::uint8_t> room = streams_.at(stream)->assembler.landing();
    if (settings_.packet_limit == 0) return room;
    const std::uint64_t taken = packets_taken();
    const std::uint64_t rest = settings_.packet_limit > taken ? settings_.packet_limit - taken : 0;
    return room.first(std::min<std::size_t>(room.size(), rest * ts::packet_size));
}

std::size_t FlowTable::on_file_bytes(ByteView bytes, UnixTime time, bool last) {
    return limit_reached() ? bytes.size() : streams_.front()->assembler.on_file_bytes(bytes, time, last);
}

std::uint64_t FlowTable::packets_taken() const noexcept {
    std::uint64_t packets = 0;
    for (const auto& stream : streams_) packets += stream->assembler.packets();
    return packets;
}

bool FlowTable::limit_reached() const noexcept {
    return settings_.packet_limit != 0 && packets_taken() >= settings_.packet_limit;
}

SteadyTime FlowTable::next_deadline() const noexcept {
    SteadyTime oldest = SteadyTime::max();
    for (const auto& stream : streams_) oldest = std::min(oldest, stream->assembler.opened());
    return oldest == SteadyTime::max() ? oldest : oldest + settings_.assembler.batch_age;
}

void FlowTable::flush_due(SteadyTime now) {
    if (now < next_deadline()) return;
    for (const auto& stream : streams_) {
        const SteadyTime opened = stream->assembler.opened();
        if (opened != SteadyTime::max() && now - opened >= settings_.assembler.batch_age / 2) {
            stream->assembler.flush();
        }
    }
}

void FlowTable::finish() {
    for (const auto& stream : streams_) stream->assembler.finish();
}

void FlowTable::report(std::vector<feed::StreamStatus>& statuses, bool ended) {
    statuses.clear();
    for (const auto& stream : streams_) {
        StreamAssembler& assembler = stream->assembler;
        if (!assembler.proven()) continue;
        if (assembler.last_datagram() == stream->last_seen) assembler.settle();
        stream->last_seen = assembler.last_datagram();
        statuses.push_back({.stream = assembler.description(),
                            .totals = assembler.totals(),
                            .last_packet = assembler.last_datagram(),
                            .ended = ended});
    }
}

}  // namespace muxtap::probe
