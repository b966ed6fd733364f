#include "client/metrics/sinks/prometheus_book.h"

#include <algorithm>

#include "client/metrics/sinks/prometheus_carry.h"
#include "common/counters/capture_series.h"

namespace muxtap::metrics {
namespace {

constexpr std::size_t most_interfaces = 32;
/// Interfaces of a host whose counters are remembered while they are away.
constexpr std::size_t most_remembered_interfaces = 1024;

constexpr std::array interface_families = {Family::interface_received,         Family::interface_transmitted,
                                           Family::interface_received_packets, Family::interface_transmitted_packets,
                                           Family::interface_receive_errors,   Family::interface_transmit_errors};

}  // namespace

PrometheusBook::StreamEntry& PrometheusBook::entry_of(const client::RecordIdentity& identity) {
    const auto [place, added] = streams_.try_emplace({identity.probe, identity.stream});
    StreamEntry& entry = place->second;
    if (!added) return entry;
    entry.probe_label = counters::label_value(identity.probe);
    entry.stream_label = counters::label_value(identity.stream);
    const std::string plain = entry.stream_label;
    for (int number = 2; !labels_.emplace(entry.probe_label, entry.stream_label).second; ++number) {
        const std::string suffix = "#" + std::to_string(number);
        entry.stream_label = counters::label_value(plain.substr(0, 240)) + suffix;
    }
    return entry;
}

void PrometheusBook::take(const RecordPtr& record, SteadyTime now) {
    if (const client::EventRecord* event = record->event()) {
        if (!event->identity.stream.empty()) {
            StreamEntry& entry = entry_of(event->identity);
            if (!entry.record) entry.heard = now;
            ++entry.events[std::string{event->kind_name()}];
        }
    } else {
        take_interval(record, now);
    }
}

void PrometheusBook::take_interval(const RecordPtr& record, SteadyTime now) {
    const IntervalRecord& interval = *record->interval();
    StreamEntry& entry = entry_of(interval.identity);
    if (interval.identity.epoch == entry.epoch || interval.identity.epoch == 0) {
        entry.captured = larger_of(entry.captured, interval.probe.totals);
    } else {
        entry.captured_before = sum_of(entry.captured_before, entry.captured);
        entry.captured = interval.probe.totals;
        entry.epoch = interval.identity.epoch;
    }
    if (entry.record) {
        const IntervalRecord& before = *entry.record->interval();
        if (fell(before.losses, interval.losses)) entry.losses_before = sum_of(entry.losses_before, before.losses);
        if (began_anew(*before.report, *interval.report)) {
            carry(*before.report, entry.carried);
        } else {
            carry_late_packets(*before.report, *interval.report, entry.carried);
        }
    }
    entry.record = record;
    entry.heard = now;
    if (interval.phase != StreamPhase::ended) {
        entry.ended = {};
    } else if (entry.ended == SteadyTime{}) {
        entry.ended = now;
    }
    entry.pids = choose_pids(*interval.report, entry.pids, most_pids_);
    if (interval.host) take_host(interval.identity.probe, interval.host);
    newest_ = record;
}

void PrometheusBook::take_host(const std::string& probe, const std::shared_ptr<const proto::HostFigures>& host) {
    HostEntry& entry = hosts_[probe];
    if (entry.host == host) return;
    entry.host = host;
    for (const proto::HostInterface& interface : host->interfaces) {
        const bool known = entry.interfaces.contains(interface.name);
        if (!known && entry.interfaces.size() >= most_remembered_interfaces) continue;
        InterfaceEntry& counters = entry.interfaces[interface.name];
        const std::array now = {interface.received_bytes,      interface.transmitted_bytes, interface.received_packets,
                                interface.transmitted_packets, interface.receive_errors,    interface.transmit_errors};
        for (std::size_t i = 0; i < now.size(); ++i) {
            if (now[i] < counters.last[i]) counters.before[i] += counters.last[i];
            counters.last[i] = now[i];
        }
    }
}

bool PrometheusBook::is_shown(const StreamEntry& entry, SteadyTime now) {
    if (!entry.record || now - entry.heard >= leaves_after) return false;
    return entry.ended == SteadyTime{} || now - entry.ended < leaves_after;
}

void PrometheusBook::tidy(SteadyTime now) {
    std::vector<std::pair<SteadyTime, Name>> gone;
    for (const auto& [name, entry] : streams_) {
        // Those that still send records are known for as long as they do.
        if (now - entry.heard >= leaves_after) gone.emplace_back(entry.heard, name);
    }
    if (gone.size() <= most_remembered) return;
    std::sort(gone.begin(), gone.end());
    gone.resize(gone.size() - most_remembered);
    for (const auto& [heard, name] : gone) {
        const auto place = streams_.find(name);
        labels_.erase({place->second.probe_label, place->second.stream_label});
        streams_.erase(place);
    }
    std::erase_if(hosts_, [this](const auto& host) {
        const auto first = streams_.lower_bound({host.first, std::string{}});
        return first == streams_.end() || first->first.first != host.first;
    });
}

void PrometheusBook::put_stream(const StreamEntry& entry, Exposition& out) {
    const IntervalRecord& interval = *entry.record->interval();
    out.about_stream(entry.probe_label, entry.stream_label, nullptr);
    put_stream_state(interval, out);
    // The probe's counters: of all its epochs together.
    counters::put_captured(sum_of(entry.captured_before, entry.captured), out);
    put_losses(sum_of(entry.losses_before, interval.losses), out);
    for (const auto& [kind, count] : entry.events) out.put(Family::events, {kind}, static_cast<double>(count));
    out.about_stream(entry.probe_label, entry.stream_label, &entry.carried);
    put_report(*interval.report, out);
    put_indicators(interval.report->indicators, out);
    put_programs(*interval.report, out);
    put_pids(*interval.report, entry.pids, out);
}

void PrometheusBook::put_interfaces(const HostEntry& entry, Exposition& out) {
    const std::size_t shown = std::min(entry.host->interfaces.size(), most_interfaces);
    for (std::size_t i = 0; i < shown; ++i) {
        const std::string& name = entry.host->interfaces[i].name;
        const auto counters = entry.interfaces.find(name);
        if (counters == entry.interfaces.end()) continue;
        for (std::size_t k = 0; k < interface_counters; ++k) {
            const std::uint64_t sum = counters->second.before[k] + counters->second.last[k];
            out.put(interface_families[k], {name}, static_cast<double>(sum));
        }
    }
}

void PrometheusBook::put_all(Exposition& out, SteadyTime now) const {
    std::map<std::string, std::uint64_t> probes;  // and their newest epochs
    std::size_t shown = 0;
    for (const auto& [name, entry] : streams_) {
        if (!is_shown(entry, now)) continue;
        ++shown;
        put_stream(entry, out);
        std::uint64_t& epoch = probes[name.first];
        epoch = std::max(epoch, entry.epoch);
    }
    for (const auto& [probe, epoch] : probes) {
        out.about_probe(probe);
        if (epoch > 0) out.put(Family::probe_start, {}, static_cast<double>(epoch) * 1e-9);
        const auto host = hosts_.find(probe);
        if (host == hosts_.end()) continue;
        put_host(*host->second.host, out);
        put_interfaces(host->second, out);
    }
    out.about_program();
    out.put(Family::streams_shown, {}, static_cast<double>(shown));
    if (newest_) put_worker(*newest_->interval(), out);
}

}  // namespace muxtap::metrics
