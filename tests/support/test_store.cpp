#include "support/test_store.h"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <cstdlib>

#include "base/log.h"

namespace hl::test {

namespace {

void run_postgres(const std::string& url, const std::string& sql) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(url.c_str()), PQfinish);
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()), PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
}

void run_sqlite(const std::filesystem::path& file, const std::string& sql) {
    sqlite3* db = nullptr;
    int code = sqlite3_open(file.c_str(), &db);
    sqlite3_busy_timeout(db, 5000);
    if (code == SQLITE_OK) code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
    const std::string message = sqlite3_errmsg(db);
    sqlite3_close(db);
    if (code != SQLITE_OK) throw std::runtime_error(sql + ": " + message);
}

store::Migrations with_store_tables(const store::Migrations& more) {
    store::Migrations all = store::migrations();
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

}  // namespace

std::string postgres_url() {
    const char* url = std::getenv("HL_TEST_PG");
    return url ? url : "";
}

std::vector<store::Engine> engines() {
    std::vector<store::Engine> out{store::Engine::sqlite};
    if (!postgres_url().empty()) out.push_back(store::Engine::postgres);
    return out;
}

std::string engine_name(const testing::TestParamInfo<store::Engine>& info) {
    return info.param == store::Engine::sqlite ? "SQLite" : "PostgreSQL";
}

TestDatabase::TestDatabase(store::Engine engine) : engine_(engine) {
    if (engine == store::Engine::sqlite)
        url_ = "sqlite:" + file().string();
    else
        make_schema(postgres_url());
}

TestDatabase::TestDatabase(const std::string& server_url) : engine_(store::Engine::postgres) {
    make_schema(server_url);
}

void TestDatabase::make_schema(const std::string& server_url) {
    server_url_ = server_url;
    // The temporary folder's name is unique on this machine, and so is the schema's.
    const std::string unique = folder_.path().filename().string().substr(std::string_view{"hienluong-"}.size());
    schema_ = "t_";
    for (const char c : unique) schema_ += fmt::format("{:02x}", static_cast<unsigned char>(c));
    run_postgres(server_url_, "CREATE SCHEMA " + schema_);
    url_ =
        server_url_ + (server_url_.find('?') == std::string::npos ? "?" : "&") + "options=-csearch_path%3D" + schema_;
}

TestDatabase::~TestDatabase() {
    if (schema_.empty()) return;
    try {
        run_postgres(server_url_, "DROP SCHEMA " + schema_ + " CASCADE");
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
}

std::filesystem::path TestDatabase::file() const {
    return folder_ / "data.db";
}

void TestDatabase::run(const std::string& sql) const {
    if (engine_ == store::Engine::sqlite)
        run_sqlite(file(), sql);
    else
        run_postgres(url_, sql);
}

TestStore::TestStore(store::Engine engine, const store::Migrations& m, store::StoreOptions o)
    : database(engine), migrations(m), options(std::move(o)) {
    options.url = database.url();
    log::set_level(log::Level::error);  // what a test does on purpose is no news
    reopen();
}

void TestStore::reopen() {
    store.reset();
    auto opened = store::Store::open(options, migrations, clock, random);
    if (!opened.ok()) throw std::runtime_error(opened.error().code + ": " + opened.error().en);
    store = std::move(*opened);
}

std::unique_ptr<TestStore> open_test_store(store::Engine engine, const store::Migrations& more) {
    return std::make_unique<TestStore>(engine, with_store_tables(more));
}

}  // namespace hl::test
