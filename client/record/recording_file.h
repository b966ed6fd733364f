#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "client/record/file_account.h"
#include "client/record/file_writer.h"
#include "client/record/record_config.h"

namespace muxtap::record {

/// One file while it is written: its packets, its account and its sidecar. Used by one thread.
class RecordingFile {
public:
    RecordingFile(const FileSettings& settings, MemoryBudget& budget, FileAccount account);

    /// The file will be opened under this name, or its numbered one.
    void aim(std::string path) { path_ = std::move(path); }
    /// The file is open; `earlier` are the sidecars of what it already holds.
    void attach(const std::string& path, std::unique_ptr<Output> output, std::vector<std::string> earlier);
    [[nodiscard]] bool attached() const noexcept { return writer_.attached(); }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    /// Takes packets; false when memory does not allow it. Does not write yet.
    [[nodiscard]] bool add(PacketSlice slice, SteadyTime now, bool anyway = false);
    /// Counts packets that were given up here.
    void drop(std::uint64_t packets, UnixTime time, std::uint64_t seq);
    [[nodiscard]] FileAccount& account() noexcept { return account_; }
    /// Packets taken so far, written or not.
    [[nodiscard]] std::uint64_t taken_packets() const noexcept { return taken_; }

    /// Whether a write is due: enough waits, or it has waited long enough.
    [[nodiscard]] bool due(SteadyTime now) const noexcept;
    [[nodiscard]] std::optional<SteadyTime> next_due() const noexcept;
    /// Writes what waits. 0, or the errno of what stopped it.
    [[nodiscard]] int write();
    /// Puts what was written on the disk, if the policy says so.
    void flush();
    /// Brings the sidecar up to date, at most once a second.
    void refresh_sidecar(SteadyTime now);
    /// Whether somebody has deleted the file while it was written.
    [[nodiscard]] bool is_removed() const { return writer_.is_removed(); }

    /// Puts the file on the disk and finishes the sidecar. What still waits is given up: how many packets that was.
    std::uint64_t close(EndReason reason);

    /// The errno of the last attempt to put the file on the disk and to write its sidecar, 0 when they went well.
    [[nodiscard]] int sync_error() const noexcept { return sync_error_; }
    [[nodiscard]] int sidecar_error() const noexcept { return sidecar_error_; }

    [[nodiscard]] std::uint64_t file_bytes() const noexcept;
    [[nodiscard]] bool is_regular() const noexcept { return writer_.is_regular(); }

private:
    void write_sidecar();

    const FileSettings& settings_;
    FileWriter writer_;
    FileAccount account_;
    std::string path_;
    std::vector<std::string> earlier_;
    std::uint64_t taken_ = 0;
    SteadyTime sidecar_time_{};
    bool sidecar_current_ = false;
    int sidecar_error_ = 0;
    int sync_error_ = 0;
    std::uint64_t begun_packets_ = 0;  ///< that the disk was told to begin with
};

}  // namespace muxtap::record
