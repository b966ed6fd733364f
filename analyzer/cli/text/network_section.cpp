#include "analyzer/cli/text/sections.h"
#include "analyzer/cli/text/units.h"

namespace muxtap::analyze {
namespace {

std::string gaps_text(const analyzer::InterArrival& gaps) {
    if (gaps.count == 0) return "not measured";
    return "min " + fixed(gaps.min_us, 0) + ", mean " + fixed(gaps.mean_us, 0) + ", median " + fixed(gaps.p50_us, 0) +
           ", 99 % below " + fixed(gaps.p99_us, 0) + ", max " + fixed(gaps.max_us, 0) + " µs";
}

}  // namespace

void print_network(std::string& out, const Page& page) {
    if (!page.report().arrival) return;
    const analyzer::ArrivalInfo& arrival = *page.report().arrival;
    print_heading(out, page.painter, "Network");
    std::string datagrams = grouped(arrival.datagrams) + ", " + std::to_string(arrival.packets_per_datagram_min) +
                            " to " + std::to_string(arrival.packets_per_datagram_max) + " packets in each (mean " +
                            fixed(arrival.packets_per_datagram_mean, 2) + ")";
    if (arrival.merged_datagrams > 0) {
        datagrams += ", " + grouped(arrival.merged_datagrams) + " arrived merged, their gaps are not known";
    }
    print_field(out, page.painter, "datagrams", datagrams);
    print_field(out, page.painter, "between them", gaps_text(arrival.run));
    print_field(out, page.painter, "  last second", gaps_text(arrival.window));
    if (arrival.rtp) {
        const bool bad = arrival.rtp->lost > 0;
        print_field(out, page.painter, "RTP",
                    grouped(arrival.rtp->lost) + " lost, " + grouped(arrival.rtp->reordered) + " late, " +
                        grouped(arrival.rtp->duplicated) + " twice",
                    bad ? Colour::red : Colour::none);
    }
    if (arrival.delay_factor_ms) {
        std::string mdi = "delay factor " + fixed(*arrival.delay_factor_ms, 2) + " ms";
        if (arrival.delay_factor_max_ms) mdi += " (max " + fixed(*arrival.delay_factor_max_ms, 2) + ")";
        if (arrival.media_loss_rate) mdi += ", media loss rate " + fixed(*arrival.media_loss_rate, 1) + " packets/s";
        if (arrival.media_loss_rate_max) mdi += " (max " + fixed(*arrival.media_loss_rate_max, 1) + ")";
        print_field(out, page.painter, "MDI", mdi);
    }
}

}  // namespace muxtap::analyze
