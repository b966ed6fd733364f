#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "common/base/result.h"
#include "common/net/datagram.h"

namespace muxtap::probe {

/// Takes datagrams from a source.
class DatagramSink {
public:
    virtual ~DatagramSink() = default;

    /// Takes one datagram. Its bytes die when this returns, unless they stand in the room that `landing` gave.
    virtual void on_datagram(const net::Datagram& datagram) = 0;

    /// The kernel has dropped so many frames since the source's start, the last of them between the datagrams that were
    /// offered and those that follow. Ends what `landing` gave.
    virtual void on_kernel_loss(std::uint64_t kernel_dropped) = 0;

    /// Room in the stream's open batch, for a source that can let bytes land there by itself: when the next datagrams
    /// of that stream are offered from this room, in order and without a gap, they stay where they are. `stream` is
    /// the number of a selected stream. Empty when there is no room to be had now; valid until anything else is
    /// offered to this sink.
    [[nodiscard]] virtual std::span<std::uint8_t> landing(std::size_t stream) = 0;

    /// Takes a piece of a stream file or pipe, for the selected stream 0. Returns how many bytes of it are done with;
    /// the others begin the next piece. They stay where they are until anything else is offered. `last`: nothing
    /// follows.
    [[nodiscard]] virtual std::size_t on_file_bytes(ByteView bytes, UnixTime time, bool last) = 0;
};

/// What a source counts. All since its start.
struct SourceCounters {
    std::uint64_t frames = 0;           ///< frames or datagrams received
    std::uint64_t kernel_dropped = 0;   ///< that the kernel or the interface received and this program never saw
    std::uint64_t frames_rejected = 0;  ///< that carried no UDP datagram although they passed the filter
    std::uint64_t merged_frames = 0;    ///< that held several datagrams under one time stamp
};

/// Where datagrams come from: interface, socket or file. Used by one thread.
class Source {
public:
    virtual ~Source() = default;
    enum class Poll { datagrams, idle, end_of_stream };

    /// Offers each waiting datagram to `sink` once; when there is none, waits for some at most this long. Returns
    /// within about 10 ms when there is an endless supply, so that its caller can look after other things.
    [[nodiscard]] virtual Result<Poll> poll(DatagramSink& sink, std::chrono::milliseconds wait) = 0;

    /// As of the last poll.
    [[nodiscard]] virtual SourceCounters counters() = 0;

    /// One line about damage found in the input, for files; empty when there is none.
    [[nodiscard]] virtual std::string damage() const { return {}; }
};

}  // namespace muxtap::probe
