// The bare engine: the statements of a step change, with rows of the same size, through the sqlite3 API alone, in group
// commits of 64, synchronous=FULL, write-ahead log. No JSON, no hashing, no rights, no HTTP: what SQLite itself could
// do at most. It works on the database that the HTTP load has just left and takes its texts from there; its events stand
// in no Merkle tree, so that the database is good for nothing afterwards.
//   bench_engine DATABASE CODES COUNT
#include <sqlite3.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr int group = 64;
const std::string nobody;

class Statement {
  public:
    Statement(sqlite3* db, const char* sql) : db_(db) {
        if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt_, nullptr) != SQLITE_OK)
            throw std::runtime_error(std::string{sql} + ": " + sqlite3_errmsg(db));
    }
    ~Statement() { sqlite3_finalize(stmt_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& restart() {
        sqlite3_reset(stmt_);
        at_ = 0;
        return *this;
    }
    Statement& operator<<(int64_t n) { return check(sqlite3_bind_int64(stmt_, ++at_, n)); }
    Statement& operator<<(const std::string& s) {
        return check(sqlite3_bind_text64(stmt_, ++at_, s.data(), s.size(), SQLITE_STATIC, SQLITE_UTF8));
    }
    Statement& blob(const std::string& s) {
        return check(sqlite3_bind_blob64(stmt_, ++at_, s.data(), s.size(), SQLITE_STATIC));
    }
    /// A value of another statement's present row, as it stands there.
    Statement& copy(Statement& from, int column) {
        return check(sqlite3_bind_value(stmt_, ++at_, sqlite3_column_value(from.stmt_, column)));
    }
    Statement& null() { return check(sqlite3_bind_null(stmt_, ++at_)); }
    bool row() {
        const int code = sqlite3_step(stmt_);
        if (code != SQLITE_ROW && code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db_));
        return code == SQLITE_ROW;
    }
    void run() {
        while (row()) {
        }
        sqlite3_reset(stmt_);
    }
    [[nodiscard]] int64_t integer(int column) const { return sqlite3_column_int64(stmt_, column); }
    [[nodiscard]] std::string text(int column) const {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(stmt_, column));
        return bytes ? std::string(bytes, static_cast<size_t>(sqlite3_column_bytes(stmt_, column))) : std::string{};
    }

  private:
    Statement& check(int code) {
        if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db_));
        return *this;
    }
    sqlite3* db_;
    sqlite3_stmt* stmt_ = nullptr;
    int at_ = 0;
};

void script(sqlite3* db, const char* sql) {
    if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db));
}

int run(const char* file, const char* codes_file, int64_t count) {
    std::vector<std::string> codes;
    {
        std::ifstream in(codes_file);
        for (std::string line; std::getline(in, line);) codes.push_back(line);
    }
    if (codes.empty()) throw std::runtime_error("no dossiers");
    sqlite3* db = nullptr;
    if (sqlite3_open_v2(file, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK)
        throw std::runtime_error("cannot open the database");
    script(db,
           "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA mmap_size=0;"
           "PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;");

    Statement find_receipt(db,
                           "SELECT request, status, headers, body FROM idempotency WHERE account=? AND key=? AND at>?");
    Statement find(db,
                   "SELECT key,id,code,procedure,release,agency,reception,lead,area,channel,state,stage,filed_at,"
                   "received_at,due,due_provisional,calendar,finished_at,returned_at,subject,requests,extensions,"
                   "results,unpaid,tasks,notes,clock,version FROM dossier WHERE code=?");
    Statement tasks(db,
                    "SELECT dossier,number,stage,lane,step,kind,function,agency,position,officer,planned,started,due,"
                    "ended,state,flags FROM dossier_task WHERE dossier=? AND ended IS NULL ORDER BY number");
    Statement last_officer(db,
                           "SELECT officer FROM dossier_task WHERE dossier=? AND step=? AND agency=? AND officer<>'' "
                           "ORDER BY number DESC LIMIT 1");
    Statement subject(db, "SELECT wrapped, erased_at FROM subject_key WHERE subject=?");
    Statement update(db,
                     "UPDATE dossier SET release=?,agency=?,reception=?,lead=?,state=?,stage=?,received_at=?,due=?,"
                     "due_provisional=?,calendar=?,finished_at=?,returned_at=?,requests=?,extensions=?,results=?,"
                     "unpaid=?,tasks=?,notes=?,clock=?,version=? WHERE key=? AND version=?");
    Statement end_task(db,
                       "UPDATE dossier_task SET agency=?,position=?,officer=?,due=?,ended=?,state=?,flags=? WHERE "
                       "dossier=? AND number=?");
    Statement new_task(db, "INSERT INTO dossier_task VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    Statement new_note(db,
                       "INSERT INTO dossier_note (dossier,number,kind,task,officer,at,content) VALUES (?,?,?,?,?,?,?)");
    Statement receipt(db,
                      "INSERT INTO idempotency (account,key,request,status,headers,body,at) VALUES (?,?,?,?,?,?,?) ON "
                      "CONFLICT (account,key) DO UPDATE SET request=excluded.request,status=excluded.status,"
                      "headers=excluded.headers,body=excluded.body,at=excluded.at WHERE idempotency.at<=?");
    Statement event(db,
                    "INSERT INTO ledger_event (position,id,type,version,stream,actor,at,data,leaf) VALUES "
                    "(?,?,?,?,?,?,?,?,?)");
    Statement begin(db, "BEGIN IMMEDIATE"), commit(db, "COMMIT");

    // Texts of the load that has just run: rows of the same size.
    std::string account, request, headers, body;
    {
        Statement last(db, "SELECT account, request, headers, body, at FROM idempotency ORDER BY at DESC LIMIT 1");
        if (!last.row()) throw std::runtime_error("no receipts: run the HTTP load first");
        account = last.text(0), request = last.text(1), headers = last.text(2), body = last.text(3);
    }
    std::array<std::string, 2> types{"dossier.step_completed", "dossier.step_returned"}, datas;
    std::string leaf, note;
    for (size_t i = 0; i < 2; ++i) {
        Statement last(db, i == 0 ? "SELECT data, leaf FROM ledger_event WHERE type='dossier.step_completed' ORDER BY "
                                    "position DESC LIMIT 1"
                                  : "SELECT data, leaf FROM ledger_event WHERE type='dossier.step_returned' ORDER BY "
                                    "position DESC LIMIT 1");
        if (!last.row()) throw std::runtime_error("no events: run the HTTP load first");
        datas[i] = last.text(0), leaf = last.text(1);
    }
    {
        Statement last(db, "SELECT content FROM dossier_note WHERE kind=10 ORDER BY dossier DESC LIMIT 1");
        note = last.row() ? last.text(0) : std::string(60, 'x');
    }
    int64_t position = 0, now = 0;
    {
        Statement last(db, "SELECT MAX(position), MAX(at) FROM ledger_event");
        last.row();
        position = last.integer(0), now = last.integer(1);
    }

    std::array<char, 64> text{};
    const auto started = std::chrono::steady_clock::now();
    for (int64_t n = 0; n < count; ++n) {
        if (n % group == 0) begin.restart().run();
        const auto& code = codes[static_cast<size_t>(n) % codes.size()];
        const bool back = (n / static_cast<int64_t>(codes.size())) % 2 == 1;
        std::snprintf(text.data(), text.size(), "engine-%d-%lld", static_cast<int>(n % group),
                      static_cast<long long>(n));
        const std::string key = text.data();
        ++now;
        (find_receipt.restart() << account << key << now - 604'800'000).run();
        (find.restart() << code);
        if (!find.row()) throw std::runtime_error("no dossier " + code);
        const int64_t dossier = find.integer(0), number = find.integer(24) + 1, notes = find.integer(25),
                      version = find.integer(27);
        (tasks.restart() << dossier);
        if (!tasks.row()) throw std::runtime_error("no open task in " + code);
        if (back) {
            last_officer.restart().copy(tasks, 0).copy(tasks, 4).copy(tasks, 7).run();
            subject.restart().copy(find, 19).run();
        }
        update.restart();
        for (const int column : {4, 5, 6, 7, 10, 11, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23}) update.copy(find, column);
        update << number << notes + (back ? 1 : 0);
        (update.copy(find, 26) << version + 1 << dossier << version).run();
        end_task.restart().copy(tasks, 7).copy(tasks, 8).copy(tasks, 9).copy(tasks, 12);
        (end_task << now << int64_t{back ? 3 : 2}).copy(tasks, 15);
        end_task << dossier << tasks.integer(1);
        new_task.restart() << dossier << number;
        for (const int column : {2, 3, 4, 5, 6, 7, 8, 9, 10}) new_task.copy(tasks, column);
        (new_task << now).copy(tasks, 12).null() << int64_t{1};
        new_task.copy(tasks, 15);
        const std::string stream = find.text(1);
        find.restart();
        tasks.restart();
        end_task.run();
        new_task.run();
        if (back) {
            new_note.restart() << dossier << notes + 1 << int64_t{10} << number - 1 << nobody << now;
            new_note.blob(note).run();
        }
        (receipt.restart() << account << key << request << int64_t{200} << headers << body << now << now - 604'800'000)
            .run();
        std::snprintf(text.data(), text.size(), "%08llx-0000-7000-8000-%012llx",
                      static_cast<unsigned long long>(now / 65536) & 0xffffffff,
                      static_cast<unsigned long long>(position));
        const std::string id = text.data();
        event.restart() << ++position << id << types[back] << int64_t{1} << stream << account << now << datas[back];
        event.blob(leaf).run();
        if (n % group == group - 1 || n + 1 == count) commit.restart().run();
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    std::printf("answered=%lld seconds=%.3f per_second=%.0f\n", static_cast<long long>(count), seconds,
                static_cast<double>(count) / seconds);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("bench_engine DATABASE CODES COUNT\n", stderr);
        return 2;
    }
    try {
        return run(argv[1], argv[2], std::atoll(argv[3]));
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
