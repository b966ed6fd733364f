#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace muxtap::metrics {

/// Why SQLite did not do something.
struct SqliteError {
    /// What may help.
    enum class Kind : std::uint8_t {
        locked,   ///< another program holds the database: later
        storage,  ///< disk, permissions, a damaged file: later, when somebody has seen to it
        refused,  ///< this statement with these values never works
    };
    Kind kind = Kind::storage;
    std::string message;  ///< SQLite's and the operating system's words
};

template <typename T>
using SqliteResult = Result<T, SqliteError>;

/// A number of which 0 means "not known": NULL in the database.
struct NullIfZero {
    std::int64_t value = 0;
};

/// A prepared statement. Not longer than its database.
class SqliteStatement {
public:
    explicit SqliteStatement(sqlite3_stmt* statement) noexcept : statement_(statement) {}

    /// Runs it to its end with these values for its parameters, in their order: integers, bool, double, text, and
    /// optionals of them for NULL. The first column of the first row, if there was one.
    template <typename... Values>
    [[nodiscard]] SqliteResult<std::optional<std::int64_t>> run(const Values&... values) {
        int parameter = 0;
        (bind(++parameter, values), ...);
        return run_bound();
    }

private:
    struct Close {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    template <typename T>
    void bind(int parameter, const std::optional<T>& value) {
        if (value) bind(parameter, *value);  // What is not bound is NULL.
    }
    template <std::integral T>
    void bind(int parameter, T value) {
        // SQLite has no unsigned 64-bit integers; no counter of ours reaches 2^63.
        bind_integer(parameter, static_cast<std::int64_t>(value));
    }
    void bind(int parameter, NullIfZero number) {
        if (number.value != 0) bind_integer(parameter, number.value);
    }
    void bind(int parameter, double value);
    void bind(int parameter, std::string_view value) { bind_text(parameter, value); }
    void bind_integer(int parameter, std::int64_t value);
    void bind_text(int parameter, std::string_view value);
    [[nodiscard]] SqliteResult<std::optional<std::int64_t>> run_bound();

    std::unique_ptr<sqlite3_stmt, Close> statement_;
    int bind_result_ = 0;
};

/// One connection to a database file. Used by one thread.
class SqliteDatabase {
public:
    enum class Mode : std::uint8_t { read_only, read_write };
    /// Opens the file, in `read_write` creating it. Foreign keys are enforced. What is in it is first looked at by the
    /// first statement.
    [[nodiscard]] static SqliteResult<SqliteDatabase> open(const std::string& path, Mode mode);

    /// Statements without results.
    [[nodiscard]] SqliteResult<void> execute(const char* sql);
    /// First column of the first row of a query.
    [[nodiscard]] SqliteResult<std::optional<std::int64_t>> value(const char* sql);
    [[nodiscard]] SqliteResult<SqliteStatement> prepare(const char* sql);

    /// How long a statement waits for somebody else's lock.
    void set_busy_timeout(std::chrono::milliseconds timeout);
    /// Rows that the last statement put in, changed or deleted.
    [[nodiscard]] std::int64_t changes() const;
    /// A transaction is open.
    [[nodiscard]] bool in_transaction() const;
    /// The file was deleted or renamed since it was opened.
    [[nodiscard]] bool moved() const;
    /// The file system or its permissions let us only read.
    [[nodiscard]] bool read_only() const;

private:
    struct Close {
        void operator()(sqlite3* database) const noexcept;
    };
    explicit SqliteDatabase(sqlite3* database) noexcept : database_(database) {}

    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace muxtap::metrics
