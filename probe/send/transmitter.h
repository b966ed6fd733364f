#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "common/app/signals.h"
#include "common/base/clock.h"
#include "common/base/result.h"
#include "probe/send/datagram.h"
#include "probe/send/destination.h"
#include "probe/send/udp_sender.h"

namespace muxtap::send {

/// What was sent, and how well in time.
struct TransmitTotals {
    std::uint64_t messages = 0;   ///< handed to the kernel; with segmentation several datagrams each
    std::uint64_t datagrams = 0;  ///< to all destinations together
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;  ///< of transport packets
    std::uint64_t undelivered = 0;
    std::uint64_t retries = 0;  ///< times the kernel had no room
    std::chrono::nanoseconds elapsed{0};
    std::chrono::nanoseconds max_lateness{0};
    bool interrupted = false;
};

/// Sends the datagrams of a source when they are due, or at once. With n destinations each gets every datagram, the
/// i-th at i/n of the way to the next one, so that they do not leave in one heap.
class Transmitter {
public:
    struct Settings {
        bool burst = false;                               ///< do not wait for anything
        std::size_t datagrams_per_message = 1;            ///< more than one: UDP segmentation
        std::optional<std::chrono::nanoseconds> longest;  ///< end then; when paced only if far behind
        SocketSettings socket;
    };

    [[nodiscard]] static Result<Transmitter> open(std::vector<Destination> destinations, const Settings& settings);

    /// Called some times a second between datagrams, with what was sent so far: it shall not take long.
    using EachTurn = std::function<void(const TransmitTotals&)>;

    /// Until the source ends, the time is over or a signal says so. `sink` hears of what the first destination got.
    [[nodiscard]] Result<TransmitTotals> run(
        DatagramSource& source, SentSink& sink, app::Signals& signals,
        const EachTurn& each_turn = [](const TransmitTotals&) {});

private:
    /// Datagrams that share a message: [first, first + count) of the window.
    struct Group {
        std::size_t first = 0;
        std::size_t count = 0;
    };
    /// A message of a sender's queue, in order.
    struct Ticket {
        Group group;
        bool first_destination;
        std::chrono::nanoseconds due;
    };
    struct Lane {
        UdpSender sender;
        std::vector<Ticket> tickets;
        std::size_t gone = 0;  ///< tickets that have left
    };

    Transmitter(std::vector<Destination> destinations, const Settings& settings);
    void fill(DatagramSource& source);
    void form_groups();
    [[nodiscard]] std::chrono::nanoseconds next_due() const;
    void queue_due(std::chrono::nanoseconds now);
    [[nodiscard]] Result<void> flush(SentSink& sink, app::Signals& signals);
    [[nodiscard]] Result<void> flush(Lane& lane, SentSink& sink, app::Signals& signals);
    [[nodiscard]] Result<void> account(const Ticket& ticket, SentSink& sink);
    void sleep_until(std::chrono::nanoseconds time, app::Signals& signals);
    void check_signals(app::Signals& signals);
    [[nodiscard]] bool is_over(std::chrono::nanoseconds time) const;
    [[nodiscard]] std::chrono::nanoseconds now() const;

    EachTurn each_turn_;
    std::vector<Destination> destinations_;
    Settings settings_;
    std::vector<Lane> lanes_;           ///< one for each address family in use
    std::vector<std::size_t> lane_of_;  ///< by destination
    std::vector<Datagram> window_;      ///< built and not yet sent to all
    std::size_t window_end_ = 0;
    std::vector<Group> groups_;
    std::size_t next_group_ = 0;
    std::size_t next_destination_ = 0;
    bool source_ended_ = false;
    SteadyTime start_{};
    std::chrono::nanoseconds next_signal_check_{0};
    std::chrono::nanoseconds last_wake_{0};
    TransmitTotals totals_;
};

}  // namespace muxtap::send
