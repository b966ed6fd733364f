#include "probe/source/stream_file_source.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace muxtap::probe {
namespace {

/// Two strides of the longest kind: the least that a read must have room for.
constexpr std::size_t least_room = std::size_t{2} * 204;
constexpr std::size_t paced_piece_bytes = 14 * ts::packet_size;

}  // namespace

StreamFileSource::StreamFileSource(FileDescriptor file, std::string path, FilePace pace,
                                   std::vector<std::uint8_t> first_bytes)
    : file_(std::move(file)), path_(std::move(path)), pace_(pace), rest_(std::move(first_bytes)) {}

SourceCounters StreamFileSource::counters() {
    return {.frames = reads_};
}

Result<Source::Poll> StreamFileSource::poll(DatagramSink& sink, std::chrono::milliseconds wait) {
    if (at_end_ && rest_.empty() && piece_size_ == 0) return Poll::end_of_stream;
    return pace_ == FilePace::fast ? poll_fast(sink, wait) : poll_paced(sink, wait);
}

Result<Source::Poll> StreamFileSource::poll_fast(DatagramSink& sink, std::chrono::milliseconds wait) {
    constexpr int most_reads_at_once = 16;
    for (int i = 0; i < most_reads_at_once; ++i) {
        std::span<std::uint8_t> room = sink.landing(0);
        if (room.size() < rest_.size() + least_room) {
            piece_.resize(rest_.size() + least_room);
            room = piece_;
        }
        const auto size = fill(room, wait);
        if (!size) return tl::unexpected<Error>(size.error());
        if (*size == 0) return at_end_ ? Poll::end_of_stream : Poll::idle;
        const std::size_t before = rest_.size();
        offer(sink, room.first(*size));
        if (rest_.size() == *size && before == *size && !at_end_) return Poll::idle;
    }
    return Poll::datagrams;
}

Result<Source::Poll> StreamFileSource::poll_paced(DatagramSink& sink, std::chrono::milliseconds wait) {
    if (piece_size_ == 0) {
        piece_.resize(rest_.size() + paced_piece_bytes);
        const auto size = fill(piece_, wait);
        if (!size) return tl::unexpected<Error>(size.error());
        if (*size == 0) return at_end_ ? Poll::end_of_stream : Poll::idle;
        piece_size_ = *size;
        advance_clock(ByteView(piece_).first(piece_size_));
    }
    if (!pacer_.wait_for(stream_time_, wait)) return Poll::idle;
    const std::size_t size = std::exchange(piece_size_, 0);
    offer(sink, ByteView(piece_).first(size));
    return Poll::datagrams;
}

Result<std::size_t> StreamFileSource::fill(std::span<std::uint8_t> room, std::chrono::milliseconds wait) {
    std::copy(rest_.begin(), rest_.end(), room.begin());
    std::size_t size = rest_.size();
    if (at_end_) return size;
    // A pipe may have nothing to give for a while; a file is always ready.
    pollfd item{.fd = file_.get(), .events = POLLIN, .revents = 0};
    if (::poll(&item, 1, static_cast<int>(wait.count())) <= 0) return size_t{0};
    const ssize_t got = ::read(file_.get(), room.data() + size, room.size() - size);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return size_t{0};
    if (got < 0) return fail_os("cannot read \"" + path_ + "\"", errno);
    at_end_ = got == 0;
    size += static_cast<std::size_t>(got);
    ++reads_;
    return size;
}

void StreamFileSource::offer(DatagramSink& sink, ByteView bytes) {
    const std::size_t consumed = sink.on_file_bytes(bytes, unix_now(), at_end_);
    const ByteView left = bytes.subspan(std::min(consumed, bytes.size()));
    rest_.assign(left.begin(), left.end());
    if (at_end_) rest_.clear();
}

/// Moves the stream's time on by the PCRs in these bytes.
void StreamFileSource::advance_clock(ByteView bytes) {
    constexpr std::int64_t largest_step = 10 * std::int64_t{ts::Pcr::ticks_per_second};
    for (std::size_t at = 0; at + ts::packet_size <= bytes.size();) {
        const auto packet = ts::PacketView::parse(bytes.subspan(at).first<ts::packet_size>());
        at += packet ? ts::packet_size : 1;
        const auto pcr = packet ? packet->pcr() : std::nullopt;
        if (!pcr) continue;
        if (!clock_pid_) clock_pid_ = packet->pid();
        if (packet->pid() != *clock_pid_) continue;
        const std::int64_t step = last_pcr_ ? pcr->ticks_since(*last_pcr_) : 0;
        last_pcr_ = *pcr;
        if (step > 0 && step < largest_step) {
            stream_time_ += std::chrono::duration_cast<std::chrono::nanoseconds>(ts::PcrTicks{step});
        }
    }
}

}  // namespace muxtap::probe
