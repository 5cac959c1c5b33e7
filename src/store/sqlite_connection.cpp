#include "store/sqlite_connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>

namespace hl::store {

namespace {

constexpr size_t most_statements = 1000;

constexpr std::string_view for_update = " FOR UPDATE";

DbError::Kind kind_of(int code, int system_error) {
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            return DbError::Kind::constraint;
        case SQLITE_FULL:
            return DbError::Kind::full;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return DbError::Kind::busy;
        case SQLITE_IOERR:
            if (system_error == ENOSPC || system_error == EDQUOT || system_error == EFBIG) return DbError::Kind::full;
            return DbError::Kind::unavailable;
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
        case SQLITE_NOMEM:
        case SQLITE_PROTOCOL:
        case SQLITE_PERM:
            return DbError::Kind::unavailable;
        default:
            return DbError::Kind::bug;
    }
}

class SqliteRow final : public Row {
  public:
    explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}
    [[nodiscard]] bool is_null(int column) const override {
        return sqlite3_column_type(statement_, column) == SQLITE_NULL;
    }
    [[nodiscard]] int64_t integer(int column) const override { return sqlite3_column_int64(statement_, column); }
    [[nodiscard]] double real(int column) const override { return sqlite3_column_double(statement_, column); }
    [[nodiscard]] std::string_view text(int column) const override {
        const void* bytes = sqlite3_column_type(statement_, column) == SQLITE_BLOB
                                ? sqlite3_column_blob(statement_, column)
                                : sqlite3_column_text(statement_, column);
        if (!bytes) return {};
        return {static_cast<const char*>(bytes), static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
    }

  private:
    sqlite3_stmt* statement_;
};

int bind_one(sqlite3_stmt* statement, int index, const Param::Value& value) {
    // SQLITE_STATIC: parameters outlive the call by contract, and are bound again before the statement is run again.
    // A null pointer would mean NULL, so empty text is given an address.
    switch (value.index()) {
        case 1:
            return sqlite3_bind_int64(statement, index, std::get<1>(value));
        case 2:
            return sqlite3_bind_double(statement, index, std::get<2>(value));
        case 3: {
            const auto text = std::get<3>(value);
            return sqlite3_bind_text64(statement, index, text.data() ? text.data() : "", text.size(), SQLITE_STATIC,
                                       SQLITE_UTF8);
        }
        case 4: {
            const auto bytes = std::get<4>(value).bytes;
            return sqlite3_bind_blob64(statement, index, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_STATIC);
        }
        default:
            return sqlite3_bind_null(statement, index);
    }
}

/// The file holds personal data: nobody but the owner may read it. SQLite gives -wal and -shm the same mode. A file that
/// is there is not opened: closing it again would give up every lock that this process holds on it (POSIX), and another
/// process would take itself for the only one and throw the log away with what is written after.
void create_private(const std::filesystem::path& file) {
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) ::close(fd);
}

/// Memory statistics are one lock that every allocation of every connection would take.
void configure_library() {
    static std::once_flag once;
    std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

}  // namespace

void SqliteConnection::CloseDb::operator()(sqlite3* db) const {
    sqlite3_close_v2(db);
}

SqliteConnection::Statement::~Statement() {
    sqlite3_finalize(prepared);
}

/// Holds a statement while it runs. A statement that is already running further up the stack is prepared again.
class SqliteConnection::Lease {
  public:
    Lease(SqliteConnection& connection, std::string_view sql) {
        statement_ = &connection.find(sql);
        if (statement_->busy) {
            own_ = connection.prepare(sql);
            statement_ = own_.get();
        }
        statement_->busy = true;
    }
    ~Lease() {
        sqlite3_reset(statement_->prepared);
        statement_->busy = false;
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Statement& operator*() const { return *statement_; }
    [[nodiscard]] sqlite3_stmt* get() const { return statement_->prepared; }

  private:
    Statement* statement_;
    std::unique_ptr<Statement> own_;
};

SqliteConnection::SqliteConnection(const std::filesystem::path& file, SqliteSettings settings)
    : read_only_(settings.read_only) {
    configure_library();
    if (!settings.read_only) create_private(file);
    sqlite3* db = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int opened = sqlite3_open_v2(file.c_str(), &db, flags, nullptr);
    db_.reset(db);
    if (opened != SQLITE_OK) fail(opened, file.native());
    sqlite3_busy_timeout(db, busy_timeout_ms);
    // temp_store: savepoints' undo pages stay in memory. No memory map: with a write-ahead log SQLite drops the whole
    // map at every read that begins after a commit, and making it anew costs more than the copies it saves (bench/run).
    script(
        fmt::format("PRAGMA cache_size = -{}; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; "
                    "PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA wal_autocheckpoint = 0;",
                    settings.cache_kib));
    if (settings.read_only)
        script("PRAGMA query_only = ON;");
    else
        script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;");
}

SqliteConnection::~SqliteConnection() {
    statements_.clear();
}

void SqliteConnection::fail(int code, std::string_view sql) const {
    const int system_error = db_ ? sqlite3_system_errno(db_.get()) : 0;
    const char* message = db_ ? sqlite3_errmsg(db_.get()) : sqlite3_errstr(code);
    auto kind = kind_of(code, system_error);
    if (code == SQLITE_READONLY && read_only_) kind = DbError::Kind::bug;  // a reader with a statement that changes
    if (kind == DbError::Kind::constraint) throw DbError(kind, message);
    throw DbError(kind, fmt::format("{} (SQLite {}): {}", message, code, sql.substr(0, 300)));
}

std::unique_ptr<SqliteConnection::Statement> SqliteConnection::prepare(std::string_view sql) {
    std::string_view text = sql;
    if (text.ends_with(for_update)) text.remove_suffix(for_update.size());
    auto statement = std::make_unique<Statement>();
    statement->sql = sql;
    const char* rest = nullptr;
    const int code = sqlite3_prepare_v3(db_.get(), text.data(), static_cast<int>(text.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement->prepared, &rest);
    if (code != SQLITE_OK) fail(code, sql);
    const auto left = text.substr(static_cast<size_t>(rest - text.data()));
    if (!statement->prepared || left.find_first_not_of(" \n\t;") != std::string_view::npos)
        throw DbError(DbError::Kind::bug, fmt::format("one statement at a time: {}", sql.substr(0, 300)));
    statement->parameters = static_cast<size_t>(sqlite3_bind_parameter_count(statement->prepared));
    return statement;
}

SqliteConnection::Statement& SqliteConnection::find(std::string_view sql) {
    auto& seen = seen_[(reinterpret_cast<uintptr_t>(sql.data()) >> 3) % seen_.size()];
    if (seen.at == sql.data() && seen.statement->sql == sql) return *seen.statement;
    auto found = statements_.find(sql);
    if (found == statements_.end()) {
        if (statements_.size() >= most_statements) {
            seen_.fill({});
            std::erase_if(statements_, [](const auto& entry) { return !entry.second->busy; });
        }
        auto statement = prepare(sql);
        const std::string_view key = statement->sql;
        found = statements_.emplace(key, std::move(statement)).first;
    }
    auto& slot = seen_[(reinterpret_cast<uintptr_t>(sql.data()) >> 3) % seen_.size()];
    slot = {sql.data(), found->second.get()};
    return *found->second;
}

void SqliteConnection::bind(const Statement& statement, std::span<const Param> params) {
    if (params.size() != statement.parameters)
        throw DbError(DbError::Kind::bug, fmt::format("{} parameters given, {} wanted: {}", params.size(),
                                                      statement.parameters, statement.sql.substr(0, 300)));
    for (size_t i = 0; i < params.size(); ++i)
        if (const int code = bind_one(statement.prepared, static_cast<int>(i) + 1, params[i].value());
            code != SQLITE_OK)
            fail(code, statement.sql);
}

void SqliteConnection::query(std::string_view sql, std::span<const Param> params, const RowFunction& each) {
    const Lease lease(*this, sql);
    bind(*lease, params);
    const SqliteRow row(lease.get());
    for (;;) {
        const int code = sqlite3_step(lease.get());
        if (code == SQLITE_DONE) return;
        if (code != SQLITE_ROW) fail(code, sql);
        each(row);
    }
}

int64_t SqliteConnection::execute(std::string_view sql, std::span<const Param> params) {
    const Lease lease(*this, sql);
    bind(*lease, params);
    for (;;) {
        const int code = sqlite3_step(lease.get());
        if (code == SQLITE_DONE) return sqlite3_stmt_readonly(lease.get()) ? 0 : sqlite3_changes64(db_.get());
        if (code != SQLITE_ROW) fail(code, sql);
    }
}

int64_t SqliteConnection::integer(std::string_view sql) {
    int64_t out = 0;
    query(sql, {}, [&](const Row& row) { out = row.integer(0); });
    return out;
}

void SqliteConnection::script(const std::string& sql) {
    if (const int code = sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
        fail(code, sql);
}

bool SqliteConnection::in_transaction() const {
    return sqlite3_get_autocommit(db_.get()) == 0;
}

void SqliteConnection::rollback() noexcept {
    if (in_transaction()) sqlite3_exec(db_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace hl::store
