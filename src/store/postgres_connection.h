// One PostgreSQL connection with its prepared statements. Used by one thread at a time. Everything that goes wrong is
// thrown as PgError. Private to the store room.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>

#include "store/db.h"
#include "store/statement_text.h"

struct pg_conn;
struct pg_result;

namespace hl::store {

class PgError : public DbError {
  public:
    PgError(Kind k, const std::string& what, std::string sql_state = {})
        : DbError(k, what), state(std::move(sql_state)) {}
    std::string state;             // SQLSTATE; empty when the server said nothing
    bool outcome_unknown = false;  // the connection was lost while COMMIT was under way
};

class PgConnection {
  public:
    struct ClearResult {
        void operator()(pg_result* r) const;
    };
    using Answer = std::unique_ptr<pg_result, ClearResult>;

    PgConnection(const std::string& url, const std::string& application);
    ~PgConnection();
    PgConnection(const PgConnection&) = delete;
    PgConnection& operator=(const PgConnection&) = delete;

    void query(std::string_view sql, std::span<const Param> params, const RowFunction& each);
    void query(std::string_view sql, Params params, const RowFunction& each) {
        query(sql, std::span<const Param>{params.begin(), params.size()}, each);
    }
    int64_t execute(std::string_view sql, std::span<const Param> params);
    int64_t execute(std::string_view sql, Params params = {}) {
        return execute(sql, std::span<const Param>{params.begin(), params.size()});
    }
    /// Several statements, none of them kept.
    void script(const std::string& sql);

    /// `begin` goes out together with the first statement; a transaction without one costs nothing.
    void begin(std::string_view begin_sql);
    /// What is queued between the two goes out together. `flush` waits for all and throws the first failure.
    void queue(std::string_view sql, std::span<const Param> params, bool one_row = false);
    void queue(std::string_view sql, Params params, bool one_row = false) {
        queue(sql, std::span<const Param>{params.begin(), params.size()}, one_row);
    }
    void flush();
    /// The same, with the answer of each queued statement in their order.
    [[nodiscard]] std::vector<Answer> flush_answers();
    static void each_row(const pg_result& result, const RowFunction& each);
    /// With what is queued before it, in one exchange.
    void commit();
    void rollback() noexcept;
    /// False when the connection is lost, or must not be used again.
    [[nodiscard]] bool alive() const;

  private:
    struct Prepared {
        std::string sql;   // as given, with `?`
        std::string text;  // as the server gets it
        std::string name;
        size_t parameters = 0;
        bool ready = false;
    };
    enum class Sent { begin, prepare, run, commit };
    struct Expected {
        Sent kind;
        Prepared* statement;
        bool one_row = false;  // anything else is somebody who was there first
    };
    class Arguments;

    Prepared& find(std::string_view sql);
    void forget_statements();
    Answer run(std::string_view sql, std::span<const Param> params);
    void open_pipeline();
    void send(Prepared& statement, std::span<const Param> params, bool one_row = false);
    Answer close_pipeline(std::vector<Answer>* answers = nullptr);
    void check(const pg_result* result, std::string_view sql);
    [[noreturn]] void fail(const pg_result* result, std::string_view sql);

    struct Close {
        void operator()(pg_conn* c) const;
    };
    std::unique_ptr<pg_conn, Close> connection_;
    std::unordered_map<std::string_view, std::unique_ptr<Prepared>> statements_;  // keys are views of Prepared::sql
    std::string_view begin_;                                                      // not sent yet
    bool spoilt_ = false;  // its prepared statements are not what we think they are
    bool pipeline_ = false;
    std::vector<Expected> expected_;
    std::string text_;  // parameters of the statement being sent, each with its terminating zero
};

}  // namespace hl::store
