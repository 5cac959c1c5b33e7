// One SQLite connection with its prepared statements. Used by one thread at a time. Everything that goes wrong is
// thrown as DbError. Private to the store room.
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>

#include "store/db.h"

struct sqlite3;
struct sqlite3_stmt;

namespace hl::store {

struct SqliteSettings {
    int cache_kib = 8192;
    bool read_only = false;
};

class SqliteConnection {
  public:
    static constexpr int busy_timeout_ms = 10'000;  // waiting for another program's write

    SqliteConnection(const std::filesystem::path& file, SqliteSettings settings);
    ~SqliteConnection();
    SqliteConnection(const SqliteConnection&) = delete;
    SqliteConnection& operator=(const SqliteConnection&) = delete;

    void query(std::string_view sql, std::span<const Param> params, const RowFunction& each);
    int64_t execute(std::string_view sql, std::span<const Param> params = {});
    [[nodiscard]] int64_t integer(std::string_view sql);  // first column of the only row
    /// Several statements, none of them kept.
    void script(const std::string& sql);
    /// SQLite rolls a transaction back by itself after some errors (full disk, I/O).
    [[nodiscard]] bool in_transaction() const;
    void rollback() noexcept;
    [[nodiscard]] sqlite3* handle() const { return db_.get(); }

  private:
    struct Statement {
        std::string sql;
        sqlite3_stmt* prepared = nullptr;
        size_t parameters = 0;
        bool busy = false;
        ~Statement();
    };
    class Lease;
    struct CloseDb {
        void operator()(sqlite3* db) const;
    };
    Statement& find(std::string_view sql);
    std::unique_ptr<Statement> prepare(std::string_view sql);
    void bind(const Statement& statement, std::span<const Param> params);
    [[noreturn]] void fail(int code, std::string_view sql) const;

    const bool read_only_;
    std::unique_ptr<sqlite3, CloseDb> db_;
    std::unordered_map<std::string_view, std::unique_ptr<Statement>> statements_;  // keys are views of Statement::sql
    // SQL is mostly constants: where a text was last time, it is this time too. The text itself is compared.
    struct Seen {
        const char* at = nullptr;
        Statement* statement = nullptr;
    };
    std::array<Seen, 256> seen_{};
};

}  // namespace hl::store
