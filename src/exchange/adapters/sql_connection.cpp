#include "exchange/adapters/sql_connection.h"

#include <libpq-fe.h>

#include "base/log.h"

namespace hl::exchange::adapters {

namespace {

using Answer = std::unique_ptr<PGresult, decltype([](PGresult* r) { PQclear(r); })>;

constexpr Oid bool_type = 16, int8_type = 20, int2_type = 21, int4_type = 23, text_type = 25, float4_type = 700,
              float8_type = 701, date_type = 1082, timestamptz_type = 1184, numeric_type = 1700;
constexpr size_t most_statements = 200;
constexpr auto longest_wait = std::chrono::seconds{5};

constexpr const char* session_settings =
    "SET default_transaction_read_only = on; SET lock_timeout = '2s'; SET idle_in_transaction_session_timeout = '60s'; "
    "SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET client_min_messages = error";

Error away() {
    return {ErrorKind::unavailable, "adapter.database",
            "Cơ sở dữ liệu của bên cung cấp không trả lời. Hãy thử lại sau ít phút.",
            "The provider's database does not answer. Try again in a few minutes."};
}
Error settings_wrong(std::string_view code, std::string vi, std::string en) {
    return {ErrorKind::internal, std::string{code}, std::move(vi), std::move(en)};
}

Error error_of(std::string_view state) {
    if (state == "57014")
        return {ErrorKind::unavailable, "adapter.timeout",
                "Truy vấn quá lâu nên bị dừng. Hãy thu hẹp điều kiện hoặc xin trang nhỏ hơn.",
                "The query took too long and was stopped. Narrow it or ask for a smaller page."};
    if (state.starts_with("22"))
        return {ErrorKind::invalid, "adapter.parameter",
                "Cơ sở dữ liệu không nhận giá trị của tham số. Kiểm tra lại giá trị.",
                "The database does not take a parameter's value. Check the values."};
    if (state == "25006")
        return settings_wrong(
            "adapter.read_only", "Câu lệnh của dịch vụ muốn ghi dữ liệu nên bị từ chối. Bên cung cấp cần sửa cấu hình.",
            "The service's statement wants to change data and was refused. The provider must mend its settings.");
    if (state == "42501")
        return settings_wrong("adapter.database_rights",
                              "Tài khoản cơ sở dữ liệu của dịch vụ thiếu quyền đọc. Bên cung cấp cần cấp quyền SELECT.",
                              "The service's database account may not read this. The provider must grant it SELECT.");
    if (state.starts_with("42") || state.starts_with("0A"))
        return settings_wrong(
            "adapter.statement",
            "Câu lệnh của dịch vụ không còn đúng với cơ sở dữ liệu. Bên cung cấp cần sửa cấu hình.",
            "The service's statement does not fit the database. The provider must mend its settings.");
    return away();
}

bool fits(ValueType declared, Oid given) {
    const bool whole = given == int2_type || given == int4_type || given == int8_type;
    switch (declared) {
        case ValueType::text:
            return true;
        case ValueType::integer:
            return whole;
        case ValueType::number:
            return whole || given == float4_type || given == float8_type || given == numeric_type;
        case ValueType::decimal:
            return whole || given == numeric_type;
        case ValueType::boolean:
            return given == bool_type;
        case ValueType::date:
            return given == date_type;
        case ValueType::date_time:
            return given == timestamptz_type;
    }
    return false;
}

/// The primary message names tables and columns; detail and context could quote values and stay out.
Error failed(PGconn* connection, const PGresult* result) {
    const char* state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : nullptr;
    const char* primary = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : nullptr;
    const bool data = state && std::string_view{state}.starts_with("22");  // these do quote the value
    log::warning("exchange", "a provider's database refused a query",
                 {{"state", state ? state : ""}, {"what", primary && !data ? primary : ""}});
    if (PQstatus(connection) != CONNECTION_OK) return away();
    return error_of(state ? state : "");
}

}  // namespace

unsigned sql_type_of(ValueType type) {
    switch (type) {
        case ValueType::text:
            return text_type;
        case ValueType::integer:
            return int8_type;
        case ValueType::number:
            return float8_type;
        case ValueType::decimal:
            return numeric_type;
        case ValueType::boolean:
            return bool_type;
        case ValueType::date:
            return date_type;
        case ValueType::date_time:
            return timestamptz_type;
    }
    return 0;
}

void SqlSession::Close::operator()(pg_conn* c) const {
    PQfinish(c);
}
SqlSession::~SqlSession() = default;

bool SqlSession::alive() const {
    return !broken_off_ && PQstatus(connection_.get()) == CONNECTION_OK &&
           PQtransactionStatus(connection_.get()) == PQTRANS_IDLE;
}

Result<std::unique_ptr<SqlSession>> SqlSession::connect(const SqlConnectionSettings& settings) {
    std::vector<const char*> keys, values;
    const auto add = [&](const char* key, const char* value) {
        keys.push_back(key);
        values.push_back(value);
    };
    add("connect_timeout", "5");
    add("keepalives_idle", "10");
    add("keepalives_interval", "5");
    add("keepalives_count", "3");
    add("tcp_user_timeout", "15000");
    add("application_name", "hienluong-exchange");
    add("client_encoding", "UTF8");
    for (const auto& [word, text] : settings.words) add(word.c_str(), text.c_str());
    keys.push_back(nullptr);
    values.push_back(nullptr);
    std::unique_ptr<SqlSession> out(new SqlSession(PQconnectdbParams(keys.data(), values.data(), 0)));
    if (PQstatus(out->connection_.get()) != CONNECTION_OK) {
        // libpq's words name host and user, never the password; still they are for this machine's log alone.
        log::warning("exchange", "a provider's database cannot be reached",
                     {{"what", PQerrorMessage(out->connection_.get())}});
        return away();
    }
    PQsetNoticeProcessor(
        out->connection_.get(), [](void*, const char*) {}, nullptr);
    TRY_VOID(out->run(session_settings));
    const Answer role(PQexec(out->connection_.get(), "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"));
    if (PQntuples(role.get()) != 1 || std::string_view{PQgetvalue(role.get(), 0, 0)} != "f")
        return settings_wrong(
            "adapter.superuser",
            "Tài khoản cơ sở dữ liệu có toàn quyền. Bên cung cấp cần tạo tài khoản chỉ đọc cho dịch vụ.",
            "The database account is a superuser. The provider must make one that can only read.");
    return out;
}

Result<void> SqlSession::run(const std::string& sql) {
    const Answer answer(PQexec(connection_.get(), sql.c_str()));
    if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return failed(connection_.get(), answer.get());
    return Nothing{};
}

Result<std::string> SqlSession::prepared(const std::string& sql, const std::vector<SqlValue>& values,
                                         const std::vector<const SqlColumn*>& columns) {
    if (const auto known = statements_.find(sql); known != statements_.end()) return known->second;
    if (statements_.size() >= most_statements) {
        TRY_VOID(run("DEALLOCATE ALL"));
        statements_.clear();
    }
    const auto name = fmt::format("x{}", names_++);
    std::vector<Oid> types;
    for (const auto& v : values) types.push_back(v.type);
    const Answer answer(
        PQprepare(connection_.get(), name.c_str(), sql.c_str(), static_cast<int>(types.size()), types.data()));
    if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return failed(connection_.get(), answer.get());
    const Answer shape(PQdescribePrepared(connection_.get(), name.c_str()));
    if (PQresultStatus(shape.get()) != PGRES_COMMAND_OK) return failed(connection_.get(), shape.get());
    statements_.emplace(sql, name);
    for (size_t i = 0; i < columns.size(); ++i)
        if (!fits(columns[i]->type, PQftype(shape.get(), static_cast<int>(i))))
            return settings_wrong(
                "adapter.column_type",
                fmt::format(
                    "Cột {} không có kiểu đã khai báo. Sửa kiểu trong columns, hoặc đổi kiểu trong câu lệnh (giờ "
                    "không múi: AT TIME ZONE 'Asia/Ho_Chi_Minh').",
                    columns[i]->name),
                fmt::format("The column {} is not of the declared type. Correct it in columns, or cast it in the "
                            "statement (a time without zone: AT TIME ZONE 'Asia/Ho_Chi_Minh').",
                            columns[i]->name));
    return name;
}

Result<void> SqlSession::check(const std::string& sql, const std::vector<SqlValue>& values,
                               const std::vector<const SqlColumn*>& columns) {
    TRY_VOID(run("BEGIN READ ONLY"));
    auto name = prepared(sql, values, columns);
    TRY_VOID(run("ROLLBACK"));
    if (!name.ok()) {
        statements_.erase(sql);
        return std::move(name.error());
    }
    return Nothing{};
}

Result<void> SqlSession::query(const std::string& sql, const std::vector<SqlValue>& values,
                               const std::vector<const SqlColumn*>& columns, int64_t timeout_ms, const EachRow& each) {
    TRY_VOID(run(
        fmt::format("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {}", timeout_ms)));
    auto done = [&]() -> Result<void> {
        TRY(const auto name, prepared(sql, values, columns));
        return rows(name, values, each);
    }();
    if (broken_off_) return done;
    const auto closed = run("ROLLBACK");
    if (!done.ok()) {
        if (done.error().kind == ErrorKind::internal) statements_.erase(sql);  // prepared anew when it is mended
        return done;
    }
    return closed;
}

Result<void> SqlSession::rows(const std::string& name, const std::vector<SqlValue>& values, const EachRow& each) {
    auto* const c = connection_.get();
    std::vector<const char*> texts;
    for (const auto& v : values) texts.push_back(v.text ? v.text->c_str() : nullptr);
    if (!PQsendQueryPrepared(c, name.c_str(), static_cast<int>(texts.size()), texts.data(), nullptr, nullptr, 0))
        return failed(c, nullptr);
    PQsetSingleRowMode(c);  // a row at a time: no answer is held here twice
    std::optional<Error> wrong;
    std::vector<std::optional<std::string_view>> cells;
    while (const Answer answer{PQgetResult(c)}) {
        const auto status = PQresultStatus(answer.get());
        if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK) {
            if (!wrong) wrong = failed(c, answer.get());
            continue;
        }
        if (status != PGRES_SINGLE_TUPLE) continue;
        cells.clear();
        for (int i = 0; i < PQnfields(answer.get()); ++i) {
            if (PQgetisnull(answer.get(), 0, i))
                cells.emplace_back(std::nullopt);
            else
                cells.emplace_back(std::string_view{PQgetvalue(answer.get(), 0, i),
                                                    static_cast<size_t>(PQgetlength(answer.get(), 0, i))});
        }
        if (!each(cells)) {
            broken_off_ = true;
            return Nothing{};
        }
    }
    if (wrong) return *wrong;
    return Nothing{};
}

Result<std::unique_ptr<SqlSession>> SqlSessions::take() {
    {
        std::unique_lock lock(mutex_);
        if (!returned_.wait_for(lock, longest_wait, [&] { return left_ > 0; }))
            return Error{ErrorKind::unavailable, "adapter.busy", "Dịch vụ đang bận. Hãy thử lại sau ít giây.",
                         "The service is busy. Try again in a few seconds."};
        --left_;
        if (!idle_.empty()) {
            auto session = std::move(idle_.back());
            idle_.pop_back();
            return session;
        }
    }
    auto made = [&]() -> Result<std::unique_ptr<SqlSession>> {
        TRY(const auto settings, read_connection_file(file_));  // each time: a changed password needs no restart
        return SqlSession::connect(settings);
    }();
    if (!made.ok()) give_back(nullptr);
    return made;
}

void SqlSessions::give_back(std::unique_ptr<SqlSession> session) {
    {
        std::scoped_lock lock(mutex_);
        ++left_;
        if (session && session->alive()) idle_.push_back(std::move(session));
    }
    returned_.notify_one();
}

Result<void> SqlSessions::with(const std::function<Result<void>(SqlSession&)>& use) {
    // At most as many dead ones as can lie in the pool, then a new one.
    for (;;) {
        bool was_idle = false;
        {
            std::scoped_lock lock(mutex_);
            was_idle = !idle_.empty();
        }
        TRY(auto session, take());
        auto done = use(*session);
        const bool dead = !session->alive();
        give_back(std::move(session));
        if (done.ok() || !dead || !was_idle) return done;
    }
}

}  // namespace hl::exchange::adapters
