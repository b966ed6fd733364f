#include "client/record/file_writer.h"

#include <array>
#include <utility>

#include "common/ts/packet_view.h"

namespace muxtap::record {
namespace {

constexpr std::uint64_t large_write = std::uint64_t{1} << 20;
constexpr std::size_t most_parts = 256;
/// What a waiting message costs beside its packets: topic, header and bookkeeping.
constexpr std::uint64_t overhead = 4096;

}  // namespace

FileWriter::~FileWriter() {
    drop_waiting();
}

void FileWriter::attach(std::unique_ptr<Output> output) {
    output_ = std::move(output);
}

std::uint64_t FileWriter::cost_of(const PacketSlice& slice) noexcept {
    return slice.packets.size() + overhead;
}

bool FileWriter::add(PacketSlice slice, SteadyTime now, bool anyway) {
    if (slice.packets.empty()) return true;
    if (anyway) {
        budget_.take_anyway(cost_of(slice));
    } else if (!budget_.take(cost_of(slice))) {
        return false;
    }
    waiting_bytes_ += slice.packets.size();
    waiting_.push_back({std::move(slice), now});
    return true;
}

bool FileWriter::worth_writing() const noexcept {
    return waiting_bytes_ >= large_write || waiting_.size() >= most_parts;
}

int FileWriter::write_waiting() {
    if (!output_) return EAGAIN;
    std::array<iovec, most_parts> parts;
    while (!waiting_.empty()) {
        std::size_t count = 0;
        std::size_t skip = front_done_;
        for (auto next = waiting_.begin(); next != waiting_.end() && count < most_parts; ++next) {
            const ByteView bytes = next->slice.packets.subspan(std::exchange(skip, 0));
            // writev's interface takes a mutable pointer; nothing writes through it.
            parts[count++] = {const_cast<std::uint8_t*>(bytes.data()), bytes.size()};
        }
        const Output::Written written = output_->write({parts.data(), count});
        consume(written.bytes);
        if (written.error != 0) {
            return_to_boundary();
            return written.error;
        }
    }
    return 0;
}

void FileWriter::consume(std::size_t bytes) {
    written_bytes_ += bytes;
    waiting_bytes_ -= bytes;
    front_done_ += bytes;
    while (!waiting_.empty() && front_done_ >= waiting_.front().slice.packets.size()) {
        front_done_ -= waiting_.front().slice.packets.size();
        budget_.give_back(cost_of(waiting_.front().slice));
        waiting_.pop_front();
    }
}

void FileWriter::return_to_boundary() {
    // Slices are whole packets: a packet in pieces is always one of the first slice's.
    const std::uint64_t torn = written_bytes_ % ts::packet_size;
    if (torn == 0 || !output_->truncate(output_->start_bytes() + written_bytes_ - torn)) return;
    written_bytes_ -= torn;
    waiting_bytes_ += torn;
    front_done_ -= torn;
}

std::uint64_t FileWriter::drop_waiting() {
    const std::uint64_t packets = waiting_packets();
    for (const Waiting& waiting : waiting_) budget_.give_back(cost_of(waiting.slice));
    waiting_.clear();
    waiting_bytes_ = 0;
    front_done_ = 0;
    return packets;
}

int FileWriter::sync() {
    return output_ ? output_->sync() : 0;
}

void FileWriter::begin_sync() {
    if (output_) output_->begin_sync();
}

std::optional<SteadyTime> FileWriter::oldest() const noexcept {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.front().since;
}

std::uint64_t FileWriter::waiting_packets() const noexcept {
    return (waiting_bytes_ + ts::packet_size - 1) / ts::packet_size;
}

std::uint64_t FileWriter::written_packets() const noexcept {
    return written_bytes_ / ts::packet_size;
}

}  // namespace muxtap::record
