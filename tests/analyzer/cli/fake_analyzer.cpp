#include "tests/analyzer/cli/fake_analyzer.h"

#include <map>

#include "analyzer/analyzer.h"

namespace muxtap {

std::string test::block_text(const analyzer::PacketBlock& block) {
    std::string text = std::to_string(block.packets()) + "x" + std::to_string(block.stride);
    const auto milliseconds = [](UnixTime time) { return std::to_string(to_unix_ns(time) / 1'000'000); };
    if (!block.datagrams.empty()) {
        text += " at";
        for (const analyzer::DatagramMark& mark : block.datagrams) {
            text += " " + std::to_string(mark.packets) + "@" + milliseconds(mark.time) + (mark.merged ? "m" : "");
        }
    } else if (block.timed) {
        text += " " + milliseconds(block.begin) + ".." + milliseconds(block.end);
    }
    if (block.before.capture_loss) text += " capture_loss";
    if (block.before.skipped_bytes != 0) text += " skipped=" + std::to_string(block.before.skipped_bytes);
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        if (const auto count = block.before.rejected.of(reason); count != 0) {
            text += " " + std::string{ts::name_of(reason)} + "=" + std::to_string(count);
        }
    }
    return text;
}

namespace analyzer {

class Analyzer::Impl {
public:
    AnalyzerOptions options;
    Report report;
    std::map<ts::Pid, std::uint64_t> packets;
    std::vector<Event> events;
};

Analyzer::Analyzer(const AnalyzerOptions& options) : impl_(std::make_unique<Impl>()) {
    impl_->options = options;
    impl_->report.clock = options.clock;
    for (std::size_t i = 0; i < indicator_count; ++i) impl_->report.indicators[i].id = static_cast<IndicatorId>(i);
}
Analyzer::~Analyzer() = default;
Analyzer::Analyzer(Analyzer&&) noexcept = default;
Analyzer& Analyzer::operator=(Analyzer&&) noexcept = default;

void Analyzer::add(const PacketBlock& block) {
    Event event;
    event.text = test::block_text(block);
    event.packet = impl_->report.totals.packets;
    impl_->events.push_back(event);
    TotalCounters& totals = impl_->report.totals;
    totals.rejected.add(block.before.rejected);
    totals.skipped_bytes += block.before.skipped_bytes;
    totals.capture_losses += block.before.capture_loss ? 1 : 0;
    for (std::size_t i = 0; i < block.packets(); ++i) {
        const auto packet = ts::PacketView::parse(block.bytes.subspan(i * block.stride).first<ts::packet_size>());
        if (packet) {
            ++totals.packets;
            ++impl_->packets[packet->pid()];
        } else {
            totals.rejected.add(packet.error());
        }
    }
}

void Analyzer::advance(UnixTime now) {
    impl_->report.last = now;
}

void Analyzer::set_rtp(const RtpTotals& totals) {
    if (!impl_->report.arrival) impl_->report.arrival.emplace();
    impl_->report.arrival->rtp = totals;
}

Report Analyzer::report() const {
    Report report = impl_->report;
    for (const auto& [pid, count] : impl_->packets) {
        PidReport item;
        item.pid = pid;
        item.counters.packets = count;
        report.pids.push_back(item);
    }
    return report;
}

std::vector<Event> Analyzer::events() {
    return std::exchange(impl_->events, {});
}

}  // namespace analyzer
}  // namespace muxtap
