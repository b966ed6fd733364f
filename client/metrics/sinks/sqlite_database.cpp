#include "client/metrics/sinks/sqlite_database.h"

#include <sqlite3.h>

#include <system_error>

#include "common/base/utf8.h"

namespace muxtap::metrics {
namespace {

SqliteError::Kind kind_of(int code) noexcept {
    switch (code & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return SqliteError::Kind::locked;
        case SQLITE_ERROR:
        case SQLITE_TOOBIG:
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_RANGE:
        case SQLITE_MISUSE: return SqliteError::Kind::refused;
        default: return SqliteError::Kind::storage;
    }
}

tl::unexpected<SqliteError> error_of(sqlite3* database, int code) {
    std::string message = database != nullptr ? sqlite3_errmsg(database) : sqlite3_errstr(code);
    const bool of_system = (code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_CANTOPEN;
    if (const int number = database != nullptr && of_system ? sqlite3_system_errno(database) : 0; number != 0)
        message += ": " + std::generic_category().message(number);
    return tl::unexpected<SqliteError>(SqliteError{kind_of(code), std::move(message)});
}

}  // namespace

void SqliteStatement::Close::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

void SqliteStatement::bind(int parameter, double value) {
    if (const int code = sqlite3_bind_double(statement_.get(), parameter, value); code != SQLITE_OK)
        bind_result_ = code;
}

void SqliteStatement::bind_integer(int parameter, std::int64_t value) {
    if (const int code = sqlite3_bind_int64(statement_.get(), parameter, value); code != SQLITE_OK) bind_result_ = code;
}

void SqliteStatement::bind_text(int parameter, std::string_view value) {
    if (!is_utf8(value)) {  // As text it would trouble readers: a line of a log file may be anything.
        const std::string clean = cleaned_utf8(value);
        const int code =
            sqlite3_bind_text64(statement_.get(), parameter, clean.data(), clean.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
        if (code != SQLITE_OK) bind_result_ = code;
        return;
    }
    // Borrowed until `run_bound` has cleared the parameters. An empty view may hold no pointer, which would be NULL.
    const int code = sqlite3_bind_text64(statement_.get(), parameter, value.empty() ? "" : value.data(), value.size(),
                                         SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) bind_result_ = code;
}

SqliteResult<std::optional<std::int64_t>> SqliteStatement::run_bound() {
    std::optional<std::int64_t> first;
    int code = std::exchange(bind_result_, SQLITE_OK);
    if (code == SQLITE_OK) {
        bool any = false;
        while ((code = sqlite3_step(statement_.get())) == SQLITE_ROW) {
            if (!std::exchange(any, true) && sqlite3_column_type(statement_.get(), 0) != SQLITE_NULL)
                first = sqlite3_column_int64(statement_.get(), 0);
        }
    }
    SqliteResult<std::optional<std::int64_t>> result = first;
    if (code != SQLITE_DONE) result = error_of(sqlite3_db_handle(statement_.get()), code);
    sqlite3_reset(statement_.get());
    sqlite3_clear_bindings(statement_.get());
    return result;
}

void SqliteDatabase::Close::operator()(sqlite3* database) const noexcept {
    sqlite3_close_v2(database);
}

SqliteResult<SqliteDatabase> SqliteDatabase::open(const std::string& path, Mode mode) {
    sqlite3* opened = nullptr;
    const int access = mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    // Names such as ":memory:" and "file:x" have a meaning of their own to SQLite.
    const std::string name = path.starts_with('/') ? path : "./" + path;
    const int code = sqlite3_open_v2(name.c_str(), &opened, access | SQLITE_OPEN_NOMUTEX, nullptr);
    SqliteDatabase database(opened);
    if (code != SQLITE_OK) return error_of(opened, code);
    sqlite3_extended_result_codes(opened, 1);
    if (const auto result = database.execute("PRAGMA foreign_keys = ON"); !result)
        return tl::unexpected<SqliteError>(result.error());
    return database;
}

SqliteResult<void> SqliteDatabase::execute(const char* sql) {
    if (const int code = sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
        return error_of(database_.get(), code);
    return {};
}

SqliteResult<std::optional<std::int64_t>> SqliteDatabase::value(const char* sql) {
    return prepare(sql).and_then([](SqliteStatement statement) { return statement.run(); });
}

SqliteResult<SqliteStatement> SqliteDatabase::prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return error_of(database_.get(), code);
    return SqliteStatement(statement);
}

void SqliteDatabase::set_busy_timeout(std::chrono::milliseconds timeout) {
    sqlite3_busy_timeout(database_.get(), static_cast<int>(timeout.count()));
}

std::int64_t SqliteDatabase::changes() const {
    return sqlite3_changes64(database_.get());
}

bool SqliteDatabase::in_transaction() const {
    return sqlite3_get_autocommit(database_.get()) == 0;
}

bool SqliteDatabase::moved() const {
    int has_moved = 0;
    const int code = sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
    return code == SQLITE_OK && has_moved != 0;
}

bool SqliteDatabase::read_only() const {
    return sqlite3_db_readonly(database_.get(), "main") == 1;
}

}  // namespace muxtap::metrics
