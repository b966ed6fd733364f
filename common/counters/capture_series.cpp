#include "common/counters/capture_series.h"

namespace muxtap::counters {
namespace {

double number(std::uint64_t count) {
    return static_cast<double>(count);
}

}  // namespace

void put_captured(const proto::Totals& totals, SeriesOutput& out) {
    out.put(Family::captured_datagrams, {}, number(totals.datagrams));
    out.put(Family::captured_packets, {}, number(totals.packets));
    out.put(Family::captured_bytes, {}, number(totals.bytes));
    out.put(Family::captured_tei, {}, number(totals.tei));
    out.put(Family::captured_null, {}, number(totals.null));
    out.put(Family::captured_left_out, {}, number(totals.dropped));
    for (std::size_t i = 0; i < ts::reject_reason_count; ++i) {
        const auto reason = static_cast<ts::RejectReason>(i);
        out.put(Family::captured_rejected, {name_of(reason)}, number(totals.rejected.of(reason)));
    }
}

void put_state(std::span<const std::string_view> states, std::string_view now, SeriesOutput& out) {
    for (const std::string_view state : states) out.put(Family::stream_state, {state}, state == now ? 1 : 0);
}

}  // namespace muxtap::counters
