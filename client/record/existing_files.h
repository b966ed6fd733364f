#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "client/record/output.h"
#include "client/record/record_config.h"

namespace muxtap::record {

/// capture.ts, capture-1.ts, capture-2.ts for 0, 1, 2.
[[nodiscard]] std::string numbered(const std::string& path, unsigned number);

/// The highest of the numbered names that exists in the file system.
[[nodiscard]] std::optional<unsigned> highest_existing(const std::string& path);

/// A file to open, and how.
struct OpenPlan {
    std::string path;
    OpenMode mode = OpenMode::create;
};

/// Chooses the file behind a wanted name, so that nothing this run has written is touched again and what an earlier
/// run has written is treated as told. Used by one thread.
class FileChooser {
public:
    /// Whether an existing file may be appended to: not when it holds another stream.
    using MayAppend = std::function<bool(const std::string& path)>;

    explicit FileChooser(ExistingPolicy policy) noexcept : policy_(policy) {}

    /// The error names the file that exists. Nothing is remembered: call `opened` when the file is open.
    [[nodiscard]] Result<OpenPlan> choose(const std::string& wanted, const MayAppend& may_append) const;

    /// This run writes `path`, which was chosen for `wanted`.
    void opened(const std::string& wanted, const std::string& path);

private:
    [[nodiscard]] std::string unused(const std::string& wanted, unsigned number) const;

    ExistingPolicy policy_;
    std::map<std::string, unsigned> next_number_;  ///< by wanted name
    std::set<std::string> written_;
};

}  // namespace muxtap::record
