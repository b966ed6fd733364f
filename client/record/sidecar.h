#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "client/record/file_account.h"
#include "common/base/result.h"

namespace muxtap::record {

/// The sidecar of a file: capture.ts.json of capture.ts.
[[nodiscard]] std::string sidecar_path(const std::string& file);

/// 2025-11-20T05:33:00.123456789Z.
[[nodiscard]] std::string iso_time(UnixTime time);

/// The account as JSON (docs/recording.md). `earlier` are sidecars, as JSON, of recordings that the same file holds
/// before this one, oldest first.
[[nodiscard]] std::string to_json(const FileAccount& account, const std::vector<std::string>& earlier);

/// What a sidecar on the disk says of its file, as far as this program needs it again.
struct SidecarSummary {
    std::string output;
    std::string stream;
    std::string probe;
    UnixTime started{};
    UnixTime ended{};
    /// This recording and those before it, each as JSON, oldest first: at most 100.
    std::vector<std::string> recordings;
};

/// Reads a sidecar; nothing when it is not one of this program's.
[[nodiscard]] std::optional<SidecarSummary> read_sidecar(const std::string& path);

/// Replaces a file's contents at once: whoever reads it sees the old text or the new one. The error is an errno.
[[nodiscard]] int write_atomically(const std::string& path, const std::string& text);

}  // namespace muxtap::record
