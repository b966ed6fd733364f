#include "analyzer/cli/plot/stream_samples.h"

#include <algorithm>

namespace muxtap::analyze {
namespace {

constexpr std::size_t most_samples = 4096;
constexpr std::size_t most_clocks = 64;

double seconds_between(UnixTime from, UnixTime to) {
    return static_cast<double>((to - from).count()) / 1e9;
}

/// Every other one, from the first on.
template <typename T>
void thin_out(std::vector<T>& items) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < items.size(); i += 2) items[kept++] = std::move(items[i]);
    items.resize(kept);
}

/// Times of the packets of a block, in order.
class PacketTimes {
public:
    explicit PacketTimes(const analyzer::PacketBlock& block) : block_(block), total_(block.packets()) {}

    [[nodiscard]] UnixTime next() {
        if (block_.datagrams.empty()) {
            const double share = static_cast<double>(number_++) / static_cast<double>(std::max<std::size_t>(1, total_));
            const auto length = static_cast<double>((block_.end - block_.begin).count());
            return block_.begin + std::chrono::nanoseconds{static_cast<std::int64_t>(length * share)};
        }
        while (datagram_ + 1 < block_.datagrams.size() && in_datagram_ >= block_.datagrams[datagram_].packets) {
            ++datagram_;
            in_datagram_ = 0;
        }
        ++in_datagram_;
        return block_.datagrams[datagram_].time;
    }

private:
    const analyzer::PacketBlock& block_;
    std::size_t total_;
    std::size_t number_ = 0;
    std::size_t datagram_ = 0;
    std::uint32_t in_datagram_ = 0;
};

}  // namespace

void StreamSamples::add(const analyzer::PacketBlock& block) {
    if (!block.timed) return;
    PacketTimes times(block);
    const std::size_t count = block.packets();
    for (std::size_t i = 0; i < count; ++i) {
        const UnixTime time = times.next();
        if (!started_) {
            started_ = true;
            start_ = time;
            next_ = time + step_;
        }
        if (time >= next_) sample(time);
        const auto packet = ts::PacketView::parse(block.bytes.subspan(i * block.stride).first<ts::packet_size>());
        if (!packet || packet->transport_error_indicator()) continue;
        ++packets_[packet->pid()];
        if (const auto pcr = packet->pcr()) on_pcr(packet->pid(), *pcr, time);
    }
}

void StreamSamples::on_pcr(ts::Pid pid, ts::Pcr pcr, UnixTime time) {
    if (clocks_.size() >= most_clocks && clocks_.find(pid) == clocks_.end()) return;
    Clock& clock = clocks_[pid];
    if (clock.count++ > 0 && clock.count % clock.every == 0) {
        const double interval_ms = static_cast<double>(pcr.ticks_since(clock.last)) / 27'000;
        std::vector<PcrSample>& samples = data_.pcrs[pid];
        samples.push_back({.seconds = seconds_between(start_, time),
                           .interval_ms = interval_ms,
                           .jitter_us = (seconds_between(clock.time, time) * 1e3 - interval_ms) * 1e3});
        if (samples.size() >= 4 * most_samples) {
            thin_out(samples);
            clock.every *= 2;
        }
    }
    clock.last = pcr;
    clock.time = time;
}

void StreamSamples::sample(UnixTime now) {
    data_.rates.push_back({.seconds = seconds_between(start_, now), .packets = packets_});
    while (next_ <= now) next_ += step_ * std::max<std::int64_t>(1, (now - next_) / step_);
    if (data_.rates.size() < most_samples) return;
    thin_out(data_.rates);
    step_ *= 2;
}

PlotData StreamSamples::take(analyzer::Report report) {
    data_.report = std::move(report);
    return std::exchange(data_, {});
}

}  // namespace muxtap::analyze
