// An agency's PostgreSQL as a service: the real server, a role that may do more than read, and statements that try to.
#include <gtest/gtest.h>
#include <libpq-fe.h>

#include "base/files.h"
#include "base/json.h"
#include "exchange/adapters/adapter.h"
#include "exchange/protocol/descriptions.h"
#include "support/test_store.h"

namespace hl::exchange {
namespace {

const ClientId tax{"QUANGTRI", "GOV", "H50.12", "THUE"};
const ClientId other{"QUANGTRI", "GOV", "H50.13", "KHAC"};

json::value column(const char* name, const char* type) {
    return json::object{{"name", name}, {"type", type}};
}
json::object list_of_businesses() {
    return {
        {"path", "/dn"},
        {"title", "Doanh nghiệp"},
        {"statement",
         "SELECT ma, ten, von, lap, sua, nhan_vien FROM dn WHERE (:loai::text IS NULL OR loai = :loai) AND von >= "
         ":von"},
        {"parameters", json::array{json::object{{"name", "loai"}, {"type", "text"}},
                                   json::object{{"name", "von"}, {"type", "integer"}, {"default", 0}}}},
        {"columns",
         json::array{column("ma", "text"), column("ten", "text"),
                     json::object{{"name", "von"}, {"type", "decimal"}, {"consumers", {"QUANGTRI/GOV/H50.12/THUE"}}},
                     column("lap", "date"), column("sua", "date-time"), column("nhan_vien", "integer")}},
        {"order", {"ma"}},
        {"paging", "keyset"},
        {"page", 2}};
}
json::object one_business() {
    return {{"path", "/dn/{ma}"},
            {"title", "Một doanh nghiệp"},
            {"statement", "SELECT ma, ten FROM dn WHERE ma = :ma"},
            {"parameters", json::array{json::object{{"name", "ma"}, {"type", "text"}}}},
            {"columns", json::array{column("ma", "text"), column("ten", "text")}},
            {"single", true}};
}
json::object plain(const char* statement, const char* path = "/x") {
    return {{"path", path}, {"title", "X"}, {"statement", statement}, {"columns", json::array{column("a", "integer")}}};
}

class SqlService : public testing::Test {
  protected:
    void SetUp() override {
        if (test::postgres_url().empty()) GTEST_SKIP() << "HL_TEST_PG names no server";
        database_ = std::make_unique<test::TestDatabase>(store::Engine::postgres);
        database_->run(
            "CREATE TABLE dn (ma TEXT PRIMARY KEY, ten TEXT, loai TEXT, von NUMERIC(20,2), lap DATE, sua TIMESTAMPTZ, "
            "nhan_vien INT); INSERT INTO dn VALUES "
            "('01', 'An', 'TNHH', 1000000000000.50, '2020-01-31', '2026-11-23 15:00:00.25+07', 7),"
            "('02', 'Bình''s', 'CP', 20, '2021-02-28', '2026-11-23 15:00:00+07', NULL),"
            "('03', 'Chi', 'TNHH', 30, NULL, NULL, 3), ('04', '\"; DROP', 'CP', 40, NULL, NULL, 4),"
            "('05', 'Em', 'TNHH', 50, NULL, NULL, 5)");
        role_ = "r_" + database_->folder().path().filename().string().substr(10);
        for (auto& c : role_) c = static_cast<char>(std::tolower(c));
        database_->run(
            fmt::format("CREATE ROLE \"{0}\" LOGIN; DO $$BEGIN EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I "
                        "TO \"{0}\"', current_schema()); EXECUTE format('ALTER ROLE \"{0}\" SET search_path = %I', "
                        "current_schema()); END$$; GRANT ALL ON dn TO \"{0}\"",
                        role_));
        write_connection(role_);
    }
    void TearDown() override {
        adapter_.reset();
        if (database_) database_->run(fmt::format("DROP OWNED BY \"{0}\"; DROP ROLE \"{0}\"", role_));
    }
    void write_connection(const std::string& user) {
        const std::string url = test::postgres_url();
        const auto at = url.find('@'), colon = url.find(':', at), slash = url.find('/', colon);
        const json::object connection{{"host", url.substr(at + 1, colon - at - 1)},
                                      {"port", std::stoi(url.substr(colon + 1, slash - colon - 1))},
                                      {"database", url.substr(slash + 1)},
                                      {"user", user},
                                      {"password", "not asked for"},
                                      {"tls", "disable"}};
        ASSERT_TRUE(write_file(dir_ / "db.json", json::serialize(connection), 0600).ok());
    }
    json::object settings(json::array resources) {
        return {{"kind", "sql"},
                {"title", "Doanh nghiệp"},
                {"connection_file", "db.json"},
                {"connections", 2},
                {"resources", std::move(resources)}};
    }
    void serve(json::array resources) {
        auto made = make_adapter(settings(std::move(resources)), dir_.path());
        ASSERT_TRUE(made.ok()) << made.error().at << made.error().en;
        adapter_ = std::move(*made);
    }
    AdapterResponse get(std::string path, std::string_view query = "", const ClientId& client = tax) {
        AdapterRequest r;
        r.method = "GET";
        r.path = std::move(path);
        r.query = *parse_query(query);
        r.client = client;
        return adapter_->answer(r);
    }
    static std::string code(const AdapterResponse& r) {
        const auto body = json::parse(r.body);
        const auto* c = body.as_object().if_contains("code");
        return c ? std::string{c->as_string()} : "";
    }
    test::TempDir dir_;
    std::unique_ptr<test::TestDatabase> database_;
    std::string role_;
    std::unique_ptr<Adapter> adapter_;
};

TEST_F(SqlService, AnswersTypedRows) {
    serve({list_of_businesses(), one_business()});
    ASSERT_TRUE(test::ok(adapter_->check()));
    const auto r = get("/dn", "limit=2");
    ASSERT_EQ(r.status, 200) << r.body;
    const auto items = json::parse(r.body).at("items").as_array();
    EXPECT_EQ(
        json::serialize(items[0]),
        R"({"ma":"01","ten":"An","von":"1000000000000.50","lap":"2020-01-31","sua":"2026-11-23T08:00:00.25Z","nhan_vien":7})");
    EXPECT_TRUE(items[1].at("nhan_vien").is_null());
}
TEST_F(SqlService, PagesGiveEveryRowOnceInOrder) {
    serve({list_of_businesses()});
    std::string query, got;
    for (int i = 0; i < 10; ++i) {
        const auto r = get("/dn", query);
        ASSERT_EQ(r.status, 200) << r.body;
        const auto page = json::parse(r.body).as_object();
        for (const auto& item : page.at("items").as_array()) got += std::string{item.at("ma").as_string()} + " ";
        const auto* next = page.if_contains("next");
        if (!next) break;
        query = std::string{next->as_string()}.substr(1);
        database_->run("INSERT INTO dn (ma, von) VALUES ('00" + std::to_string(i) + "', 1)");  // before the position
    }
    EXPECT_EQ(got, "01 02 03 04 05 ");
}
TEST_F(SqlService, ParametersAreBoundAndNeverSpliced) {
    serve({list_of_businesses(), one_business()});
    EXPECT_EQ(json::parse(get("/dn", "loai=CP").body).at("items").as_array().size(), 2u);
    EXPECT_EQ(json::parse(get("/dn", "loai=%27+OR+1%3D1+--").body).at("items").as_array().size(), 0u);
    EXPECT_EQ(get("/dn/'; DROP TABLE dn; --").status, 404);
    EXPECT_EQ(json::parse(get("/dn/04").body).at("ten"), "\"; DROP");
    EXPECT_EQ(code(get("/dn", "von=1;drop")), "adapter.parameter");
    EXPECT_EQ(code(get("/dn", "loai=%00")), "adapter.parameter");
    EXPECT_EQ(code(get("/dn", "loia=CP")), "adapter.parameter_unknown");
    EXPECT_EQ(code(get("/dn", "after=x")), "page.cursor");
    EXPECT_EQ(code(get("/nowhere")), "adapter.not_found");
}
TEST_F(SqlService, ColumnsOfOthersAreNotEvenFetched) {
    serve({list_of_businesses()});
    EXPECT_TRUE(json::parse(get("/dn", "", tax).body).at("items").at(0).as_object().contains("von"));
    EXPECT_FALSE(json::parse(get("/dn", "", other).body).at("items").at(0).as_object().contains("von"));
}
TEST_F(SqlService, NothingCanBeChangedEvenByARoleThatMay) {
    database_->run("CREATE FUNCTION eat() RETURNS int LANGUAGE plpgsql AS $$BEGIN DELETE FROM dn; RETURN 1; END$$");
    database_->run(
        "CREATE FUNCTION unlock() RETURNS int LANGUAGE plpgsql AS $$BEGIN PERFORM set_config('transaction_read_only', "
        "'off', true); DELETE FROM dn; RETURN 1; END$$");
    serve({plain("SELECT eat() AS a", "/eat"), plain("SELECT unlock() AS a", "/unlock"),
           plain("SELECT 1 AS a FROM dn FOR UPDATE", "/lock")});
    EXPECT_EQ(code(get("/eat")), "adapter.read_only");
    EXPECT_NE(get("/unlock").status, 200);
    EXPECT_EQ(code(get("/lock")), "adapter.read_only");
    serve({plain("WITH gone AS (DELETE FROM dn RETURNING 1 AS a) SELECT a FROM gone")});
    const auto checked = adapter_->check();
    ASSERT_FALSE(checked.ok());  // the server itself: a WITH that changes data must stand at the top
    EXPECT_EQ(checked.error().code, "adapter.statement");
    EXPECT_EQ(checked.error().at, "/resources/0");
    EXPECT_EQ(get("/x").status, 500);
    serve({list_of_businesses()});
    EXPECT_EQ(json::parse(get("/dn", "limit=10").body).at("items").as_array().size(), 5u);
}
TEST_F(SqlService, ASuperuserIsRefused) {
    write_connection("postgres");
    serve({one_business()});
    EXPECT_EQ(adapter_->check().error().code, "adapter.superuser");
    EXPECT_EQ(get("/dn/01").status, 500);
}
TEST_F(SqlService, SlowQueriesAreStopped) {
    auto slow = plain("SELECT 1 AS a FROM pg_sleep(20)");
    slow["timeout_ms"] = 100;
    serve({slow, one_business()});
    EXPECT_EQ(code(get("/x")), "adapter.timeout");
    EXPECT_EQ(get("/dn/01").status, 200);
}
TEST_F(SqlService, TooManyRowsAreRefusedAndNotCut) {
    auto all = plain("SELECT a FROM generate_series(1, 20) AS a");
    all["rows"] = 20;
    serve({all});
    EXPECT_EQ(json::parse(get("/x").body).at("items").as_array().size(), 20u);
    all["rows"] = 19;
    serve({all});
    EXPECT_EQ(code(get("/x")), "adapter.answer_size");
}
TEST_F(SqlService, AnAnswerThatGrowsTooLargeIsBrokenOffAndTheServiceGoesOn) {
    auto wide = plain("SELECT repeat('x', 1000000) AS a FROM generate_series(1, 100)");
    wide["columns"] = json::array{column("a", "text")};
    serve({wide, one_business()});
    EXPECT_EQ(code(get("/x")), "adapter.answer_size");
    EXPECT_EQ(get("/dn/01").status, 200);
}
TEST_F(SqlService, ColumnsMustBeOfTheDeclaredType) {
    serve({plain("SELECT now()::timestamp AS a")});
    EXPECT_EQ(adapter_->check().error().code, "adapter.column_type");
    EXPECT_EQ(code(get("/x")), "adapter.column_type");
    EXPECT_EQ(code(get("/x")), "adapter.column_type");
}
TEST_F(SqlService, OffsetPagesGoOn) {
    auto pages = plain("SELECT a FROM generate_series(1, 5) AS a");
    pages["paging"] = "offset";
    pages["order"] = json::array{"a"};
    pages["page"] = 2;
    serve({pages});
    const auto second = json::parse(get("/x", "offset=2").body);
    EXPECT_EQ(json::serialize(second.at("items")), R"([{"a":3},{"a":4}])");
    EXPECT_EQ(second.at("next"), "?offset=4");
    EXPECT_FALSE(json::parse(get("/x", "offset=4").body).as_object().contains("next"));
}
TEST_F(SqlService, ALostConnectionIsReplaced) {
    serve({one_business()});
    EXPECT_EQ(get("/dn/01").status, 200);
    database_->run(fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{}'", role_));
    EXPECT_EQ(get("/dn/01").status, 200);
    write_connection("nobody_of_this_name");
    database_->run(fmt::format("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{}'", role_));
    EXPECT_EQ(get("/dn/01").status, 503);
}
TEST_F(SqlService, DescribesItselfForTheRegistry) {
    serve({list_of_businesses(), one_business()});
    const auto d = read_openapi(json::serialize(adapter_->description()));
    ASSERT_TRUE(d.ok()) << d.error().en;
    EXPECT_EQ(d->endpoints, (std::vector<Endpoint>{{"GET", "/dn"}, {"GET", "/dn/*"}}));
}

class SqlSettingsOf : public testing::Test {
  protected:
    void SetUp() override { connection({{"host", "127.0.0.1"}, {"database", "d"}, {"user", "u"}, {"tls", "disable"}}); }
    void connection(const json::object& o, unsigned mode = 0600) {
        std::filesystem::remove(dir_ / "db.json");
        ASSERT_TRUE(write_file(dir_ / "db.json", json::serialize(o), mode).ok());
    }
    std::string where(const json::object& resource) {
        const auto made = make_adapter(
            {{"kind", "sql"}, {"title", "T"}, {"connection_file", "db.json"}, {"resources", json::array{resource}}},
            dir_.path());
        return made.ok() ? "" : made.error().at;
    }
    test::TempDir dir_;
};
TEST_F(SqlSettingsOf, AMistakeIsNamedByItsPlace) {
    EXPECT_EQ(where(list_of_businesses()), "");
    const auto changed = [&](const char* key, json::value value) {
        auto r = list_of_businesses();
        r[key] = std::move(value);
        return where(r);
    };
    EXPECT_EQ(changed("statement", "DELETE FROM dn"), "/resources/0/statement");
    EXPECT_EQ(changed("statement", "SELECT :khac AS ma"), "/resources/0/statement");
    EXPECT_EQ(changed("order", json::array{"von"}), "/resources/0/order");  // not everybody may see it
    EXPECT_EQ(changed("order", json::array{}), "/resources/0/paging");
    EXPECT_EQ(changed("path", "dn"), "/resources/0/path");
    EXPECT_EQ(changed("path", "/dn/{x}"), "/resources/0/path");
    EXPECT_EQ(changed("page", 5000), "");
    EXPECT_EQ(changed("pages", 5), "/resources/0/pages");
    EXPECT_EQ(changed("columns", json::array{}), "/resources/0/order");
    EXPECT_EQ(changed("columns", json::array{json::object{{"name", "ma"}, {"type", "char"}}}),
              "/resources/0/columns/0/type");
}
TEST_F(SqlSettingsOf, TheConnectionsFileIsPrivateAndElsewhereMeansTls) {
    connection({{"host", "10.0.0.1"}, {"database", "d"}, {"user", "u"}, {"tls", "disable"}});
    EXPECT_EQ(where(one_business()), "/connection_file");
    connection({{"host", "10.0.0.1"}, {"database", "d"}, {"user", "u"}});
    EXPECT_EQ(where(one_business()), "/connection_file");
    connection({{"host", "10.0.0.1"}, {"database", "d"}, {"user", "u"}, {"ca_file", "ca.pem"}});
    EXPECT_EQ(where(one_business()), "");
    connection({{"host", "127.0.0.1"}, {"database", "d"}, {"user", "u"}, {"tls", "disable"}}, 0644);
    EXPECT_EQ(where(one_business()), "/connection_file");
    std::filesystem::remove(dir_ / "db.json");
    EXPECT_EQ(where(one_business()), "/connection_file");
}

}  // namespace
}  // namespace hl::exchange
