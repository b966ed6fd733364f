#include "client/kafka/database.h"

#include <sqlite3.h>

#include <cstring>
#include <system_error>

namespace muxtap::kafka {

namespace {

DatabaseError::Kind kind_of(int code) noexcept {
    switch (code & 0xff) {
        case SQLITE_FULL: return DatabaseError::Kind::full;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return DatabaseError::Kind::in_use;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return DatabaseError::Kind::damaged;
        case SQLITE_IOERR:
            return code == SQLITE_IOERR_SHORT_READ ? DatabaseError::Kind::damaged : DatabaseError::Kind::unusable;
        default: return DatabaseError::Kind::unusable;
    }
}

}  // namespace

void Database::Closer::operator()(sqlite3* handle) const noexcept {
    sqlite3_close_v2(handle);
}

void Database::Finalizer::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Query::~Query() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Query& Query::bind(std::int64_t value) noexcept {
    const int result = sqlite3_bind_int64(statement_, ++bound_, value);
    if (result != SQLITE_OK) bind_result_ = result;
    return *this;
}

Query& Query::bind(std::string_view value) noexcept {
    // An empty value with no address would become NULL.
    const char* const address = value.empty() ? "" : value.data();
    const int result = sqlite3_bind_blob64(statement_, ++bound_, address, value.size(), SQLITE_STATIC);
    if (result != SQLITE_OK) bind_result_ = result;
    return *this;
}

DatabaseResult<bool> Query::step() noexcept {
    const int result = bind_result_ != SQLITE_OK ? bind_result_ : sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    if (result == SQLITE_DONE) return false;
    return tl::unexpected(database_->error(result));
}

std::int64_t Query::number(int column) const noexcept {
    return sqlite3_column_int64(statement_, column);
}

std::string_view Query::bytes(int column) const noexcept {
    const void* const address = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (address == nullptr || size <= 0) return {};
    return {static_cast<const char*>(address), static_cast<std::size_t>(size)};
}

DatabaseResult<Database> Database::open(const std::string& path) {
    sqlite3* handle = nullptr;
    const int result = sqlite3_open_v2(path.c_str(), &handle,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(handle);
    if (result != SQLITE_OK) return tl::unexpected(database.error(result));
    sqlite3_extended_result_codes(handle, 1);
    return database;
}

DatabaseResult<void> Database::run(const char* sql) {
    const int result = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) return tl::unexpected(error(result));
    return {};
}

DatabaseResult<std::string> Database::text(const char* sql) {
    auto statement = prepare(sql);
    if (!statement) return tl::unexpected(statement.error());
    Query query(*this, statement->get());
    const auto row = query.step();
    if (!row) return tl::unexpected(row.error());
    return std::string(*row ? query.bytes(0) : std::string_view{});
}

DatabaseResult<std::int64_t> Database::number(const char* sql) {
    auto statement = prepare(sql);
    if (!statement) return tl::unexpected(statement.error());
    Query query(*this, statement->get());
    const auto row = query.step();
    if (!row) return tl::unexpected(row.error());
    return *row ? query.number(0) : 0;
}

DatabaseResult<Database::Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int result = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                          SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (result != SQLITE_OK) return tl::unexpected(error(result));
    return Statement(statement);
}

bool Database::read_only() const noexcept {
    return sqlite3_db_readonly(handle_.get(), "main") != 0;
}

bool Database::in_transaction() const noexcept {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

DatabaseResult<std::int64_t> Database::checkpoint() {
    int frames = 0;
    int moved = 0;
    const int result = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &moved);
    if (result != SQLITE_OK) return tl::unexpected(error(result));
    return frames;
}

void Database::keep_files_as_they_are() noexcept {
    sqlite3_db_config(handle_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

DatabaseError Database::error(int code) const {
    if (handle_ == nullptr) return {.kind = DatabaseError::Kind::unusable, .message = "out of memory"};
    std::string message = sqlite3_errmsg(handle_.get());
    const int system = sqlite3_system_errno(handle_.get());
    const int primary = code & 0xff;
    if (system != 0 && (primary == SQLITE_CANTOPEN || primary == SQLITE_IOERR || primary == SQLITE_FULL))
        message = std::generic_category().message(system);
    return {.kind = kind_of(code), .message = std::move(message)};
}

}  // namespace muxtap::kafka
