#include "analyzer/buffers/main_buffers.h"

#include <algorithm>

namespace muxtap::analyzer {

MainBuffers::Stream* MainBuffers::find(ts::Pid pid) const noexcept {
    return by_pid_[pid & (ts::pid_count - 1)];
}

void MainBuffers::set_stream(ts::Pid pid, std::uint64_t main_bytes, std::uint32_t transport_bytes) {
    if (pid >= ts::null_pid || main_bytes == 0) return;
    Stream* stream = find(pid);
    if (stream == nullptr) {
        auto added = std::make_unique<Stream>();
        added->pid = pid;
        stream = added.get();
        by_pid_[pid] = stream;
        streams_.push_back(std::move(added));
    }
    stream->room = main_bytes + transport_bytes;
}

void MainBuffers::remove(ts::Pid pid) noexcept {
    by_pid_[pid & (ts::pid_count - 1)] = nullptr;
    streams_.erase(
        std::remove_if(streams_.begin(), streams_.end(), [pid](const auto& stream) { return stream->pid == pid; }),
        streams_.end());
}

void MainBuffers::clear(Stream& stream) noexcept {
    stream.count = 0;
    stream.content = 0;
    stream.overflowing = false;
    stream.underflowing = false;
}

void MainBuffers::restart() noexcept {
    for (const auto& stream : streams_) clear(*stream);
}

void MainBuffers::access_unit(ts::Pid pid, std::int64_t arrival_ticks, std::int64_t decoding_ticks,
                              std::uint64_t payload_bytes_before, std::vector<BufferFinding>& findings) {
    Stream* const stream = find(pid);
    if (stream == nullptr) return;
    if (stream->count > 0 && (decoding_ticks < stream->newest_decoding || payload_bytes_before < stream->newest_byte))
        clear(*stream);
    stream->newest_decoding = decoding_ticks;
    stream->newest_byte = payload_bytes_before;

    // Everything is there that came before this PES packet, but for what was decoded by now.
    const auto unit_at = [&](std::size_t place) -> Unit& { return stream->units[place % Stream::most_units]; };
    while (stream->count > 0 && unit_at(stream->oldest).decoding_ticks <= arrival_ticks) {
        ++stream->oldest;
        --stream->count;
    }
    stream->content = stream->count > 0 ? payload_bytes_before - unit_at(stream->oldest).first_byte : 0;
    const bool over = stream->content > stream->room;
    if (over && !stream->overflowing) findings.push_back({BufferFault::main_overflow, pid, arrival_ticks, 0});
    stream->overflowing = over;

    const bool late = decoding_ticks < arrival_ticks;
    if (late && !stream->underflowing) findings.push_back({BufferFault::main_underflow, pid, arrival_ticks, 0});
    stream->underflowing = late;

    if (stream->count == Stream::most_units) {
        ++stream->oldest;
        --stream->count;
    }
    stream->oldest %= Stream::most_units;
    unit_at(stream->oldest + stream->count) = {decoding_ticks, payload_bytes_before};
    ++stream->count;
}

std::optional<std::uint64_t> MainBuffers::occupancy_bytes(ts::Pid pid) const noexcept {
    const Stream* const stream = find(pid);
    if (stream == nullptr) return std::nullopt;
    return stream->content;
}

bool MainBuffers::faulty(ts::Pid pid) const noexcept {
    const Stream* const stream = find(pid);
    return stream != nullptr && (stream->overflowing || stream->underflowing);
}

}  // namespace muxtap::analyzer
