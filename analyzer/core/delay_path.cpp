#include "analyzer/buffers/data_delay.h"
#include "analyzer/core/stream_analyzer.h"

// The system target decoder: what its buffers make of PCRs and PES packets (TR 101 290, 3.3, 3.9 and 3.10).

namespace muxtap::analyzer {

namespace {

IndicatorId indicator_of(BufferFault fault) noexcept {
    return fault == BufferFault::transport_not_emptied ? IndicatorId::empty_buffer_error : IndicatorId::buffer_error;
}

std::string_view words_of(BufferFault fault) noexcept {
    switch (fault) {
        case BufferFault::transport_overflow: return "transport buffer overflow";
        case BufferFault::transport_not_emptied: return "transport buffer not empty for a second";
        case BufferFault::main_overflow: return "main buffer overflow";
        case BufferFault::main_underflow: return "data comes after its decoding time";
    }
    return "";
}

}  // namespace

void Analyzer::Impl::feed_buffers(const Passing& packet, const PcrOutcome& outcome, bool continuous) {
    buffers_.add_pcr(packet.state.pid, packet.position, outcome.step_ticks, continuous);
    if (!continuous) buffers_.restart_main();
    if (buffers_.measured()) {
        measured(IndicatorId::buffer_error, true);
        measured(IndicatorId::empty_buffer_error, true);
    }
    report_buffers(packet);
}

void Analyzer::Impl::report_buffers(const Passing& packet) {
    for (const BufferFinding& found : buffers_.findings()) {
        Finding finding = finding_of(packet, words_of(found.fault));
        finding.pid = found.pid;
        if (found.packet != 0) finding.packet = found.packet;
        PidState* state = pids_.find(found.pid);
        const bool lasts = state != nullptr && !state->buffer_faulty && !finding.shadow && buffers_.faulty(found.pid);
        if (lasts) {
            state->buffer_faulty = true;
            rules_.board().begin_condition(indicator_of(found.fault), finding);
        } else {
            rules_.board().found(indicator_of(found.fault), finding);
        }
    }
}

void Analyzer::Impl::judge_delay(const Passing& packet, const PesNews& news) {
    const PidState& state = packet.state;
    const ts::PesHeader& header = *news.header;
    if (!has_regular_pts(state) || !news.start.program_clock || !news.timestamps.decode_margin_ms) return;
    measured(IndicatorId::data_delay_error, true);
    const std::chrono::duration<double, std::milli> margin(*news.timestamps.decode_margin_ms);
    const auto delay = std::chrono::duration_cast<std::chrono::nanoseconds>(margin);
    if (delay_verdict(state.elementary->codec(), delay) == DelayVerdict::too_long) {
        found(IndicatorId::data_delay_error, packet, "data stays in the decoder's buffers for too long");
    }
    if (!header.pts) return;
    const double delay_ticks = margin.count() * 27'000;
    const std::uint64_t before = packet.slot.payload_bytes - packet.header.payload_size();
    if (news.start.expected_jump) buffers_.restart_main();
    buffers_.add_access_unit(state.pid, *news.start.program_clock, static_cast<std::int64_t>(delay_ticks), before);
    report_buffers(packet);
}

void Analyzer::Impl::set_buffers(const PidState& state) {
    if (state.use == PidUse::pmt) return buffers_.set_program_map(state.pid);
    if (state.use == PidUse::elementary_stream && state.elementary)
        return buffers_.set_stream(state.pid, state.elementary->info(), si_.is_atsc());
    buffers_.remove(state.pid);
}

}  // namespace muxtap::analyzer
