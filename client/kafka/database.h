#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace muxtap::kafka {

/// Why a database call failed, as far as it decides what to do next.
struct DatabaseError {
    enum class Kind : std::uint8_t {
        full,      ///< no room on the disk or under the bound
        in_use,    ///< another process holds it
        unusable,  ///< missing folder, no permission, I/O error
        damaged,   ///< not a database, or a broken one
    };
    Kind kind = Kind::unusable;
    std::string message;
};

template <typename T>
using DatabaseResult = Result<T, DatabaseError>;

class Database;

/// One run of a prepared statement. Bound values are borrowed until it ends; it is reset when this dies.
class Query {
public:
    Query(Database& database, sqlite3_stmt* statement) noexcept : database_(&database), statement_(statement) {}
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    Query& bind(std::int64_t value) noexcept;
    Query& bind(std::string_view value) noexcept;  ///< as a blob

    /// True: a row is there to be read.
    [[nodiscard]] DatabaseResult<bool> step() noexcept;
    [[nodiscard]] std::int64_t number(int column) const noexcept;
    /// Valid until the next step.
    [[nodiscard]] std::string_view bytes(int column) const noexcept;

private:
    Database* database_;
    sqlite3_stmt* statement_;
    int bound_ = 0;
    int bind_result_ = 0;
};

/// An SQLite database that no other process may use at the same time. Used by one thread.
class Database {
public:
    /// Opens or creates the file.
    [[nodiscard]] static DatabaseResult<Database> open(const std::string& path);

    /// Runs statements whose rows do not matter.
    [[nodiscard]] DatabaseResult<void> run(const char* sql);
    /// The first column of the only row.
    [[nodiscard]] DatabaseResult<std::string> text(const char* sql);
    [[nodiscard]] DatabaseResult<std::int64_t> number(const char* sql);

    struct Finalizer {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    using Statement = std::unique_ptr<sqlite3_stmt, Finalizer>;
    [[nodiscard]] DatabaseResult<Statement> prepare(std::string_view sql);

    [[nodiscard]] bool read_only() const noexcept;
    /// Whether a transaction is open; some errors end it by themselves.
    [[nodiscard]] bool in_transaction() const noexcept;

    /// Frames in the write-ahead log that count, after moving what can be moved into the file.
    [[nodiscard]] DatabaseResult<std::int64_t> checkpoint();

    /// Leaves the files as they are when closed, with the write-ahead log beside them.
    void keep_files_as_they_are() noexcept;

    [[nodiscard]] DatabaseError error(int code) const;

private:
    struct Closer {
        void operator()(sqlite3* handle) const noexcept;
    };
    explicit Database(sqlite3* handle) noexcept : handle_(handle) {}
    std::unique_ptr<sqlite3, Closer> handle_;
};

}  // namespace muxtap::kafka
