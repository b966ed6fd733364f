#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <set>
#include <string>

#include "client/frames/outputs/files/file_output.h"
#include "common/base/file_descriptor.h"
#include "tests/support/temp_folder.h"

/// What the tests of picture files share.
namespace muxtap::frames {

/// 2025-11-20T01:53:20.5Z.
inline constexpr UnixTime moment = from_unix_ns(1'763'603'600'500'000'000);

inline app::Log quiet_log() {
    return app::Log({.program = "test", .silent = true});
}

/// What is printed on stderr during its life.
class PrintedLines {
public:
    PrintedLines() : saved_(::dup(STDERR_FILENO)) {
        const FileDescriptor file(
            ::open((folder_ / "stderr").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0600));
        ::dup2(file.get(), STDERR_FILENO);
    }
    ~PrintedLines() { ::dup2(saved_.get(), STDERR_FILENO); }
    PrintedLines(const PrintedLines&) = delete;
    PrintedLines& operator=(const PrintedLines&) = delete;

    [[nodiscard]] std::string text() const {
        const auto bytes = test::read_bytes(folder_ / "stderr");
        return {bytes.begin(), bytes.end()};
    }
    [[nodiscard]] std::size_t count(std::string_view part) const {
        const std::string all = text();
        std::size_t found = 0;
        for (std::size_t at = all.find(part); at != std::string::npos; at = all.find(part, at + 1)) ++found;
        return found;
    }

private:
    test::TempFolder folder_;
    FileDescriptor saved_;
};

/// Files of this process hold at most so many bytes, while it lives: a full disk.
class FileSizeLimit {
public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

private:
    void (*handler_)(int);
    rlimit before_{};
};

/// The options of files, by name.
struct FileChoice {
    std::string latest{};
    std::string filmstrip{};
    std::string images{};
    std::uint64_t max_bytes = 0;
    std::uint64_t min_free = 0;

    [[nodiscard]] OutputChoice options() const {
        OutputChoice choice;
        choice.latest = latest;
        choice.filmstrip = filmstrip;
        choice.images = images;
        choice.images_max_bytes = max_bytes;
        choice.images_min_free = min_free;
        return choice;
    }
};

struct PictureSpec {
    std::string stream = "news";
    std::string probe = "cap-a";
    std::uint16_t program = 101;
    UnixTime captured = moment;
    std::string image = "picture";
    std::string filmstrip{};
    std::string_view media_type = "image/jpeg";
};

inline ItemPtr picture(const PictureSpec& spec) {
    const auto bytes = [](const std::string& text) { return std::make_shared<const Image>(text.begin(), text.end()); };
    PictureItem item;
    item.record.identity.stream = spec.stream;
    item.record.identity.probe = spec.probe;
    item.record.program = spec.program;
    item.record.time.captured = spec.captured;
    item.record.image = ImageForm{spec.media_type, 128, 96, spec.image.size()};
    item.image = bytes(spec.image);
    if (!spec.filmstrip.empty()) {
        item.record.filmstrip = ImageForm{spec.media_type, 1024, 96, spec.filmstrip.size()};
        item.filmstrip = bytes(spec.filmstrip);
    }
    return std::make_shared<const Item>(std::move(item));
}

inline void write(FileOutput& output, const PictureSpec& spec) {
    const ItemPtr item = picture(spec);
    output.write({&item, 1});
}

inline std::string text_of(const std::string& path) {
    const auto bytes = test::read_bytes(path);
    return {bytes.begin(), bytes.end()};
}

/// All files below a folder, by their path from there.
inline std::set<std::string> files_in(const std::string& folder) {
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_directory()) files.insert(std::filesystem::relative(entry.path(), folder).string());
    }
    return files;
}

}  // namespace muxtap::frames
