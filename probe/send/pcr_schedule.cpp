#include "probe/send/pcr_schedule.h"

#include <algorithm>

namespace muxtap::send {
namespace {

struct ClockMark {
    std::size_t packet;
    ts::Pcr pcr;
    bool discontinuity;
};

constexpr std::int64_t bits_per_packet = ts::packet_size * 8;

std::optional<ts::PacketView> whole_packet(const TsFile& file, std::size_t index) {
    const auto view = ts::PacketView::parse(file.packet(index));
    if (!view || view->transport_error_indicator()) return std::nullopt;
    return *view;
}

std::vector<ClockMark> find_marks(const TsFile& file, ts::Pid pid) {
    std::vector<ClockMark> marks;
    for (std::size_t i = 0; i < file.packet_count(); ++i) {
        const auto view = whole_packet(file, i);
        if (!view || view->pid() != pid) continue;
        if (const auto pcr = view->pcr()) marks.push_back({i, *pcr, view->discontinuity_indicator()});
    }
    return marks;
}

/// The PIDs that carry PCRs, in order of appearance.
std::vector<ts::Pid> find_pcr_pids(const TsFile& file) {
    std::vector<ts::Pid> pids;
    for (std::size_t i = 0; i < file.packet_count(); ++i) {
        const auto view = whole_packet(file, i);
        if (!view || !view->pcr()) continue;
        if (std::find(pids.begin(), pids.end(), view->pid()) == pids.end()) pids.push_back(view->pid());
    }
    return pids;
}

/// Ticks from one mark to the next, unless the clock breaks between them.
std::optional<std::int64_t> steady_ticks(const ClockMark& from, const ClockMark& to) {
    const std::int64_t ticks = to.pcr.ticks_since(from.pcr);
    if (to.discontinuity || ticks <= 0 || ticks > PcrSchedule::longest_interval.count()) return std::nullopt;
    return ticks;
}

ts::PcrTicks time_in(const Span& span, std::size_t index) noexcept {
    const auto count = static_cast<std::int64_t>(index - span.first_packet);
    return span.start + ts::PcrTicks{count * span.ticks / span.packets};
}

}  // namespace

/// Turns the PCRs of one PID into spans.
class PcrScheduleBuilder {
public:
    PcrScheduleBuilder(std::vector<ClockMark> marks, std::size_t packet_count)
        : marks_(std::move(marks)), packet_count_(packet_count) {}

    /// Nothing when no two PCRs give a rate.
    [[nodiscard]] std::optional<PcrSchedule> build() {
        const auto first = first_rate();
        if (!first) return std::nullopt;
        // The first rate holds back to the first packet and on to the first mark.
        Span rate = *first;
        rate.first_packet = 0;
        rate.start = ts::PcrTicks{0};
        schedule_.spans_.push_back(rate);
        const ts::PcrTicks lead = time_in(rate, marks_.front().packet);
        schedule_.first_clock_ = back_from(marks_.front().pcr, lead);
        for (std::size_t i = 0; i + 1 < marks_.size(); ++i) rate = add_interval(marks_[i], marks_[i + 1], rate);
        finish(rate);
        return std::move(schedule_);
    }

private:
    [[nodiscard]] std::optional<Span> first_rate() const {
        for (std::size_t i = 0; i + 1 < marks_.size(); ++i) {
            const auto ticks = steady_ticks(marks_[i], marks_[i + 1]);
            if (ticks) return Span{0, ts::PcrTicks{0}, *ticks, packets_between(marks_[i], marks_[i + 1])};
        }
        return std::nullopt;
    }

    static std::int64_t packets_between(const ClockMark& from, const ClockMark& to) {
        return static_cast<std::int64_t>(to.packet - from.packet);
    }

    static ts::Pcr back_from(ts::Pcr pcr, ts::PcrTicks ticks) {
        const auto back = static_cast<std::uint64_t>(ticks.count()) % ts::Pcr::modulus;
        return ts::Pcr::from_ticks(pcr.ticks() + ts::Pcr::modulus - back);
    }

    /// Appends the span from one mark to the next and says at which rate it runs.
    Span add_interval(const ClockMark& from, const ClockMark& to, const Span& last_rate) {
        const std::int64_t clock_ticks = to.pcr.ticks_since(from.pcr);
        const auto steady = steady_ticks(from, to);
        Span span = last_rate;
        span.first_packet = from.packet;
        span.start = time_in(schedule_.spans_.back(), from.packet);
        if (steady) {
            span.ticks = *steady;
            span.packets = packets_between(from, to);
        } else {
            const auto played = time_in(span, to.packet) - span.start;
            breaks_ += ts::PcrTicks{clock_ticks} - played;
        }
        schedule_.spans_.push_back(span);
        return span;
    }

    void finish(const Span& last_rate) {
        Span tail = last_rate;
        tail.first_packet = marks_.back().packet;
        tail.start = time_in(schedule_.spans_.back(), tail.first_packet);
        schedule_.spans_.push_back(tail);
        schedule_.duration_ = time_in(tail, packet_count_);
        schedule_.clock_advance_ = schedule_.duration_ + breaks_;
    }

    std::vector<ClockMark> marks_;
    std::size_t packet_count_;
    ts::PcrTicks breaks_{0};  ///< what the clock gained in its breaks beside the time played
    PcrSchedule schedule_;
};

Result<PcrSchedule> PcrSchedule::from_pcrs(const TsFile& file, std::optional<ts::Pid> pid) {
    const std::vector<ts::Pid> pids = pid ? std::vector{*pid} : find_pcr_pids(file);
    for (const ts::Pid candidate : pids) {
        auto schedule = PcrScheduleBuilder(find_marks(file, candidate), file.packet_count()).build();
        if (!schedule) continue;
        schedule->pid_ = candidate;
        return std::move(*schedule);
    }
    if (pid) return fail("PID " + std::to_string(*pid) + " has no two PCRs within a second to set the pace");
    return fail("the stream has no two PCRs within a second to set the pace");
}

PcrSchedule PcrSchedule::constant(std::size_t packet_count, std::uint64_t bits_per_second) {
    PcrSchedule schedule;
    const auto ticks = bits_per_packet * static_cast<std::int64_t>(ts::Pcr::ticks_per_second);
    schedule.spans_.push_back({0, ts::PcrTicks{0}, ticks, static_cast<std::int64_t>(bits_per_second)});
    schedule.duration_ = time_in(schedule.spans_.front(), packet_count);
    return schedule;
}

ts::PcrTicks PcrSchedule::due(std::size_t index) const noexcept {
    const auto after = std::upper_bound(spans_.begin(), spans_.end(), index,
                                        [](std::size_t value, const Span& span) { return value < span.first_packet; });
    return time_in(*(after - 1), index);
}

ts::PcrTicks ScheduleCursor::due(std::size_t index) noexcept {
    const std::vector<Span>& spans = schedule_.spans();
    if (index < spans[span_].first_packet) span_ = 0;
    while (span_ + 1 < spans.size() && spans[span_ + 1].first_packet <= index) ++span_;
    return time_in(spans[span_], index);
}

}  // namespace muxtap::send
