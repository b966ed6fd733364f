#include "analyzer/buffers/buffer_model.h"

#include <algorithm>

namespace muxtap::analyzer {

namespace {

constexpr std::int64_t fractions = 256;  ///< of a tick
constexpr std::int64_t ticks_per_second = 27'000'000;
constexpr std::int64_t second = ticks_per_second * fractions;
constexpr std::int64_t byte = second * 8;
constexpr std::int64_t fullest = 65'536 * byte;
constexpr std::uint64_t highest_rate = 10'000'000'000;
constexpr std::uint32_t largest_size = 32'768;
/// The bytes of a packet but the first one.
constexpr std::int64_t behind_first_byte = static_cast<std::int64_t>(ts::packet_size - 1) * byte;
/// Times go from 0 to this, 21 years, and a run lasts no longer than 1e17 fractions: nothing overflows.
constexpr std::int64_t latest_start = std::int64_t{1} << 54;
constexpr double longest_run = 1e17;

}  // namespace

BufferModel::BufferModel() {
    std::fill_n(slots_.begin(), 3, every_system);
}

void BufferModel::set_stream(ts::Pid pid, const TransportBuffer& buffer) {
    set(pid, buffer, false);
}

void BufferModel::set_program_map(ts::Pid pid) {
    set(pid, system_transport_buffer, true);
}

void BufferModel::set(ts::Pid pid, const TransportBuffer& buffer, bool is_system) {
    if (pid >= ts::null_pid || slots_[pid] == every_system || buffer.bits_per_second == 0) return;
    if (slots_[pid] != no_buffer && buffers_[slots_[pid] - first_buffer].is_system != is_system) remove(pid);
    if (slots_[pid] == no_buffer) {
        std::uint16_t place = static_cast<std::uint16_t>(buffers_.size());
        if (free_.empty()) {
            buffers_.emplace_back();
        } else {
            place = free_.back();
            free_.pop_back();
            buffers_[place] = {};
        }
        slots_[pid] = static_cast<std::uint16_t>(place + first_buffer);
        buffers_[place].pid = pid;
        buffers_[place].is_system = is_system;
        if (is_system) systems_.push_back(place);
    }
    Buffer& kept = buffers_[slots_[pid] - first_buffer];
    kept.rate = static_cast<std::int64_t>(std::min(buffer.bits_per_second, highest_rate));
    kept.size = static_cast<std::int64_t>(std::min(buffer.bytes, largest_size)) * byte;
    kept.drained_after = fullest / kept.rate + 1;
}

void BufferModel::remove(ts::Pid pid) noexcept {
    if (pid >= ts::pid_count || slots_[pid] < first_buffer) return;
    const auto place = static_cast<std::uint16_t>(slots_[pid] - first_buffer);
    systems_.erase(std::remove(systems_.begin(), systems_.end(), place), systems_.end());
    slots_[pid] = no_buffer;
    free_.push_back(place);
}

void BufferModel::restart() noexcept {
    for (Buffer& buffer : buffers_) {
        buffer.content = 0;
        buffer.overflowing = false;
    }
}

void BufferModel::run(std::span<const ts::Pid> pids, std::int64_t start_ticks, double ticks_per_packet,
                      std::vector<BufferFinding>& findings) {
    if (buffers_.size() == free_.size() || pids.empty()) return;
    Pace pace;
    pace.start = std::clamp<std::int64_t>(start_ticks, 0, latest_start) * fractions;
    // Written so that a NaN becomes 0.
    pace.packet = ticks_per_packet > 0
                      ? std::min(ticks_per_packet * fractions, longest_run / static_cast<double>(pids.size()))
                      : 0.0;
    constexpr double part_behind_first_byte = 1.0 - 1.0 / static_cast<double>(ts::packet_size);
    pace.behind_first_byte = static_cast<std::int64_t>(pace.packet * part_behind_first_byte);
    for (std::size_t packet = 0; packet < pids.size(); ++packet) {
        const std::uint16_t slot = slots_[pids[packet] & 0x1FFFU];
        if (slot == no_buffer) continue;
        if (slot >= first_buffer) {
            feed(buffers_[slot - first_buffer], pace, packet, findings);
            continue;
        }
        for (const std::uint16_t place : systems_) feed(buffers_[place], pace, packet, findings);
    }
}

void BufferModel::feed(Buffer& buffer, const Pace& pace, std::size_t packet, std::vector<BufferFinding>& findings) {
    const std::int64_t first = pace.start + static_cast<std::int64_t>(static_cast<double>(packet) * pace.packet);
    const std::int64_t rate = buffer.rate;
    // What has left since the newest byte.
    const std::int64_t waited = std::max<std::int64_t>(std::min(first - buffer.time, buffer.drained_after), 0);
    const std::int64_t left_over = buffer.content - waited * rate;
    const bool drained = left_over <= 0;
    // The first byte comes at once; while the others come, some leave. When they leave faster than they come, the
    // buffer is empty before each of them once it has worked off what was there.
    const std::int64_t at_first_byte = (drained ? 0 : left_over) + byte;
    const std::int64_t last = first + pace.behind_first_byte;
    const std::int64_t leaves = std::min(pace.behind_first_byte, buffer.drained_after) * rate;
    const std::int64_t remains = at_first_byte + behind_first_byte - leaves;
    const bool drained_again = leaves >= behind_first_byte && remains <= byte;
    const std::int64_t at_last_byte = drained_again ? byte : remains;
    const std::int64_t empty_time = drained_again ? last : drained ? first : buffer.empty_time;
    buffer.time = last;
    buffer.content = std::min(at_last_byte, fullest);
    buffer.empty_time = empty_time;
    const bool over = std::max(at_first_byte, at_last_byte) > buffer.size;
    if (over != buffer.overflowing || last - empty_time > second) report(buffer, over, first, packet, findings);
}

void BufferModel::report(Buffer& buffer, bool over, std::int64_t first, std::size_t packet,
                         std::vector<BufferFinding>& findings) {
    if (over && !buffer.overflowing)
        findings.push_back({BufferFault::transport_overflow, buffer.pid, first / fractions, packet});
    buffer.overflowing = over;
    if (buffer.time - buffer.empty_time > second) {
        findings.push_back({BufferFault::transport_not_emptied, buffer.pid, buffer.time / fractions, packet});
        buffer.empty_time = buffer.time;
    }
}

std::optional<double> BufferModel::occupancy_bytes(ts::Pid pid) const noexcept {
    if (!measures(pid)) return std::nullopt;
    return static_cast<double>(buffers_[slots_[pid & 0x1FFFU] - first_buffer].content) / static_cast<double>(byte);
}

bool BufferModel::overflowing(ts::Pid pid) const noexcept {
    return measures(pid) && buffers_[slots_[pid & 0x1FFFU] - first_buffer].overflowing;
}

}  // namespace muxtap::analyzer
