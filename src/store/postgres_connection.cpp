#include "store/postgres_connection.h"

#include <libpq-fe.h>

#include <charconv>

#include "base/crypto.h"
#include "base/log.h"

namespace hl::store {

namespace {

constexpr size_t most_statements = 1000;
constexpr Oid bytea_type = 17;
// A transaction that waits for a lock or that its program forgot must not hold up the others for ever.
constexpr const char* session_settings =
    "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'; SET client_min_messages = warning; "
    "SET bytea_output = hex; SET extra_float_digits = 1";

DbError::Kind kind_of(std::string_view state) {
    const auto is_class = [&](std::string_view prefix) { return state.starts_with(prefix); };
    if (is_class("23")) return DbError::Kind::constraint;
    // 0A000: a table changed under a prepared statement; 26000: a pooler between us forgot it. Both pass when repeated.
    if (state == "40001" || state == "40P01" || state == "0A000" || state == "26000")
        return DbError::Kind::serialisation;
    if (state == "55P03") return DbError::Kind::busy;
    if (state == "53100") return DbError::Kind::full;
    if (state.empty() || is_class("08") || is_class("53") || is_class("57") || is_class("58") || is_class("25006") ||
        is_class("28") || is_class("3D") || state == "25P03")
        return DbError::Kind::unavailable;
    return DbError::Kind::bug;
}

int64_t to_integer(std::string_view text) {
    if (text == "t") return 1;
    if (text == "f") return 0;
    int64_t out = 0;
    std::from_chars(text.data(), text.data() + text.size(), out);
    return out;
}

int hex_digit(char c) {
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

std::string decode_bytea(std::string_view hex) {
    std::string out;
    if (hex.starts_with("\\x")) hex.remove_prefix(2);
    out.reserve(hex.size() / 2);
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        out += static_cast<char>(hex_digit(hex[i]) << 4 | hex_digit(hex[i + 1]));
    return out;
}

class PgRow final : public Row {
  public:
    explicit PgRow(const PGresult* result) : result_(result) {
        for (int c = 0; c < PQnfields(result); ++c)
            if (PQftype(result, c) == bytea_type) decoded_.resize(static_cast<size_t>(PQnfields(result)));
    }
    void at(int row) {
        row_ = row;
        for (auto& bytes : decoded_) bytes.reset();
    }
    [[nodiscard]] bool is_null(int column) const override { return PQgetisnull(result_, row_, column) != 0; }
    [[nodiscard]] int64_t integer(int column) const override { return to_integer(raw(column)); }
    [[nodiscard]] double real(int column) const override {
        double out = 0;
        const auto text = raw(column);
        std::from_chars(text.data(), text.data() + text.size(), out);
        return out;
    }
    [[nodiscard]] std::string_view text(int column) const override {
        if (PQftype(result_, column) != bytea_type) return raw(column);
        auto& bytes = decoded_[static_cast<size_t>(column)];
        if (!bytes) bytes = decode_bytea(raw(column));
        return *bytes;
    }

  private:
    [[nodiscard]] std::string_view raw(int column) const {
        return {PQgetvalue(result_, row_, column), static_cast<size_t>(PQgetlength(result_, row_, column))};
    }
    const PGresult* result_;
    int row_ = 0;
    mutable std::vector<std::optional<std::string>> decoded_;  // only when there are bytea columns
};

}  // namespace

/// Parameters in the form libpq wants: text, terminated; bytes as they are. The server infers the types.
class PgConnection::Arguments {
  public:
    Arguments(std::string& buffer, std::span<const Param> params) {
        buffer.clear();
        std::vector<size_t> offsets(params.size(), std::string::npos);
        lengths_.resize(params.size());
        formats_.resize(params.size());
        values_.resize(params.size());
        for (size_t i = 0; i < params.size(); ++i) {
            const auto& value = params[i].value();
            offsets[i] = buffer.size();
            switch (value.index()) {
                case 0:
                    offsets[i] = std::string::npos;
                    break;
                case 1:
                    fmt::format_to(std::back_inserter(buffer), "{}", std::get<1>(value));
                    break;
                case 2:
                    fmt::format_to(std::back_inserter(buffer), "{}", std::get<2>(value));
                    break;
                case 3: {
                    const auto text = std::get<3>(value);
                    if (text.find('\0') != std::string_view::npos)
                        throw PgError(DbError::Kind::bug, "a text parameter holds a zero character");
                    buffer += text;
                    break;
                }
                default: {
                    const auto bytes = std::get<4>(value).bytes;
                    values_[i] = bytes.data() ? bytes.data() : "";
                    lengths_[i] = static_cast<int>(bytes.size());
                    formats_[i] = 1;
                    offsets[i] = std::string::npos;
                }
            }
            buffer += '\0';
        }
        for (size_t i = 0; i < params.size(); ++i)
            if (offsets[i] != std::string::npos) values_[i] = buffer.data() + offsets[i];
    }
    [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }
    [[nodiscard]] const char* const* values() const { return values_.data(); }
    [[nodiscard]] const int* lengths() const { return lengths_.data(); }
    [[nodiscard]] const int* formats() const { return formats_.data(); }

  private:
    std::vector<const char*> values_;
    std::vector<int> lengths_, formats_;
};

void PgConnection::ClearResult::operator()(pg_result* r) const {
    PQclear(r);
}
void PgConnection::Close::operator()(pg_conn* c) const {
    PQfinish(c);
}

PgConnection::PgConnection(const std::string& url, const std::string& application) {
    // What stands before dbname is a default that the URL may override.
    const char* const keys[] = {"connect_timeout",
                                "keepalives_idle",
                                "keepalives_interval",
                                "keepalives_count",
                                "tcp_user_timeout",
                                "application_name",
                                "dbname",
                                nullptr};
    const char* const values[] = {"5", "10", "5", "3", "15000", application.c_str(), url.c_str(), nullptr};
    connection_.reset(PQconnectdbParams(keys, values, 1));
    if (!alive()) throw PgError(DbError::Kind::unavailable, PQerrorMessage(connection_.get()));
    PQsetClientEncoding(connection_.get(), "UTF8");
    PQsetNoticeProcessor(
        connection_.get(),
        [](void*, const char* m) {
            log::debug("store", "PostgreSQL says", {{"what", m}});
        },
        nullptr);
    script(session_settings);
}

PgConnection::~PgConnection() = default;

bool PgConnection::alive() const {
    return !spoilt_ && connection_ && PQstatus(connection_.get()) == CONNECTION_OK;
}

void PgConnection::fail(const pg_result* result, std::string_view sql) {
    const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
    const char* primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    // The primary message names constraints and tables; the detail would hold the values, which may be personal.
    std::string message = primary ? primary : PQerrorMessage(connection_.get());
    const std::string sql_state = state ? state : "";
    const auto kind = alive() ? kind_of(sql_state) : DbError::Kind::unavailable;
    if (kind != DbError::Kind::constraint) message = fmt::format("{} ({}): {}", message, sql_state, sql.substr(0, 300));
    if (sql_state == "0A000" || sql_state == "26000") spoilt_ = true;
    throw PgError(kind, message, sql_state);
}

void PgConnection::check(const pg_result* result, std::string_view sql) {
    const auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail(result, sql);
}

PgConnection::Prepared& PgConnection::find(std::string_view sql) {
    if (const auto found = statements_.find(sql); found != statements_.end()) return *found->second;
    if (statements_.size() >= most_statements && !pipeline_) forget_statements();
    auto numbered = number_placeholders(sql);
    auto statement = std::make_unique<Prepared>();
    statement->sql = sql;
    statement->name = "hl_" + crypto::to_hex(crypto::sha256(sql)).substr(0, 24);
    statement->text = std::move(numbered.text);
    statement->parameters = numbered.parameters;
    const std::string_view key = statement->sql;
    return *statements_.emplace(key, std::move(statement)).first->second;
}

void PgConnection::forget_statements() {
    const Answer answer(PQexec(connection_.get(), "DEALLOCATE ALL"));
    spoilt_ = PQresultStatus(answer.get()) != PGRES_COMMAND_OK;  // a broken transaction refuses even this
    statements_.clear();
}

void PgConnection::open_pipeline() {
    if (pipeline_) return;
    if (!PQenterPipelineMode(connection_.get())) fail(nullptr, "pipeline");
    pipeline_ = true;
    expected_.clear();
    if (!begin_.empty()) {
        if (!PQsendQueryParams(connection_.get(), std::string{begin_}.c_str(), 0, nullptr, nullptr, nullptr, nullptr,
                               0))
            fail(nullptr, begin_);
        expected_.push_back({Sent::begin, nullptr});
        begin_ = {};
    }
}

void PgConnection::send(Prepared& statement, std::span<const Param> params, bool one_row) {
    if (params.size() != statement.parameters)
        throw PgError(DbError::Kind::bug, fmt::format("{} parameters given, {} wanted: {}", params.size(),
                                                      statement.parameters, statement.sql.substr(0, 300)));
    const Arguments arguments(text_, params);
    open_pipeline();
    const bool preparing = std::any_of(expected_.begin(), expected_.end(), [&](const Expected& e) {
        return e.kind == Sent::prepare && e.statement == &statement;
    });
    if (!statement.ready && !preparing) {
        if (!PQsendPrepare(connection_.get(), statement.name.c_str(), statement.text.c_str(), 0, nullptr))
            fail(nullptr, statement.sql);
        expected_.push_back({Sent::prepare, &statement});
    }
    if (!PQsendQueryPrepared(connection_.get(), statement.name.c_str(), arguments.count(), arguments.values(),
                             arguments.lengths(), arguments.formats(), 0))
        fail(nullptr, statement.sql);
    expected_.push_back({Sent::run, &statement, one_row});
}

/// Reads the answers to all that was sent. Returns the last statement's; throws the first failure.
PgConnection::Answer PgConnection::close_pipeline(std::vector<Answer>* answers) {
    if (!pipeline_) return nullptr;
    const auto expected = std::move(expected_);
    expected_.clear();
    Answer last, failed;
    std::string_view failed_sql;
    bool lost = !PQpipelineSync(connection_.get());
    bool commit_sent = false, changed_meanwhile = false;
    for (const auto& e : expected) {
        commit_sent = commit_sent || e.kind == Sent::commit;
        if (lost) continue;
        Answer answer(PQgetResult(connection_.get()));
        if (!answer) {
            lost = true;
            continue;
        }
        const auto status = PQresultStatus(answer.get());
        if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
            if (e.kind == Sent::prepare) e.statement->ready = true;
            changed_meanwhile = changed_meanwhile || (e.one_row && std::string_view{PQcmdTuples(answer.get())} != "1");
            if (e.kind == Sent::run && answers)
                answers->push_back(std::move(answer));
            else if (e.kind == Sent::run || e.kind == Sent::commit)
                last = std::move(answer);
        } else if (status != PGRES_PIPELINE_ABORTED && !failed) {
            failed = std::move(answer);
            failed_sql = e.statement ? std::string_view{e.statement->sql} : std::string_view{"BEGIN or COMMIT"};
        }
        while (Answer more{PQgetResult(connection_.get())}) {
        }
        if (!alive()) lost = true;
    }
    if (!lost) {
        const Answer sync(PQgetResult(connection_.get()));
        while (!PQexitPipelineMode(connection_.get())) {
            if (!alive()) break;
            const Answer more(PQgetResult(connection_.get()));
            if (!more) break;
        }
    }
    pipeline_ = false;
    if (lost || !alive()) {
        PgError error(DbError::Kind::unavailable,
                      fmt::format("connection lost: {}", PQerrorMessage(connection_.get())));
        error.outcome_unknown = commit_sent;
        throw error;
    }
    if (failed) fail(failed.get(), failed_sql);
    if (changed_meanwhile) throw PgError(DbError::Kind::serialisation, "a row was changed by somebody else meanwhile");
    return last;
}

PgConnection::Answer PgConnection::run(std::string_view sql, std::span<const Param> params) {
    Prepared& statement = find(sql);
    if (pipeline_ || !begin_.empty() || !statement.ready) {
        send(statement, params);
        return close_pipeline();
    }
    if (params.size() != statement.parameters)
        throw PgError(DbError::Kind::bug, fmt::format("{} parameters given, {} wanted: {}", params.size(),
                                                      statement.parameters, sql.substr(0, 300)));
    const Arguments arguments(text_, params);
    Answer answer(PQexecPrepared(connection_.get(), statement.name.c_str(), arguments.count(), arguments.values(),
                                 arguments.lengths(), arguments.formats(), 0));
    check(answer.get(), sql);
    return answer;
}

void PgConnection::query(std::string_view sql, std::span<const Param> params, const RowFunction& each) {
    const Answer answer = run(sql, params);
    each_row(*answer, each);
}

void PgConnection::each_row(const pg_result& result, const RowFunction& each) {
    PgRow row(&result);
    for (int i = 0; i < PQntuples(&result); ++i) {
        row.at(i);
        each(row);
    }
}

int64_t PgConnection::execute(std::string_view sql, std::span<const Param> params) {
    const Answer answer = run(sql, params);
    return to_integer(PQcmdTuples(answer.get()));
}

void PgConnection::script(const std::string& sql) {
    if (!begin_.empty()) {
        const Answer begun(PQexec(connection_.get(), std::string{begin_}.c_str()));
        begin_ = {};
        check(begun.get(), "BEGIN");
    }
    const Answer answer(PQexec(connection_.get(), sql.c_str()));
    check(answer.get(), sql);
}

void PgConnection::begin(std::string_view begin_sql) {
    begin_ = begin_sql;
}

void PgConnection::queue(std::string_view sql, std::span<const Param> params, bool one_row) {
    send(find(sql), params, one_row);
}

void PgConnection::flush() {
    (void)close_pipeline();
}

std::vector<PgConnection::Answer> PgConnection::flush_answers() {
    std::vector<Answer> answers;
    (void)close_pipeline(&answers);
    return answers;
}

void PgConnection::commit() {
    if (!begin_.empty()) {  // nothing was done
        begin_ = {};
        return;
    }
    // How many rows a statement changed is known only when it has answered, and COMMIT must not follow it by then.
    if (std::any_of(expected_.begin(), expected_.end(), [](const Expected& e) { return e.one_row; })) flush();
    open_pipeline();
    if (!PQsendQueryParams(connection_.get(), "COMMIT", 0, nullptr, nullptr, nullptr, nullptr, 0))
        fail(nullptr, "COMMIT");
    expected_.push_back({Sent::commit, nullptr});
    const Answer answer = close_pipeline();
    // The server answers ROLLBACK when an earlier failure was swallowed by the function.
    if (std::string_view{PQcmdStatus(answer.get())} != "COMMIT")
        throw PgError(DbError::Kind::bug, "a database error was caught inside a transaction");
}

void PgConnection::rollback() noexcept {
    begin_ = {};
    if (pipeline_) {
        try {
            (void)close_pipeline();
        } catch (const std::exception&) {  // what was queued does not matter any more
        }
    }
    if (!alive() || PQtransactionStatus(connection_.get()) == PQTRANS_IDLE) return;
    const Answer answer(PQexec(connection_.get(), "ROLLBACK"));
}

}  // namespace hl::store
