#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "client/kafka/database.h"
#include "client/kafka/entry.h"
#include "client/kafka/row_codec.h"

namespace muxtap::kafka {

/// Messages on disk, in order, in an SQLite file of one worker (user_version 1). What `commit` has returned for is
/// there after a SIGKILL and after a power cut. Used by one thread.
class Spool {
public:
    static constexpr std::uint64_t smallest_bytes = std::uint64_t{1} << 20;

    /// Opens or creates the file. A damaged one is set aside as FILE.damaged-TIME with its log; `notes` then says so.
    /// `most_bytes`: what file and log together may take on disk, at least `smallest_bytes`.
    [[nodiscard]] static Result<std::unique_ptr<Spool>> open(const std::string& path, std::uint64_t most_bytes,
                                                             std::vector<std::string>& notes);
    ~Spool();
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    /// In one transaction: forgets the rows of `done` and stores the oldest of `fresh`, as many as there is room for
    /// and a transaction bears. Returns how many of `fresh` were stored; fewer than all are no error. On an error
    /// nothing has changed.
    [[nodiscard]] DatabaseResult<std::size_t> commit(std::span<const std::uint64_t> done,
                                                     const std::deque<Entry>& fresh);
    /// Whether the last `commit` left messages out because of the bound.
    [[nodiscard]] bool full() const noexcept { return full_; }

    struct Rows {
        std::vector<Entry> entries;
        std::vector<std::uint64_t> damaged;  ///< their content is not what was written
    };
    /// The next rows of a topic after a row, oldest first; stops after `most_bytes` of payload.
    [[nodiscard]] DatabaseResult<Rows> read(const std::string& topic, std::uint64_t after, std::size_t most_rows,
                                            std::size_t most_bytes);

    struct Topic {
        std::uint64_t messages = 0;
        std::uint64_t last_id = 0;
    };
    /// What was found at the opening.
    [[nodiscard]] const std::map<std::string, Topic>& found() const noexcept { return found_; }
    /// Greater than each identity ever used in this file.
    [[nodiscard]] std::uint64_t next_id() const noexcept { return next_id_; }

    /// What it takes on disk now, log included.
    [[nodiscard]] std::uint64_t bytes() const noexcept;

    /// Gives pages nobody uses back to the disk, a few at a time. Cheap when there are none.
    void shrink();

    /// Closes the file and sets it aside; what `notes` gets says where. Nothing else may be called afterwards.
    [[nodiscard]] Result<void> set_aside(const std::string& reason, std::vector<std::string>& notes);

private:
    Spool(std::string path, std::uint64_t most_bytes, Database database);
    [[nodiscard]] static DatabaseResult<std::unique_ptr<Spool>> try_open(const std::string& path,
                                                                         std::uint64_t most_bytes);
    [[nodiscard]] DatabaseResult<void> begin_use(bool fresh);
    [[nodiscard]] DatabaseResult<void> prepare();
    [[nodiscard]] DatabaseResult<void> look_around();
    [[nodiscard]] DatabaseResult<void> note_log_end(std::uint64_t frames_in_file);
    [[nodiscard]] DatabaseResult<std::size_t> change(std::span<const std::uint64_t> done,
                                                     const std::deque<Entry>& fresh);
    [[nodiscard]] DatabaseResult<std::size_t> store(const std::deque<Entry>& fresh);
    [[nodiscard]] DatabaseResult<std::int64_t> query_number(const Database::Statement& statement);

    std::string path_;
    std::uint64_t most_bytes_;
    std::uint64_t log_bytes_;  ///< share of `most_bytes_` for the log
    std::int64_t most_pages_;
    Database database_;
    Database::Statement insert_, erase_, read_, pages_, free_pages_;
    RowCodec codec_;
    std::map<std::string, Topic> found_;
    std::uint64_t next_id_ = 1;
    std::int64_t pages_now_ = 0;
    bool full_ = false;
    std::string note_;
};

}  // namespace muxtap::kafka
