// A read-only session on somebody's PostgreSQL, and a few of them shared by worker threads. What goes wrong is an Error
// without the database's words (they may hold data); those go to the log without values. Private to this part.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>

#include "exchange/adapters/sql_settings.h"

struct pg_conn;

namespace hl::exchange::adapters {

/// One bound parameter: the type that the server is told (0: by its place in the statement) and the text, or NULL.
struct SqlValue {
    unsigned type = 0;
    std::optional<std::string> text;
};
[[nodiscard]] unsigned sql_type_of(ValueType type);

class SqlSession {
  public:
    [[nodiscard]] static Result<std::unique_ptr<SqlSession>> connect(const SqlConnectionSettings& settings);
    ~SqlSession();
    SqlSession(const SqlSession&) = delete;
    SqlSession& operator=(const SqlSession&) = delete;

    /// One row's cells as the server writes them; nullopt is NULL. False breaks off, and the session with it: a cancel
    /// request could hit the session's next query.
    using EachRow = std::function<bool(const std::vector<std::optional<std::string_view>>&)>;
    /// In a read-only transaction of its own, with a time-out. `columns` are what the statement must give: their
    /// server types are compared when it is prepared.
    [[nodiscard]] Result<void> query(const std::string& sql, const std::vector<SqlValue>& values,
                                     const std::vector<const SqlColumn*>& columns, int64_t timeout_ms,
                                     const EachRow& each);
    /// Only prepares, in a read-only transaction.
    [[nodiscard]] Result<void> check(const std::string& sql, const std::vector<SqlValue>& values,
                                     const std::vector<const SqlColumn*>& columns);
    [[nodiscard]] bool alive() const;

  private:
    explicit SqlSession(pg_conn* connection) : connection_(connection) {}
    Result<void> run(const std::string& sql);
    Result<std::string> prepared(const std::string& sql, const std::vector<SqlValue>& values,
                                 const std::vector<const SqlColumn*>& columns);
    Result<void> rows(const std::string& name, const std::vector<SqlValue>& values, const EachRow& each);
    struct Close {
        void operator()(pg_conn* c) const;
    };
    std::unique_ptr<pg_conn, Close> connection_;
    std::map<std::string, std::string> statements_;  // SQL → name
    size_t names_ = 0;
    bool broken_off_ = false;
};

class SqlSessions {
  public:
    SqlSessions(std::filesystem::path connection_file, int64_t most) : file_(std::move(connection_file)), left_(most) {}
    /// Lends a session to `use`; a dead one found in the pool is replaced and `use` runs again (it only reads).
    [[nodiscard]] Result<void> with(const std::function<Result<void>(SqlSession&)>& use);

  private:
    [[nodiscard]] Result<std::unique_ptr<SqlSession>> take();
    void give_back(std::unique_ptr<SqlSession> session);
    std::filesystem::path file_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<SqlSession>> idle_;
    int64_t left_;
};

}  // namespace hl::exchange::adapters
