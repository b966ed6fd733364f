#include "client/record/recording_file.h"

#include <filesystem>

#include "client/record/sidecar.h"
#include "common/ts/packet_view.h"

namespace muxtap::record {
namespace {

/// 8 MB: without it the kernel gathers up to a tenth of the memory, and closing a file stops the recording for as long
/// as the disk takes for that.
constexpr std::uint64_t packets_to_begin_with = 44'620;

}  // namespace

RecordingFile::RecordingFile(const FileSettings& settings, MemoryBudget& budget, FileAccount account)
    : settings_(settings), writer_(budget), account_(std::move(account)) {}

void RecordingFile::attach(const std::string& path, std::unique_ptr<Output> output, std::vector<std::string> earlier) {
    path_ = path;
    earlier_ = std::move(earlier);
    writer_.attach(std::move(output));
    account_.file = std::filesystem::path(path).filename().string();
    account_.offset_bytes = writer_.start_bytes();
    write_sidecar();
}

bool RecordingFile::add(PacketSlice slice, SteadyTime now, bool anyway) {
    const std::uint64_t packets = slice.packets.size() / ts::packet_size;
    if (!writer_.add(std::move(slice), now, anyway)) return false;
    taken_ += packets;
    return true;
}

void RecordingFile::drop(std::uint64_t packets, UnixTime time, std::uint64_t seq) {
    account_.add(Gap{.cause = GapCause::disk, .at_packet = taken_, .time = time, .seq = seq, .lost = packets});
}

bool RecordingFile::due(SteadyTime now) const noexcept {
    const auto at = next_due();
    return writer_.worth_writing() || (at && now >= *at);
}

std::optional<SteadyTime> RecordingFile::next_due() const noexcept {
    const auto oldest = writer_.oldest();
    if (!oldest) return std::nullopt;
    return *oldest + settings_.flush;
}

int RecordingFile::write() {
    const std::uint64_t before = writer_.written_packets();
    const int error = writer_.write_waiting();
    account_.packets = writer_.written_packets();
    if (account_.packets != before) sidecar_current_ = false;
    if (settings_.sync != SyncPolicy::never && account_.packets - begun_packets_ >= packets_to_begin_with) {
        begun_packets_ = account_.packets;
        writer_.begin_sync();
    }
    return error;
}

void RecordingFile::flush() {
    if (settings_.sync == SyncPolicy::flush) sync_error_ = writer_.sync();
}

void RecordingFile::refresh_sidecar(SteadyTime now) {
    if (sidecar_current_ || now - sidecar_time_ < std::chrono::seconds{1}) return;
    sidecar_time_ = now;
    write_sidecar();
}

std::uint64_t RecordingFile::close(EndReason reason) {
    const std::uint64_t lost = writer_.drop_waiting();
    if (lost > 0) {
        taken_ -= lost;
        drop(lost, account_.ended, account_.last_seq);
    }
    account_.packets = writer_.written_packets();
    account_.end_reason = reason;
    if (settings_.sync != SyncPolicy::never) sync_error_ = writer_.sync();
    write_sidecar();
    return lost;
}

std::uint64_t RecordingFile::file_bytes() const noexcept {
    return writer_.start_bytes() + writer_.written_packets() * ts::packet_size;
}

void RecordingFile::write_sidecar() {
    if (!settings_.sidecar || !writer_.is_regular() || writer_.is_removed()) return;
    // On a full disk the one before stays, and is replaced as soon as there is room.
    sidecar_error_ = write_atomically(sidecar_path(path_), to_json(account_, earlier_));
    sidecar_current_ = sidecar_error_ == 0;
}

}  // namespace muxtap::record
