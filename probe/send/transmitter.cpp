#include "probe/send/transmitter.h"

#include <sys/prctl.h>

#include <algorithm>
#include <ctime>

#include "common/ts/packet_view.h"

namespace muxtap::send {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr std::size_t window_datagrams = 256;
constexpr std::size_t window_bytes = std::size_t{1} << 20;
constexpr std::size_t longest_message = 65507;  ///< payload of the largest IPv4 datagram

/// Datagrams due within this time share a wake-up and a system call.
constexpr nanoseconds shortest_sleep = 50us;
constexpr nanoseconds signal_interval = 10ms;
/// Who is that late at the end of the time does not catch up.
constexpr nanoseconds hopeless_lateness = 500ms;
/// Between tries when the kernel has no room.
constexpr nanoseconds retry_pause = 20us;

void sleep_until_steady(SteadyTime time) {
    const nanoseconds since = time.time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
    timespec until{};
    until.tv_sec = seconds.count();
    until.tv_nsec = (since - seconds).count();
    ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
}

}  // namespace

Transmitter::Transmitter(std::vector<Destination> destinations, const Settings& settings)
    : destinations_(std::move(destinations)), settings_(settings), window_(window_datagrams) {}

Result<Transmitter> Transmitter::open(std::vector<Destination> destinations, const Settings& settings) {
    Transmitter transmitter(std::move(destinations), settings);
    std::vector<int> families;
    for (const Destination& destination : transmitter.destinations_) {
        const auto known = std::find(families.begin(), families.end(), destination.family());
        transmitter.lane_of_.push_back(static_cast<std::size_t>(known - families.begin()));
        if (known == families.end()) families.push_back(destination.family());
    }
    const auto& all = transmitter.destinations_;
    for (const int family : families) {
        auto sender = UdpSender::open(family, settings.socket, all.size() == 1 ? &all.front() : nullptr);
        if (!sender) return tl::unexpected<Error>(sender.error());
        transmitter.lanes_.push_back({std::move(*sender), {}, 0});
    }
    return transmitter;
}

Result<TransmitTotals> Transmitter::run(DatagramSource& source, SentSink& sink, app::Signals& signals,
                                        const EachTurn& each_turn) {
    each_turn_ = each_turn;
    ::prctl(PR_SET_TIMERSLACK, 1000UL);
    fill(source);
    start_ = steady_now();
    while (!totals_.interrupted) {
        if (next_group_ == groups_.size()) fill(source);
        const nanoseconds time = now();
        if (groups_.empty() || is_over(time)) break;
        if (!settings_.burst && next_due() > time) {
            sleep_until(next_due(), signals);
            continue;
        }
        queue_due(time);
        if (auto done = flush(sink, signals); !done) return tl::unexpected<Error>(done.error());
        if (now() >= next_signal_check_) check_signals(signals);
    }
    totals_.elapsed = now();
    for (Lane& lane : lanes_) totals_.undelivered += lane.sender.count_undelivered();
    return totals_;
}

/// Has the source build the next datagrams, when all of the last ones have been sent to all.
void Transmitter::fill(DatagramSource& source) {
    window_end_ = 0;
    std::size_t bytes = 0;
    while (window_end_ < window_.size() && bytes < window_bytes && !source_ended_) {
        source_ended_ = !source.next(window_[window_end_]);
        if (!source_ended_) bytes += window_[window_end_++].bytes.size();
    }
    form_groups();
    next_group_ = 0;
    next_destination_ = 0;
}

/// Joins datagrams of one size into messages, as many as the settings say and a message can hold.
void Transmitter::form_groups() {
    groups_.clear();
    std::size_t room = 0;
    for (std::size_t i = 0; i < window_end_; ++i) {
        const std::size_t size = window_[i].bytes.size();
        const bool joins = !groups_.empty() && groups_.back().count < settings_.datagrams_per_message &&
                           size == window_[i - 1].bytes.size() && size <= room;
        if (joins) {
            ++groups_.back().count;
            room -= size;
        } else {
            groups_.push_back({i, 1});
            room = longest_message - std::min(size, longest_message);
        }
    }
}

nanoseconds Transmitter::next_due() const {
    const nanoseconds due = window_[groups_[next_group_].first].due;
    if (next_destination_ == 0) return due;
    // The next datagram may not be built yet: then the distance to the one before stands for it.
    nanoseconds interval{0};
    if (next_group_ + 1 < groups_.size()) {
        interval = window_[groups_[next_group_ + 1].first].due - due;
    } else if (next_group_ > 0) {
        interval = due - window_[groups_[next_group_ - 1].first].due;
    }
    return due + interval * next_destination_ / destinations_.size();
}

void Transmitter::queue_due(nanoseconds time) {
    std::array<ByteView, UdpSender::most_segments> datagrams;
    while (next_group_ < groups_.size()) {
        const nanoseconds due = next_due();
        Lane& lane = lanes_[lane_of_[next_destination_]];
        if (lane.sender.full() || (!settings_.burst && due > time)) return;
        const Group group = groups_[next_group_];
        for (std::size_t i = 0; i < group.count; ++i) datagrams[i] = window_[group.first + i].bytes;
        lane.sender.add(std::span(datagrams).first(group.count), destinations_[next_destination_]);
        lane.tickets.push_back({group, next_destination_ == 0, due});
        if (++next_destination_ == destinations_.size()) {
            next_destination_ = 0;
            ++next_group_;
        }
    }
}

Result<void> Transmitter::flush(SentSink& sink, app::Signals& signals) {
    for (Lane& lane : lanes_) {
        auto done = flush(lane, sink, signals);
        if (!done) return done;
        lane.tickets.clear();
        lane.gone = 0;
    }
    return {};
}

/// Sends all that is queued; ends early only when a signal says so.
Result<void> Transmitter::flush(Lane& lane, SentSink& sink, app::Signals& signals) {
    while (lane.sender.queued() != 0 && !totals_.interrupted) {
        const nanoseconds time = now();
        const auto left = lane.sender.flush_some();
        if (!left) return tl::unexpected<Error>(left.error());
        if (!settings_.burst && *left != 0) {
            totals_.max_lateness = std::max(totals_.max_lateness, time - lane.tickets[lane.gone].due);
        }
        for (std::size_t i = 0; i < *left; ++i) {
            if (auto done = account(lane.tickets[lane.gone++], sink); !done) return done;
        }
        if (*left != 0) continue;
        ++totals_.retries;
        sleep_until_steady(steady_now() + retry_pause);
        if (now() >= next_signal_check_) check_signals(signals);
    }
    return {};
}

Result<void> Transmitter::account(const Ticket& ticket, SentSink& sink) {
    ++totals_.messages;
    totals_.datagrams += ticket.group.count;
    for (std::size_t i = 0; i < ticket.group.count; ++i) {
        const Datagram& datagram = window_[ticket.group.first + i];
        totals_.packets += datagram.packet_count();
        totals_.bytes += datagram.packet_count() * ts::packet_size;
        if (!ticket.first_destination) continue;
        if (auto done = sink.sent(datagram); !done) return done;
    }
    return {};
}

/// Sleeps until the time, but at least so long after the last wake-up that fast streams share system calls. Long
/// sleeps are spent waiting for signals.
void Transmitter::sleep_until(nanoseconds time, app::Signals& signals) {
    nanoseconds rest = time - now();
    while (rest > 2ms && !totals_.interrupted) {
        const auto longest = std::chrono::duration_cast<std::chrono::milliseconds>(rest - 1ms);
        if (signals.wait(std::min<std::chrono::milliseconds>(longest, 50ms)) == app::Signals::Event::stop) {
            totals_.interrupted = true;
        }
        each_turn_(totals_);
        rest = time - now();
    }
    sleep_until_steady(start_ + std::max(time, last_wake_ + shortest_sleep));
    last_wake_ = now();
}

void Transmitter::check_signals(app::Signals& signals) {
    if (signals.wait(0ms) == app::Signals::Event::stop) totals_.interrupted = true;
    each_turn_(totals_);
    next_signal_check_ = now() + signal_interval;
}

/// Whether to end before the source does. A paced source ends in time by itself and all of it is sent, unless the
/// machine has fallen far behind.
bool Transmitter::is_over(nanoseconds time) const {
    if (!settings_.longest || time < *settings_.longest) return false;
    return settings_.burst || time - next_due() > hopeless_lateness;
}

nanoseconds Transmitter::now() const {
    return steady_now() - start_;
}

}  // namespace muxtap::send
