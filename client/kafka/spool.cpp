#include "client/kafka/spool.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "client/kafka/spool_files.h"

namespace muxtap::kafka {

namespace {

constexpr std::int64_t page_bytes = 4096;
constexpr std::int64_t application = 0x6d757874;  // "muxt"
constexpr std::int64_t version = 1;
// Pages kept free for the tree above the rows, the map of pages and the index.
constexpr std::int64_t spare_pages = 16;
// Free pages the file keeps for what comes next, and how many it gives back at a time.
constexpr std::int64_t kept_free_pages = 2048;

constexpr const char* schema =
    "CREATE TABLE messages(id INTEGER PRIMARY KEY, topic BLOB NOT NULL, key BLOB NOT NULL, time_ns INTEGER NOT NULL,"
    " headers BLOB NOT NULL, unpacked_bytes INTEGER NOT NULL, fnv1a INTEGER NOT NULL, payload BLOB NOT NULL);"
    "CREATE INDEX messages_topic ON messages(topic);"
    // The last identity given out lives on when the rows are gone.
    "CREATE TABLE last(id INTEGER NOT NULL);INSERT INTO last VALUES(0);";

std::int64_t pages_for(const Entry& entry, std::size_t payload) noexcept {
    const std::size_t bytes = entry.message.size() - entry.message.payload.size() + payload + 128;
    return static_cast<std::int64_t>(bytes) / (page_bytes - 4) + 1;
}

std::string named(const std::string& path) {
    return "spool \"" + path + "\"";
}

tl::unexpected<DatabaseError> damaged(std::string reason) {
    return tl::unexpected(DatabaseError{DatabaseError::Kind::damaged, std::move(reason)});
}

}  // namespace

Spool::Spool(std::string path, std::uint64_t most_bytes, Database database)
    : path_(std::move(path)),
      most_bytes_(most_bytes),
      log_bytes_(std::min<std::uint64_t>(most_bytes / 4, std::uint64_t{8} << 20)),
      most_pages_(static_cast<std::int64_t>((most_bytes - log_bytes_) / page_bytes)),
      database_(std::move(database)) {}

Spool::~Spool() = default;

Result<std::unique_ptr<Spool>> Spool::open(const std::string& path, std::uint64_t most_bytes,
                                           std::vector<std::string>& notes) {
    auto spool = try_open(path, most_bytes);
    if (!spool && spool.error().kind == DatabaseError::Kind::damaged) {
        const auto name = set_files_aside(path);
        if (!name) return tl::unexpected(name.error());
        notes.push_back(named(path) + " is damaged (" + spool.error().message + "): set aside as \"" + *name +
                        "\", what waited in it is not sent; a new one is begun");
        spool = try_open(path, most_bytes);
    }
    if (spool) {
        if (!(*spool)->note_.empty()) notes.push_back((*spool)->note_);
        return std::move(*spool);
    }
    const DatabaseError& error = spool.error();
    if (error.kind == DatabaseError::Kind::in_use)
        return fail(named(path) + " is in use by another worker: give each its own --spool");
    return fail("cannot open " + named(path) + ": " + error.message);
}

DatabaseResult<std::unique_ptr<Spool>> Spool::try_open(const std::string& path, std::uint64_t most_bytes) {
    std::error_code no_file;
    const std::uintmax_t size = std::filesystem::file_size(path, no_file);
    const std::uint64_t frames = frames_in_log(path);
    // An emptied file with a log beside it: SQLite would throw the log away without a word.
    if (!no_file && size == 0 && frames > 0) return damaged("the file is empty, its log is not");
    auto database = Database::open(path);
    if (!database) return tl::unexpected(database.error());
    std::unique_ptr<Spool> spool(new Spool(path, most_bytes, std::move(*database)));
    const auto begun = spool->begin_use(no_file || size == 0);
    const auto ready = begun ? spool->prepare() : begun;
    const auto seen = ready ? spool->look_around() : ready;
    const auto noted = seen ? spool->note_log_end(frames) : seen;
    if (noted) return spool;
    // What is to be set aside must not be written to first.
    spool->database_.keep_files_as_they_are();
    return tl::unexpected(noted.error());
}

DatabaseResult<void> Spool::begin_use(bool fresh) {
    const std::int64_t log_pages = static_cast<std::int64_t>(log_bytes_) / 2 / page_bytes;
    // These two write even where they change nothing.
    std::string settings =
        fresh ? "PRAGMA page_size=" + std::to_string(page_bytes) + ";PRAGMA auto_vacuum=INCREMENTAL;" : "";
    // Pages that were emptied are not written again only to overwrite them; each commit is synced.
    settings +=
        "PRAGMA locking_mode=EXCLUSIVE;PRAGMA secure_delete=OFF;PRAGMA synchronous=FULL;PRAGMA wal_autocheckpoint=" +
        std::to_string(log_pages) + ";PRAGMA journal_size_limit=" + std::to_string(log_bytes_ / 2) + ";";
    if (auto set = database_.run(settings.c_str()); !set) return set;
    const auto mode = database_.text("PRAGMA journal_mode=WAL");
    if (!mode) return tl::unexpected(mode.error());
    if (*mode != "wal")
        return tl::unexpected(DatabaseError{DatabaseError::Kind::unusable, "no write-ahead log is possible there"});
    // Takes the lock that nobody else can share.
    if (auto locked = database_.run("BEGIN IMMEDIATE"); !locked) return locked;
    const auto of = database_.number("PRAGMA application_id");
    const auto is = of ? database_.number("PRAGMA user_version") : of;
    const auto tables = is ? database_.number("SELECT count(*) FROM sqlite_schema") : is;
    if (!tables) return tl::unexpected(tables.error());
    if (*of == 0 && *is == 0 && *tables == 0) {
        const std::string create = std::string(schema) + "PRAGMA application_id=" + std::to_string(application) +
                                   ";PRAGMA user_version=" + std::to_string(version) + ";COMMIT";
        return database_.run(create.c_str());
    }
    if (auto ended = database_.run("COMMIT"); !ended) return ended;
    if (*of != application && !fresh)
        return tl::unexpected(DatabaseError{DatabaseError::Kind::unusable,
                                            "it is an SQLite database but no spool of muxtap: choose another file"});
    if (database_.read_only()) {
        if (::access(path_.c_str(), W_OK) == 0) return damaged("its header says that it must not be written");
        return tl::unexpected(DatabaseError{DatabaseError::Kind::unusable, "no permission to write it"});
    }
    if (*is != version) return damaged("its version is " + std::to_string(*is) + ", not 1");
    const auto sound = database_.text("PRAGMA integrity_check(1)");
    if (!sound) return tl::unexpected(sound.error());
    if (*sound != "ok") return damaged(sound->substr(0, sound->find('\n')));
    return {};
}

DatabaseResult<void> Spool::prepare() {
    struct Wanted {
        Database::Statement* statement;
        const char* sql;
    };
    for (const Wanted& wanted : {
             Wanted{&insert_,
                    "INSERT OR REPLACE INTO messages(id,topic,key,time_ns,headers,unpacked_bytes,fnv1a,payload)"
                    " VALUES(?,?,?,?,?,?,?,?)"},
             Wanted{&erase_, "DELETE FROM messages WHERE id=?"},
             Wanted{&read_,
                    "SELECT id,key,time_ns,headers,unpacked_bytes,fnv1a,payload FROM messages"
                    " WHERE topic=? AND id>? ORDER BY id LIMIT ?"},
             Wanted{&pages_, "PRAGMA page_count"},
             Wanted{&free_pages_, "PRAGMA freelist_count"},
         }) {
        auto statement = database_.prepare(wanted.sql);
        // The file is sound but has other tables.
        if (!statement) return damaged(statement.error().message);
        *wanted.statement = std::move(*statement);
    }
    // The hard bound; `store` stops before it.
    const std::string bound = "PRAGMA max_page_count=" + std::to_string(most_pages_);
    return database_.run(bound.c_str());
}

DatabaseResult<void> Spool::look_around() {
    auto statement = database_.prepare("SELECT topic,count(*),max(id) FROM messages GROUP BY topic");
    if (!statement) return tl::unexpected(statement.error());
    const auto last = database_.number("SELECT id FROM last");
    if (!last) return tl::unexpected(last.error());
    auto newest = static_cast<std::uint64_t>(*last);
    Query query(database_, statement->get());
    for (;;) {
        const auto row = query.step();
        if (!row) return tl::unexpected(row.error());
        if (!*row) break;
        const Topic topic{.messages = static_cast<std::uint64_t>(query.number(1)),
                          .last_id = static_cast<std::uint64_t>(query.number(2))};
        found_.emplace(std::string(query.bytes(0)), topic);
        newest = std::max(newest, topic.last_id);
    }
    next_id_ = newest + 1;
    const auto pages = query_number(pages_);
    if (!pages) return tl::unexpected(pages.error());
    pages_now_ = *pages;
    return {};
}

DatabaseResult<void> Spool::note_log_end(std::uint64_t frames_in_file) {
    if (frames_in_file == 0) return {};
    const auto frames = database_.checkpoint();
    // On a full disk the log stays where it is and is used from there.
    if (!frames) {
        if (frames.error().kind == DatabaseError::Kind::damaged) return tl::unexpected(frames.error());
        return {};
    }
    if (std::cmp_less(*frames, frames_in_file))
        note_ = "the log of " + named(path_) + " ends in " +
                std::to_string(frames_in_file - static_cast<std::uint64_t>(*frames)) +
                " pages that cannot be used: a write was cut off, or the log is damaged and the last messages are lost";
    return {};
}

DatabaseResult<std::size_t> Spool::commit(std::span<const std::uint64_t> done, const std::deque<Entry>& fresh) {
    full_ = false;
    if (done.empty() && fresh.empty()) return 0;
    if (auto begun = database_.run("BEGIN IMMEDIATE"); !begun) return tl::unexpected(begun.error());
    auto changed = change(done, fresh);
    if (changed) {
        if (auto ended = database_.run("COMMIT"); !ended) changed = tl::unexpected(ended.error());
    }
    if (!changed && database_.in_transaction()) {
        // The first reason is the one to tell; a transaction that cannot be rolled back ends with the connection.
        [[maybe_unused]] const auto rolled_back = database_.run("ROLLBACK");
    }
    if (const auto pages = query_number(pages_)) pages_now_ = *pages;
    if (!changed && changed.error().kind == DatabaseError::Kind::full && pages_now_ >= most_pages_ - spare_pages)
        full_ = true;
    return changed;
}

DatabaseResult<std::size_t> Spool::change(std::span<const std::uint64_t> done, const std::deque<Entry>& fresh) {
    for (const std::uint64_t id : done) {
        Query query(database_, erase_.get());
        const auto erased = query.bind(static_cast<std::int64_t>(id)).step();
        if (!erased) return tl::unexpected(erased.error());
    }
    auto stored = store(fresh);
    if (!stored || *stored == 0) return stored;
    const std::uint64_t newest = fresh[*stored - 1].id;
    if (newest < next_id_) return stored;
    const std::string last = "UPDATE last SET id=" + std::to_string(newest);
    if (auto kept = database_.run(last.c_str()); !kept) return tl::unexpected(kept.error());
    next_id_ = newest + 1;
    return stored;
}

DatabaseResult<std::size_t> Spool::store(const std::deque<Entry>& fresh) {
    const auto pages = query_number(pages_);
    const auto free_pages = pages ? query_number(free_pages_) : pages;
    if (!free_pages) return free_pages.map([](std::int64_t) { return std::size_t{0}; });
    std::int64_t room = most_pages_ - *pages + *free_pages - spare_pages;
    std::int64_t log_room = static_cast<std::int64_t>(log_bytes_) / 2 / page_bytes;
    std::size_t stored = 0;
    for (const Entry& entry : fresh) {
        const StoredMessage row = codec_.pack(entry.message);
        const std::int64_t needed = pages_for(entry, row.payload.size());
        full_ = needed > room;
        if (full_ || (stored > 0 && needed > log_room)) break;
        Query query(database_, insert_.get());
        const auto inserted = query.bind(static_cast<std::int64_t>(entry.id))
                                  .bind(entry.message.topic)
                                  .bind(entry.message.key)
                                  .bind(to_unix_ns(entry.message.time))
                                  .bind(row.headers)
                                  .bind(static_cast<std::int64_t>(row.unpacked_bytes))
                                  .bind(static_cast<std::int64_t>(row.check))
                                  .bind(row.payload)
                                  .step();
        if (!inserted) return tl::unexpected(inserted.error());
        room -= needed;
        log_room -= needed;
        ++stored;
    }
    return stored;
}

DatabaseResult<Spool::Rows> Spool::read(const std::string& topic, std::uint64_t after, std::size_t most_rows,
                                        std::size_t most_bytes) {
    Rows rows;
    std::size_t bytes = 0;
    Query query(database_, read_.get());
    query.bind(topic).bind(static_cast<std::int64_t>(after)).bind(static_cast<std::int64_t>(most_rows));
    while (bytes < most_bytes) {
        const auto row = query.step();
        if (!row) return tl::unexpected(row.error());
        if (!*row) break;
        const auto id = static_cast<std::uint64_t>(query.number(0));
        StoredMessage stored{.headers = std::string(query.bytes(3)),
                             .payload = query.bytes(6),
                             .unpacked_bytes = static_cast<std::uint64_t>(query.number(4)),
                             .check = static_cast<std::uint64_t>(query.number(5))};
        auto message = codec_.unpack(topic, query.bytes(1), query.number(2), stored);
        if (!message) {
            rows.damaged.push_back(id);
            continue;
        }
        bytes += message->size();
        rows.entries.push_back({.id = id, .message = std::move(*message), .spooled = true});
    }
    return rows;
}

std::uint64_t Spool::bytes() const noexcept {
    return static_cast<std::uint64_t>(pages_now_ * page_bytes) + log_size(path_);
}

void Spool::shrink() {
    const auto free_pages = query_number(free_pages_);
    if (!free_pages || *free_pages <= kept_free_pages) return;
    // What goes wrong here goes wrong again in the next commit, which says so.
    [[maybe_unused]] const auto freed = database_.run("PRAGMA incremental_vacuum(512)");
    if (const auto pages = query_number(pages_)) pages_now_ = *pages;
}

Result<void> Spool::set_aside(const std::string& reason, std::vector<std::string>& notes) {
    database_.keep_files_as_they_are();
    for (Database::Statement* statement : {&insert_, &erase_, &read_, &pages_, &free_pages_}) statement->reset();
    { const Database closed = std::move(database_); }
    const auto name = set_files_aside(path_);
    if (!name) return tl::unexpected(name.error());
    notes.push_back(named(path_) + " is damaged (" + reason + "): set aside as \"" + *name + "\"; a new one is begun");
    return {};
}

DatabaseResult<std::int64_t> Spool::query_number(const Database::Statement& statement) {
    Query query(database_, statement.get());
    const auto row = query.step();
    if (!row) return tl::unexpected(row.error());
    return query.number(0);
}

}  // namespace muxtap::kafka
