#pragma once

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

namespace muxtap::metrics::test {

/// A connection of somebody else's to a database, by SQLite itself.
class SqliteReader {
public:
    using Row = std::vector<std::string>;

    explicit SqliteReader(const std::string& path) {
        sqlite3* opened = nullptr;
        REQUIRE(sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) ==
                SQLITE_OK);
        database_.reset(opened);
        sqlite3_busy_timeout(opened, 5000);
    }

    /// All rows, as text; NULL is "NULL".
    [[nodiscard]] std::vector<Row> rows(const std::string& sql) const {
        std::vector<Row> result;
        const auto take = [](void* rows, int count, char** values, char**) {
            Row row;
            for (int i = 0; i < count; ++i) row.emplace_back(values[i] != nullptr ? values[i] : "NULL");
            static_cast<std::vector<Row>*>(rows)->push_back(std::move(row));
            return 0;
        };
        char* message = nullptr;
        const int code = sqlite3_exec(database_.get(), sql.c_str(), take, &result, &message);
        INFO(sql << ": " << (message != nullptr ? message : ""));
        CHECK(code == SQLITE_OK);
        sqlite3_free(message);
        return result;
    }
    /// First column of the first row.
    [[nodiscard]] std::string value(const std::string& sql) const {
        const auto all = rows(sql);
        return all.empty() || all.front().empty() ? std::string{"no row"} : all.front().front();
    }
    void run(const std::string& sql) const { (void)rows(sql); }

private:
    struct Close {
        void operator()(sqlite3* database) const { sqlite3_close(database); }
    };
    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace muxtap::metrics::test
