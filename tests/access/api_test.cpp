// The edge over a real server: idempotency, logged reads, errors as problem documents, routes of this room.
#include <thread>
#include "access_fixture.h"

#include "base/json.h"
#include "http/client.h"
#include "http/server.h"

namespace hl::access {
namespace {

using namespace fixture;

class Edge : public AccessTest {
  protected:
    void SetUp() override {
        AccessTest::SetUp();
        http::Router router;
        auto vault = store::Vault::open(test_store().database.folder() / "master.key", random, true);
        ASSERT_TRUE(test::ok(vault));
        vault_ = std::move(*vault);
        Api api(router, store(), sessions(), clock(), random, metrics);
        add_routes(api, {store(), sessions(), *vault_, clock(), random}, {});
        api.command("POST", "/count", [this](store::Transaction& tx, const Call& call) -> Result<Answer> {
            ++runs;
            if (call.body.is_object() && call.body.as_object().contains("fail"))
                return Error{ErrorKind::conflict, "test.fail", "Lỗi thử.",
                             "A failure.",        "/fail",     "Nghị định thử, Điều 1"};
            return Answer{boost::json::object{{"number", tx.next_number("edge")}}, 201, {{"ETag", "\"7\""}}};
        });
        // Can be done once: the second time it finds out late, after it has changed something.
        api.command("POST", "/once", [](store::Transaction& tx, const Call&) -> Result<Answer> {
            constexpr std::string_view add =
                "INSERT INTO counter (name, value) VALUES ('once', 1) ON CONFLICT (name) DO UPDATE SET value = "
                "counter.value + 1";
            tx.execute(add);
            const auto times = tx.first("SELECT value FROM counter WHERE name = 'once'", {},
                                        [](const store::Row& row) { return row.integer(0); });
            if (*times > 1) return Error{ErrorKind::conflict, "test.done", "Đã làm rồi.", "Done already."};
            return Answer{boost::json::object{{"times", *times}}, 201};
        });
        api.query("/person",
                  [this](store::Reader&, const Call& call) -> Result<Answer> {
                      Answer a{boost::json::object{{"name", "X"}}};
                      a.reads.push_back({call.actor.label(), call.actor.purpose, "person", "subject-1",
                                         call.request.request_id, clock().now()});
                      return a;
                  },
                  {.purpose = "xử lý hồ sơ"});
        http::ServerOptions options;
        options.port = 0;
        options.io_threads = 1;
        options.workers = 2;
        options.access_log = false;
        server_ = std::make_unique<http::Server>(options, std::move(router), clock(), random, metrics);
        ASSERT_TRUE(test::ok(server_->start()));
        add("quan-tri", good,
            {{Role::administrator, AgencyId{}, today(), {}}, {Role::auditor, AgencyId{}, today(), {}}});
        token = sessions().sign_in("quan-tri", good, {}, "")->token;
    }
    void TearDown() override {
        server_.reset();
        AccessTest::TearDown();
    }
    http::Response call(const std::string& method, const std::string& path, const std::string& body = "",
                        std::vector<http::Header> headers = {}) {
        http::ClientRequest r;
        r.method = method;
        r.url = fmt::format("http://127.0.0.1:{}{}", server_->port(), path);
        r.headers = std::move(headers);
        if (!token.empty()) r.headers.push_back({"Authorization", "Bearer " + token});
        if (!body.empty()) r.headers.push_back({"Content-Type", "application/json"});
        r.body = body;
        auto response = http::send(r);
        EXPECT_TRUE(test::ok(response));
        return response.ok() ? *response : http::Response{};
    }
    std::unique_ptr<store::Vault> vault_;
    http::Metrics metrics;
    std::unique_ptr<http::Server> server_;
    std::string token;
    std::atomic<int> runs{0};
};
HL_FOR_EVERY_ENGINE(Edge);

TEST_P(Edge, TheSameKeyGivesTheFirstAnswer) {
    const std::vector<http::Header> key = {{"Idempotency-Key", "k1"}};
    const auto first = call("POST", "/count", "{}", key), again = call("POST", "/count", "{}", key),
               other = call("POST", "/count", "{}", {{"Idempotency-Key", "k2"}});
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(first.body, again.body);
    const auto tag = std::find_if(again.headers.begin(), again.headers.end(), [](const auto& h) { return h.name == "ETag"; });
    ASSERT_NE(tag, again.headers.end());
    EXPECT_EQ(tag->value, "\"7\"");
    EXPECT_NE(first.body, other.body);
    EXPECT_EQ(call("POST", "/count", R"({"x":1})", key).status, 422);
    clock().advance(std::chrono::days{8});
    token = sessions().sign_in("quan-tri", good, {}, "")->token;
    EXPECT_NE(call("POST", "/count", "{}", key).body, first.body);
}

TEST_P(Edge, ARepeatIsAnsweredAlsoWhereTheCommandWouldBeRefusedByNow) {
    const std::vector<http::Header> key = {{"Idempotency-Key", "k1"}};
    const auto first = call("POST", "/once", "{}", key), again = call("POST", "/once", "{}", key);
    EXPECT_EQ(first.status, 201);
    EXPECT_EQ(again.status, 201);
    EXPECT_EQ(again.body, first.body);
    EXPECT_EQ(call("POST", "/once", "{}", {{"Idempotency-Key", "k2"}}).status, 409);
    EXPECT_EQ(call("POST", "/once", "{}").status, 409);
    const auto times = store().read([](store::Reader& r) -> Result<int64_t> {
        return *r.first("SELECT value FROM counter WHERE name = 'once'", {},
                        [](const store::Row& row) { return row.integer(0); });
    });
    EXPECT_EQ(*times, 1);  // what the repeats had changed was undone
}

TEST_P(Edge, AFailureIsNotKeptAndMayBeTriedAgain) {
    const std::vector<http::Header> key = {{"Idempotency-Key", "k1"}};
    const auto failed = call("POST", "/count", R"({"fail":1})", key);
    EXPECT_EQ(failed.status, 409);
    const auto problem = parse_json(failed.body)->as_object();
    EXPECT_EQ(problem.at("code"), "test.fail");
    EXPECT_EQ(problem.at("rule"), "Nghị định thử, Điều 1");
    EXPECT_EQ(problem.at("title"), "Lỗi thử.");
    EXPECT_EQ(call("POST", "/count", "{}", key).status, 201);
}

TEST_P(Edge, ARepeatedKeyUnderConcurrencyHasOneEffect) {
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::set<std::string> bodies;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            http::Response r;
            do r = call("POST", "/count", "{}", {{"Idempotency-Key", "same"}});
            while (r.status == 409);
            std::scoped_lock lock(mutex);
            bodies.insert(r.body);
        });
    for (auto& t : threads) t.join();
    EXPECT_EQ(bodies.size(), 1u);
}

TEST_P(Edge, AReadOfPersonalDataIsLoggedWithItsPurposeBeforeTheAnswer) {
    const auto shown = call("GET", "/person", "", {{"X-Request-Id", "request-1234"}});
    EXPECT_EQ(shown.status, 200);
    const auto log = parse_json(call("GET", "/api/v1/personal-reads?subject=subject-1").body)->as_object();
    ASSERT_EQ(log.at("items").as_array().size(), 1u);
    const auto& entry = log.at("items").as_array()[0].as_object();
    EXPECT_EQ(entry.at("purpose"), "xử lý hồ sơ");
    EXPECT_EQ(entry.at("request_id"), "request-1234");
    EXPECT_TRUE(std::string_view{entry.at("actor").as_string()}.starts_with("account:"));
}

TEST_P(Edge, TheLogOfReadsIsSearchedAndAnExportOfItIsALineOfIt) {
    const auto other = add("nguoi-khac", good, {});
    const auto say = [&](const std::string& actor, const std::string& purpose, const std::string& subject) {
        ASSERT_TRUE(store()
                        .write([&](store::Transaction& tx) -> Result<void> {
                            log_read(tx, {actor, purpose, "dossier", subject, "r", clock().now()});
                            return Nothing{};
                        })
                        .ok());
    };
    const auto day = [&] { return to_iso(local_date(clock().now())); };
    const auto items = [&](const std::string& query) {
        const auto answer = call("GET", "/api/v1/personal-reads" + query);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return parse_json(answer.body)->at("items").as_array();
    };
    say("account:" + other.value, "một", "s1");
    say("anonymous", "hai", "s2");
    const auto first_day = day();
    clock().advance(std::chrono::days{2});
    token = sessions().sign_in("quan-tri", good, {}, "")->token;
    say("account:" + other.value, "hai", "=1+1");
    EXPECT_EQ(items("").size(), 3u);
    EXPECT_EQ(items("?purpose=hai").size(), 2u);
    EXPECT_EQ(items("?subject=s1").size(), 1u);
    EXPECT_EQ(items("?to=" + first_day).size(), 2u);
    EXPECT_EQ(items("?from=" + day()).size(), 1u);
    const auto his = items("?actor=nguoi-khac");
    ASSERT_EQ(his.size(), 2u);
    EXPECT_EQ(his[0].at("login"), "nguoi-khac");
    EXPECT_EQ(his[0].at("what_vi"), "Hồ sơ");
    EXPECT_EQ(items("?actor=nguoi-khac&purpose=hai&from=" + first_day + "&to=" + day()).size(), 1u);
    EXPECT_EQ(items("?actor=anonymous").size(), 1u);
    EXPECT_EQ(call("GET", "/api/v1/personal-reads?actor=khong-co").status, 404);
    EXPECT_EQ(call("GET", "/api/v1/personal-reads?from=" + day() + "&to=" + first_day).status, 422);
    EXPECT_EQ(call("GET", "/api/v1/personal-reads?from=hom-nay").status, 422);
    EXPECT_EQ(parse_json(call("GET", "/api/v1/personal-reads/purposes").body)->at("items"),
              (boost::json::array{"hai", "một"}));
    const auto csv = call("GET", "/api/v1/personal-reads?format=csv&purpose=hai");
    EXPECT_EQ(csv.status, 200);
    EXPECT_TRUE(csv.body.starts_with("\xEF\xBB\xBFThời điểm,"));
    EXPECT_EQ(std::count(csv.body.begin(), csv.body.end(), '\n'), 3);
    EXPECT_NE(csv.body.find("\"'=1+1\""), std::string::npos) << csv.body;
    const auto after = items("");
    ASSERT_EQ(after.size(), 4u);
    EXPECT_EQ(after[0].at("what"), "reads_export");
    EXPECT_EQ(after[0].at("purpose"), "kiểm tra việc đọc dữ liệu cá nhân");
    EXPECT_EQ(after[0].at("subject"), "2 dòng");
    EXPECT_EQ(after[0].at("login"), "quan-tri");
}

TEST_P(Edge, TheLogOfReadsIsPagedAlsoWhereManyHaveOneInstant) {
    ASSERT_TRUE(store()
                    .write([&](store::Transaction& tx) -> Result<void> {
                        for (int i = 0; i < 250; ++i)
                            log_read(tx, {"anonymous", "p", "dossier", std::to_string(i), "r", clock().now()});
                        return Nothing{};
                    })
                    .ok());
    std::set<std::string> seen;
    std::string cursor;
    for (int pages = 0; pages < 3; ++pages) {
        const auto page = parse_json(call("GET", "/api/v1/personal-reads?purpose=p" + cursor).body)->as_object();
        for (const auto& line : page.at("items").as_array()) seen.insert(std::string{line.at("subject").as_string()});
        if (page.at("next").is_null()) break;
        cursor = "&cursor=" + std::string{page.at("next").as_string()};
    }
    EXPECT_EQ(seen.size(), 250u);
    EXPECT_EQ(call("GET", "/api/v1/personal-reads?cursor=x").status, 422);
}

TEST_P(Edge, AKeyIsShownOnceAndKeptNowhere) {
    ASSERT_EQ(call("POST", "/api/v1/accounts", R"({"login":"may-mau","name":"Máy","kind":"machine"})").status, 201);
    const auto made = call("POST", "/api/v1/accounts/may-mau/keys", R"({"label":"thử"})", {{"Idempotency-Key", "k"}});
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string key{parse_json(made.body)->at("key").as_string()};
    const auto kept = store().read([](store::Reader& r) -> Result<int64_t> {
        return *r.first("SELECT COUNT(*) FROM idempotency", {}, [](const store::Row& row) { return row.integer(0); });
    });
    EXPECT_EQ(*kept, 0);
    const auto listed = call("GET", "/api/v1/keys?login=may-mau");
    EXPECT_EQ(listed.body.find(key.substr(17)), std::string::npos);
    const auto item = parse_json(listed.body)->at("items").as_array().at(0).as_object();
    EXPECT_EQ(item.at("label"), "thử");
    EXPECT_TRUE(item.at("last_used_at").is_null());
    EXPECT_EQ(call("GET", "/api/v1/accounts?kind=machine").status, 200);
    EXPECT_EQ(call("GET", "/api/v1/accounts?kind=robot").status, 422);
    EXPECT_EQ(call("DELETE", "/api/v1/keys/" + std::string{item.at("id").as_string()}).status, 204);
    token = key;
    EXPECT_EQ(call("GET", "/api/v1/me").status, 401);
}

TEST_P(Edge, NobodyGetsInUnsigned) {
    token.clear();
    EXPECT_EQ(call("GET", "/person").status, 401);
    EXPECT_EQ(call("POST", "/count", "{}").status, 401);
    EXPECT_EQ(runs, 0);
    token = "wrong";
    EXPECT_EQ(call("GET", "/person").status, 401);
}

TEST_P(Edge, BadBodiesAreExplained) {
    EXPECT_EQ(call("POST", "/api/v1/accounts", "{").status, 400);
    EXPECT_EQ(call("POST", "/api/v1/accounts", "[]").status, 422);
    const auto unknown = call("POST", "/api/v1/accounts", R"({"login":"abc","name":"A","colour":"red"})");
    EXPECT_EQ(unknown.status, 422);
    EXPECT_EQ(parse_json(unknown.body)->at("errors").as_array()[0].at("pointer"), "/colour");
}

TEST_P(Edge, ALockedOrEndedSessionMayUnlockOrSignInAgain) {
    const auto credentials =
        boost::json::serialize(boost::json::object{{"login", "quan-tri"}, {"password", std::string{good}}});
    const auto password = boost::json::serialize(boost::json::object{{"token", token}, {"password", std::string{good}}});
    clock().advance(std::chrono::hours{1});
    const auto locked = call("GET", "/api/v1/me");
    EXPECT_EQ(locked.status, 401);
    EXPECT_EQ(parse_json(locked.body)->at("code"), "access.session_locked");
    EXPECT_EQ(call("POST", "/api/v1/sessions", credentials).status, 201);
    EXPECT_LT(call("POST", "/api/v1/sessions/unlock", password).status, 300);
    EXPECT_EQ(call("GET", "/api/v1/me").status, 200);
    clock().advance(std::chrono::days{3});
    EXPECT_EQ(parse_json(call("GET", "/api/v1/me").body)->at("code"), "access.session_expired");
    EXPECT_EQ(call("POST", "/api/v1/sessions", credentials).status, 201);
}

TEST_P(Edge, AnAdministratorMakesAnAccountThatSignsInAndChangesItsPassword) {
    const auto made = call("POST", "/api/v1/accounts", R"({"login":"moi","name":"Tài khoản mới"})");
    ASSERT_EQ(made.status, 201) << made.body;
    const std::string one_time{parse_json(made.body)->at("one_time_password").as_string()};
    EXPECT_EQ(call("POST", "/api/v1/accounts/moi/grants", R"({"role":"clerk"})").status, 200);
    token.clear();
    const auto in = call("POST", "/api/v1/sessions",
                         boost::json::serialize(boost::json::object{{"login", "moi"}, {"password", one_time}}));
    ASSERT_EQ(in.status, 201) << in.body;
    EXPECT_TRUE(parse_json(in.body)->at("must_change_password").as_bool());
    token = parse_json(in.body)->at("token").as_string();
    // The one-time password opens the way to a password of one's own, and nothing else.
    const auto early = call("GET", "/api/v1/accounts");
    EXPECT_EQ(early.status, 403);
    EXPECT_EQ(parse_json(early.body)->at("code"), "access.password_due");
    const auto change =
        boost::json::serialize(boost::json::object{{"old_password", one_time}, {"password", "mot-cau-dai-de-nho"}});
    EXPECT_EQ(call("POST", "/api/v1/me/password", change).status, 204);
    EXPECT_FALSE(parse_json(call("GET", "/api/v1/me").body)->at("must_change_password").as_bool());
    EXPECT_EQ(parse_json(call("GET", "/api/v1/accounts").body)->at("code"), "access.denied");
    EXPECT_EQ(call("DELETE", "/api/v1/sessions/current").status, 204);
    EXPECT_EQ(call("GET", "/api/v1/me").status, 401);
}

}  // namespace
}  // namespace hl::access
