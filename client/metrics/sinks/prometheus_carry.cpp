#include "client/metrics/sinks/prometheus_carry.h"

#include <algorithm>
#include <array>

#include "client/metrics/sinks/prometheus_series.h"

namespace muxtap::metrics {
namespace {

using proto::Totals;

constexpr std::array totals_counters = {&Totals::datagrams,    &Totals::packets,       &Totals::bytes,
                                        &Totals::tei,          &Totals::null,          &Totals::dropped,
                                        &Totals::rtp_lost,     &Totals::rtp_reordered, &Totals::kernel_dropped,
                                        &Totals::queue_dropped};

constexpr std::array losses_counters = {&Losses::rtp_lost,       &Losses::rtp_reordered,       &Losses::continuity_lost,
                                        &Losses::kernel_dropped, &Losses::probe_queue_dropped, &Losses::feed_batches,
                                        &Losses::feed_packets};

template <typename Combine>
Totals combined(const Totals& one, const Totals& other, const Combine& combine) {
    Totals out;
    for (const auto counter : totals_counters) out.*counter = combine(one.*counter, other.*counter);
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        out.rejected.add(reason, combine(one.rejected.of(reason), other.rejected.of(reason)));
    }
    return out;
}

class Carrier final : public SeriesOutput {
public:
    explicit Carrier(counters::CarriedCounters& carried) : carried_(carried) {}
    void put(Family family, std::initializer_list<std::string_view> labels, double value) override {
        if (counters::spec_of(family).type == counters::FamilyType::counter && value > 0)
            carried_[counters::series_key(family, labels)] += value;
    }

private:
    counters::CarriedCounters& carried_;
};

}  // namespace

Totals sum_of(const Totals& one, const Totals& other) {
    return combined(one, other, [](std::uint64_t a, std::uint64_t b) { return a + b; });
}

Totals larger_of(const Totals& one, const Totals& other) {
    return combined(one, other, [](std::uint64_t a, std::uint64_t b) { return std::max(a, b); });
}

Losses sum_of(const Losses& one, const Losses& other) {
    Losses out;
    for (const auto counter : losses_counters) out.*counter = one.*counter + other.*counter;
    return out;
}

bool fell(const Losses& before, const Losses& after) {
    return std::any_of(losses_counters.begin(), losses_counters.end(),
                       [&](auto counter) { return after.*counter < before.*counter; });
}

bool began_anew(const analyzer::Report& before, const analyzer::Report& after) {
    if (after.totals.packets < before.totals.packets) return true;
    for (std::size_t i = 0; i < analyzer::indicator_count; ++i) {
        if (after.indicators[i].count < before.indicators[i].count) return true;
    }
    return false;
}

void carry(const analyzer::Report& report, counters::CarriedCounters& carried) {
    Carrier carrier(carried);
    put_report(report, carrier);
    put_indicators(report.indicators, carrier);
    put_programs(report, carrier);
    PidChoice all;
    for (const analyzer::PidReport& pid : report.pids) all.push_back(pid.pid);
    std::sort(all.begin(), all.end());
    put_pids(report, all, carrier);
}

void carry_late_packets(const analyzer::Report& before, const analyzer::Report& after,
                        counters::CarriedCounters& carried) {
    if (after.totals.reordered_packets == before.totals.reordered_packets) return;
    auto now = after.pids.begin();
    for (const analyzer::PidReport& pid : before.pids) {
        now = std::find_if(now, after.pids.end(), [&](const auto& other) { return other.pid >= pid.pid; });
        if (now == after.pids.end()) return;
        if (now->pid != pid.pid || now->counters.lost_packets >= pid.counters.lost_packets) continue;
        carried[counters::series_key(Family::pid_lost, {pid_label(pid.pid)})] +=
            static_cast<double>(pid.counters.lost_packets - now->counters.lost_packets);
    }
}

}  // namespace muxtap::metrics
