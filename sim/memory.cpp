#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include "module.h"

namespace sim {

struct Memory::State {
    std::recursive_mutex mutex;
    sqlite3* db = nullptr;
    std::unordered_map<std::string, sqlite3_stmt*> statements;
    int depth = 0;

    [[noreturn]] void fail(const std::string& what) const {
        throw std::runtime_error("memory: " + what + ": " + (db ? sqlite3_errmsg(db) : "no database"));
    }
    void run(const char* sql) const {
        if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(sql);
    }
};

Memory::Memory(const std::string& file) : state_(std::make_unique<State>()) {
    if (sqlite3_open_v2(file.c_str(), &state_->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                        nullptr) != SQLITE_OK)
        state_->fail(file);
    // The log is with the system when a transaction ends: a killed process loses nothing.
    state_->run("PRAGMA journal_mode=WAL");
    state_->run("PRAGMA synchronous=NORMAL");
    state_->run("PRAGMA busy_timeout=5000");
}

Memory::~Memory() {
    for (const auto& [sql, statement] : state_->statements) sqlite3_finalize(statement);
    sqlite3_close(state_->db);
}

std::vector<Values> Memory::run(const std::string& sql, const Values& parameters) {
    auto& found = state_->statements[sql];
    if (!found && sqlite3_prepare_v2(state_->db, sql.c_str(), -1, &found, nullptr) != SQLITE_OK) {
        state_->statements.erase(sql);
        state_->fail(sql);
    }
    sqlite3_stmt* s = found;
    struct Reset {
        sqlite3_stmt* statement;
        ~Reset() {
            sqlite3_reset(statement);
            sqlite3_clear_bindings(statement);
        }
    } reset{s};
    for (size_t i = 0; i < parameters.size(); ++i) {
        const int at = static_cast<int>(i) + 1;
        if (const auto* text = std::get_if<std::string>(&parameters[i]))
            sqlite3_bind_text(s, at, text->data(), static_cast<int>(text->size()), SQLITE_TRANSIENT);
        else if (const auto* number = std::get_if<int64_t>(&parameters[i]))
            sqlite3_bind_int64(s, at, *number);
        else
            sqlite3_bind_null(s, at);
    }
    std::vector<Values> rows;
    for (;;) {
        const int code = sqlite3_step(s);
        if (code == SQLITE_DONE) return rows;
        if (code != SQLITE_ROW) state_->fail(sql);
        Values row;
        for (int c = 0; c < sqlite3_column_count(s); ++c) {
            switch (sqlite3_column_type(s, c)) {
                case SQLITE_NULL:
                    row.emplace_back(nullptr);
                    break;
                case SQLITE_INTEGER:
                    row.emplace_back(static_cast<int64_t>(sqlite3_column_int64(s, c)));
                    break;
                default:
                    row.emplace_back(std::string(reinterpret_cast<const char*>(sqlite3_column_text(s, c)),
                                                 static_cast<size_t>(sqlite3_column_bytes(s, c))));
            }
        }
        rows.push_back(std::move(row));
    }
}

void Memory::script(const std::string& sql) {
    const std::scoped_lock lock(state_->mutex);
    state_->run(sql.c_str());
}

Memory::Holding::Holding(Memory& memory) : memory_(memory) {
    memory_.state_->mutex.lock();
    if (memory_.state_->depth++ == 0) memory_.state_->run("BEGIN IMMEDIATE");
}

void Memory::Holding::keep() const {
    if (memory_.state_->depth == 1) memory_.state_->run("COMMIT");
    kept_ = true;
}

Memory::Holding::~Holding() {
    if (--memory_.state_->depth == 0 && !kept_) sqlite3_exec(memory_.state_->db, "ROLLBACK", nullptr, nullptr, nullptr);
    memory_.state_->mutex.unlock();
}

namespace {
std::vector<std::pair<std::string, MakeModule>>& list() {
    static std::vector<std::pair<std::string, MakeModule>> all;
    return all;
}
}  // namespace

Registration::Registration(std::string name, MakeModule make) {
    list().emplace_back(std::move(name), make);
}

const std::vector<std::pair<std::string, MakeModule>>& registered() {
    return list();
}

}  // namespace sim
