#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/app/log.h"
#include "common/base/file_descriptor.h"

namespace muxtap::metrics {

/// Follows a log file from its present end, line by line, over rotation (a new file under the name, or the same one
/// made shorter). A file that is not there yet is waited for and then read from its start. Used by one thread.
class LogFollower {
public:
    /// Longest line handed over in bytes; what is longer is cut.
    static constexpr std::size_t longest_line = 8192;
    /// A file that grows faster than its lines can be told must not hold up the rest.
    static constexpr std::size_t most_lines_at_once = 200;

    using LineHandler = std::function<void(std::string_view line)>;

    LogFollower(std::string path, app::Log& log);

    /// Hands over what was written since the last call.
    void poll(const LineHandler& on_line);

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    [[nodiscard]] bool open(bool at_end);
    [[nodiscard]] bool was_replaced() const;
    [[nodiscard]] std::size_t take_lines(std::string_view bytes, bool last, const LineHandler& on_line,
                                         std::size_t& left);
    void read_on(bool last, const LineHandler& on_line, std::size_t& left);

    std::string path_;
    app::Log& log_;
    FileDescriptor file_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
    off_t position_ = 0;     ///< behind the last byte handed over
    bool skipping_ = false;  ///< the rest of a line that was cut
    bool missing_told_ = false;
    std::vector<char> buffer_;
};

}  // namespace muxtap::metrics
