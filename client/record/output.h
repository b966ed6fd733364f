#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "common/base/result.h"

namespace muxtap::record {

/// Where packets are written: a file or standard output. Used by one thread; never waits for a reader.
class Output {
public:
    virtual ~Output() = default;
    struct Written {
        std::size_t bytes = 0;
        int error = 0;  ///< errno of what stopped it; EAGAIN: the reader is slow, try again
    };
    /// Writes as much as goes.
    [[nodiscard]] virtual Written write(std::span<const iovec> parts) = 0;
    /// Cuts the file to so many bytes. False when that is not possible here.
    [[nodiscard]] virtual bool truncate(std::uint64_t size) = 0;
    /// Puts the file on the disk; errno, or 0.
    [[nodiscard]] virtual int sync() = 0;
    /// Lets the disk begin with what was written since the last call, so that `sync` has little left to wait for.
    virtual void begin_sync() {}
    /// Bytes that were in it when it was opened.
    [[nodiscard]] virtual std::uint64_t start_bytes() const = 0;
    /// Bytes of an incomplete packet that were cut off its end when it was opened.
    [[nodiscard]] virtual std::uint64_t torn_bytes() const { return 0; }
    /// Whether somebody has deleted the file meanwhile.
    [[nodiscard]] virtual bool is_removed() const { return false; }
    /// Whether it is a file on a disk: one that has a sidecar and can be deleted.
    [[nodiscard]] virtual bool is_regular() const = 0;
};

enum class OpenMode : std::uint8_t {
    create,     ///< must not be there yet
    append,     ///< goes on behind its last whole packet
    overwrite,  ///< what is there is lost
};

struct OpenError {
    int number = 0;  ///< errno
    std::string message;
};

/// Opens outputs. Tests put one in its place whose outputs fail.
class OutputOpener {
public:
    virtual ~OutputOpener() = default;
    /// Opens a file and the folders above it.
    [[nodiscard]] virtual Result<std::unique_ptr<Output>, OpenError> open(const std::string& path, OpenMode mode) = 0;
};

/// Files of the file system. A file that another process writes with this program is refused.
class FileOpener : public OutputOpener {
public:
    [[nodiscard]] Result<std::unique_ptr<Output>, OpenError> open(const std::string& path, OpenMode mode) override;
};

/// Standard output, whatever it is connected to.
[[nodiscard]] std::unique_ptr<Output> open_stdout();

/// Whether files can be written in this folder, which is made if need be. The error is one line naming it and why not.
[[nodiscard]] Result<void> check_folder_writable(const std::string& folder);

/// Whether this existing file, if it exists, can be written. The error is one line naming it and why not.
[[nodiscard]] Result<void> check_file_writable(const std::string& path);

}  // namespace muxtap::record
