#include "probe/capture_stage.h"

#include <algorithm>

namespace muxtap::probe {
namespace {

constexpr std::chrono::milliseconds longest_wait{100};
constexpr std::chrono::milliseconds report_interval{100};

}  // namespace

CaptureStage::CaptureStage(std::unique_ptr<Source> source, FlowTable::Settings settings,
                           std::unique_ptr<feed::BatchQueueWriter> output, feed::StatusBoard& board, std::size_t number)
    : source_(std::move(source)),
      output_(std::move(output)),
      flows_(std::move(settings), *output_),
      board_(board),
      number_(number) {
    report(false);
}

Result<bool> CaptureStage::do_work() {
    const SteadyTime deadline = flows_.next_deadline();
    auto wait = longest_wait;
    if (deadline != SteadyTime::max()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_now());
        wait = std::clamp(left, std::chrono::milliseconds{0}, longest_wait);
    }
    const auto polled = source_->poll(flows_, wait);
    if (!polled) return tl::unexpected<Error>(polled.error());
    const SteadyTime now = steady_now();
    flows_.flush_due(now);
    output_->deliver();
    if (now >= next_report_) report(false);
    return *polled != Source::Poll::end_of_stream && !flows_.limit_reached();
}

void CaptureStage::drain(std::chrono::milliseconds ring_time_out, std::chrono::milliseconds longest) {
    constexpr std::chrono::milliseconds scheduling{10};
    const SteadyTime deadline = steady_now() + longest;
    while (steady_now() < deadline && !flows_.limit_reached()) {
        const auto polled = source_->poll(flows_, ring_time_out + scheduling);
        output_->deliver();
        if (!polled || *polled != Source::Poll::datagrams) return;
    }
}

void CaptureStage::finish() {
    flows_.finish();
    report(true);
    output_->finish();
}

void CaptureStage::report(bool ended) {
    next_report_ = steady_now() + report_interval;
    const SourceCounters counters = source_->counters();
    // For a source that cannot tell where among its datagrams the kernel dropped some: they are told of here at the
    // latest.
    flows_.on_kernel_loss(counters.kernel_dropped);
    flows_.report(statuses_, ended);
    board_.publish(number_, statuses_);
    const std::scoped_lock lock(mutex_);
    status_ = {.source = counters, .flows = flows_.counters(), .damage = source_->damage()};
}

CaptureStatus CaptureStage::status() const {
    const std::scoped_lock lock(mutex_);
    return status_;
}

}  // namespace muxtap::probe
