// The catalogue over a real server: open reading, guarded publishing, four eyes.
#include "procedures/routes.h"

#include <gtest/gtest.h>

#include <pugixml.hpp>

#include "access/sessions.h"
#include "directory/commands.h"
#include "http/client.h"
#include "http/server.h"
#include "procedures/form_schema.h"
#include "procedures/proposals.h"
#include "sheet.h"
#include "support/test_store.h"

namespace hl::procedures {
namespace {

using hl::test::ok;
using test::replaced;
using test::sheet;

class Web : public hl::test::EngineTest {
  protected:
    static constexpr const char* password = "mot-mat-khau-du-dai";

    [[nodiscard]] store::Migrations more_migrations() const override {
        auto all = directory::migrations();
        all.insert(all.end(), access::migrations().begin(), access::migrations().end());
        all.insert(all.end(), procedures::migrations().begin(), procedures::migrations().end());
        return all;
    }
    void SetUp() override {
        EngineTest::SetUp();
        policy_.cost = {1, 8u << 20};
        const auto none = [] { return std::shared_ptr<const directory::Directory>{}; };
        sessions_.emplace(store(), policy_, none, clock(), random_);
        const auto done = store().write([&](store::Transaction& tx) -> Result<void> {
            const ProcedurePack pack{test::templates(), {test::draft_of(sheet)}};
            TRY_VOID(apply_procedures(tx, pack, {"system:test"}, clock().now()));
            for (const auto* who : {"thu-an", "thu-binh", "khach"}) {
                TRY(auto id,
                    access::create_account(tx, {who, who, access::AccountKind::officer, {}, {}, password, false},
                                           policy_, "test", random_, clock().now()));
                const auto role =
                    std::string_view{who} == "khach" ? access::Role::auditor : access::Role::administrator;
                TRY_VOID(access::grant_role(tx, id, {role, AgencyId{}, local_date(clock().now()), {}}, "test",
                                            clock().now()));
            }
            return Nothing{};
        });
        ASSERT_TRUE(ok(done));
        load();
    }
    void TearDown() override {
        server_.reset();
        sessions_.reset();
        EngineTest::TearDown();
    }
    void load() {
        auto loaded = store().read([](store::Reader& r) { return Catalogue::load(r); });
        ASSERT_TRUE(ok(loaded));
        std::scoped_lock lock(mutex_);
        catalogue_ = *loaded;
    }
    void serve(bool four_eyes = false) {
        http::Router router;
        access::Api api(router, store(), *sessions_, clock(), random_, metrics_);
        add_routes(api, {[this] {
                             std::scoped_lock lock(mutex_);
                             return catalogue_;
                         },
                         [] { return std::shared_ptr<const directory::Directory>{}; },
                         {},
                         four_eyes});
        http::ServerOptions options;
        options.port = 0;
        options.io_threads = 1;
        options.workers = 1;
        options.access_log = false;
        server_ = std::make_unique<http::Server>(options, std::move(router), clock(), random_, metrics_);
        ASSERT_TRUE(ok(server_->start()));
    }
    std::string sign_in(const std::string& who) { return sessions_->sign_in(who, password, {}, "").value().token; }
    http::Response call(const std::string& method, const std::string& path, const json::value& body = nullptr,
                        const std::string& token = "") {
        http::ClientRequest r;
        r.method = method;
        r.url = fmt::format("http://127.0.0.1:{}/api/v1/procedures{}", server_->port(), path);
        if (!token.empty()) r.headers.push_back({"Authorization", "Bearer " + token});
        if (!body.is_null()) {
            r.headers.push_back({"Content-Type", "application/json"});
            r.body = json::serialize(body);
        }
        auto response = http::send(r);
        EXPECT_TRUE(ok(response));
        return response.ok() ? *response : http::Response{};
    }
    static json::object body_of(const http::Response& r) {
        auto v = parse_json(r.body);
        EXPECT_TRUE(v.ok() && v->is_object()) << r.body;
        return v.ok() && v->is_object() ? v->get_object() : json::object{};
    }

    access::AccountPolicy policy_;
    SeededRandom random_{7};
    http::Metrics metrics_;
    std::optional<access::Sessions> sessions_;
    std::mutex mutex_;
    std::shared_ptr<const Catalogue> catalogue_;
    std::unique_ptr<http::Server> server_;
};
HL_FOR_EVERY_ENGINE(Web);

TEST_P(Web, ReadingIsOpenToEverybody) {
    serve();
    const auto list = body_of(call("GET", "?search=GKS&level=commune&sector=ho-tich"));
    ASSERT_EQ(list.at("items").as_array().size(), 1U);
    EXPECT_EQ(list.at("items").at(0).at("code"), "9.000001");
    EXPECT_TRUE(list.at("next").is_null());
    EXPECT_TRUE(body_of(call("GET", "?level=province")).at("items").as_array().empty());
    EXPECT_EQ(call("GET", "?level=district").status, 422);
    EXPECT_EQ(call("GET", "?limit=0").status, 422);
    EXPECT_EQ(call("GET", "?cursor=!!").status, 422);
    const auto one = call("GET", "/9.000001");
    EXPECT_EQ(one.status, 200);
    const auto shown = body_of(one);
    EXPECT_EQ(shown.at("release").at("release"), "9.000001@1");
    EXPECT_EQ(shown.at("flow").at("template"), "one-agency");
    EXPECT_EQ(call("GET", "/9.000009").status, 404);
    EXPECT_EQ(call("GET", "/9.000001?release=9.000001@9").status, 404);
    EXPECT_EQ(body_of(call("GET", "/9.000001/releases")).at("items").as_array().size(), 1U);
    pugi::xml_document xml;
    EXPECT_TRUE(xml.load_string(call("GET", "/9.000001/flow.svg").body.c_str()));
    EXPECT_TRUE(xml.load_string(call("GET", "/9.000001/flow.bpmn").body.c_str()));
}

TEST_P(Web, FormIsASchemaWithATag) {
    serve();
    const auto answer = call("GET", "/9.000001/form");
    ASSERT_EQ(answer.status, 200);
    const auto schema = body_of(answer);
    std::vector<Error> errors;
    EXPECT_TRUE(FormSchema::compile(schema, errors)) << (errors.empty() ? "" : errors.front().en);
    EXPECT_EQ(schema.at("$id"), "urn:hienluong:form:9.000001@1");
    EXPECT_EQ(schema.at("properties").at("relation").at("x-ui").at("widget"), "radio");
    EXPECT_EQ(schema.at("allOf").as_array().size(), 1U);  // the reason, when somebody else files
    const auto tag = [](const http::Response& r) {
        const auto it =
            std::find_if(r.headers.begin(), r.headers.end(), [](const auto& h) { return h.name == "ETag"; });
        return it == r.headers.end() ? std::string{} : it->value;
    };
    EXPECT_FALSE(tag(answer).empty());
    EXPECT_EQ(tag(call("GET", "/9.000001/form?release=9.000001@1")), tag(answer));
    EXPECT_EQ(call("GET", "/9.000001/form?release=9.000001@9").status, 404);
    EXPECT_EQ(call("GET", "/9.000009/form").status, 404);
}

TEST_P(Web, PagesFollowTheCursor) {
    const auto more = store().write([&](store::Transaction& tx) -> Result<void> {
        for (const auto* code : {"9.000002", "9.000003"})
            TRY_VOID(publish(tx, test::draft_of(replaced(sheet, "9.000001", code)), {"system:test"},
                             at_local(std::chrono::year{2026} / 1 / 1, 0), clock().now()));
        return Nothing{};
    });
    ASSERT_TRUE(ok(more));
    load();
    serve();
    std::string seen;
    std::string cursor;
    for (int i = 0; i < 5; ++i) {
        const auto page = body_of(call("GET", "?limit=1" + (cursor.empty() ? "" : "&cursor=" + cursor)));
        for (const auto& item : page.at("items").as_array()) seen += std::string{item.at("code").as_string()} + " ";
        if (page.at("next").is_null()) break;
        cursor = page.at("next").as_string();
    }
    EXPECT_EQ(seen, "9.000001 9.000002 9.000003 ");
}

TEST_P(Web, DecidesForAnybodyAlsoWithHalfAForm) {
    serve();
    const auto full = body_of(
        call("POST", "/9.000001/decide",
             json::object{
                 {"fields",
                  json::object{{"child_name", "A"}, {"born", "2026-01-02"}, {"late", true}, {"relation", "parent"}}}}));
    EXPECT_TRUE(full.at("problems").as_array().empty());
    EXPECT_EQ(full.at("total"), 8000);
    EXPECT_EQ(full.at("time").at("value"), 3);
    const auto half =
        body_of(call("POST", "/9.000001/decide", json::object{{"fields", json::object{}}, {"channel", "online"}}));
    EXPECT_EQ(half.at("problems").as_array().size(), 4U);
    EXPECT_EQ(half.at("components").as_array().size(), 1U);
    EXPECT_EQ(call("POST", "/9.000001/decide", json::object{{"channel", "pigeon"}}).status, 422);
}

TEST_P(Web, CheckingExplainsASheet) {
    serve();
    EXPECT_EQ(call("POST", "/check", json::object{{"text", sheet}}).status, 401);
    EXPECT_EQ(call("POST", "/check", json::object{{"text", sheet}}, sign_in("khach")).status, 403);
    const auto token = sign_in("thu-an");
    auto answer =
        body_of(call("POST", "/check", json::object{{"text", replaced(sheet, "handle: 3", "handle: 30")}}, token));
    EXPECT_EQ(answer.at("publishable"), false);
    EXPECT_FALSE(answer.at("findings").as_array().empty());
    EXPECT_FALSE(answer.at("changes").as_array().empty());
    answer = body_of(call("POST", "/check", json::object{{"text", "code: ["}, {"file", "a.yaml"}}, token));
    EXPECT_EQ(answer.at("errors").at(0).at("code"), "yaml.malformed");
}

TEST_P(Web, PublishingNeedsTheRightAndASoundSheet) {
    serve();
    const auto text =
        replaced(replaced(sheet, "amount: 8000", "amount: 9000"), "charges: {le-phi: 8000}", "charges: {le-phi: 9000}");
    const json::object body{{"text", text}, {"valid_from", "2027-01-01T00:00:00+07:00"}};
    EXPECT_EQ(call("POST", "/publish", body).status, 401);
    EXPECT_EQ(call("POST", "/publish", body, sign_in("khach")).status, 403);
    const auto token = sign_in("thu-an");
    EXPECT_EQ(
        call("POST", "/publish", json::object{{"text", replaced(sheet, "handle: 3", "handle: 30")}}, token).status,
        422);
    EXPECT_EQ(call("POST", "/publish", json::object{{"text", text}}, token).status, 409);  // its own date overlaps
    const auto done = call("POST", "/publish", body, token);
    EXPECT_EQ(done.status, 201) << done.body;
    load();
    EXPECT_EQ(body_of(call("GET", "/9.000001/releases")).at("items").as_array().size(), 2U);
    EXPECT_EQ(body_of(call("GET", "/9.000001")).at("release").at("number"), 1);  // the next one is in the future
}

TEST_P(Web, FourEyesTakeAnotherPerson) {
    serve(true);
    const auto an = sign_in("thu-an");
    const json::object body{{"text", replaced(sheet, "notes: \"\"", "notes: \"mới\"")},
                            {"valid_from", "2027-01-01T00:00:00+07:00"}};
    EXPECT_EQ(call("POST", "/publish", body, an).status, 409);
    const auto proposed = call("POST", "/proposals", body, an);
    ASSERT_EQ(proposed.status, 201) << proposed.body;
    const auto path = "/proposals/" + std::string{body_of(proposed).at("id").as_string()} + "/publish";
    EXPECT_EQ(body_of(call("GET", "/proposals", nullptr, an)).at("items").as_array().size(), 1U);
    EXPECT_EQ(call("GET", "/proposals", nullptr, sign_in("khach")).status, 403);
    EXPECT_EQ(call("POST", path, json::object{}, an).status, 409);
    const auto done = call("POST", path, json::object{}, sign_in("thu-binh"));
    EXPECT_EQ(done.status, 201) << done.body;
    EXPECT_EQ(call("POST", path, json::object{}, sign_in("thu-binh")).status, 409);
    EXPECT_EQ(call("POST", "/proposals/P999/publish", json::object{}, an).status, 404);
}

TEST_P(Web, ASheetComesBackAsItIsAndSaysFieldByFieldWhatAnEditChanges) {
    serve();
    EXPECT_EQ(call("GET", "/9.000001/sheet", nullptr, sign_in("khach")).status, 403);
    const auto an = sign_in("thu-an");
    const auto got = body_of(call("GET", "/9.000001/sheet", nullptr, an));
    EXPECT_EQ(got.at("as_published"), false);
    auto sheet_value = got.at("sheet").as_object();
    // Sent back untouched, as JSON, it is the release.
    auto answer = body_of(call("POST", "/check", json::object{{"text", json::serialize(sheet_value)}}, an));
    EXPECT_TRUE(answer.at("errors").as_array().empty()) << json::serialize(answer.at("errors"));
    EXPECT_TRUE(answer.at("difference").is_null()) << json::serialize(answer.at("difference"));
    EXPECT_TRUE(answer.at("flow_svg").as_string().starts_with("<"));
    sheet_value["components"].as_array().at(0).as_object()["required"] = false;
    sheet_value["form"].as_array().erase(sheet_value["form"].as_array().begin());
    answer = body_of(call("POST", "/check", json::object{{"text", json::serialize(sheet_value)}}, an));
    std::set<std::string> paths;
    for (const auto& c : answer.at("difference").at("changes").as_array())
        paths.insert(fmt::format("{}:{}", std::string_view{c.at("part").as_string()},
                                 std::string_view{c.at("path").as_string()}));
    EXPECT_EQ(paths, (std::set<std::string>{"card:components/to-khai/required", "form:fields/child_name"}));
    EXPECT_TRUE(body_of(call("POST", "/check", json::object{{"text", "code: ["}}, an)).at("flow_svg").is_null());
    // Real sheets are longer than a password may be.
    sheet_value["notes"] = std::string(20'000, 'x');
    EXPECT_EQ(call("POST", "/check", json::object{{"text", json::serialize(sheet_value)}}, an).status, 200);
    EXPECT_EQ(call("POST", "/check", json::object{{"text", ""}}, an).status, 422);
}

TEST_P(Web, AProposalIsTurnedDownWithAReason) {
    serve(true);
    const auto an = sign_in("thu-an");
    const json::object body{{"text", replaced(sheet, "notes: \"\"", "notes: \"mới\"")},
                            {"valid_from", "2027-01-01T00:00:00+07:00"}};
    const auto id = std::string{body_of(call("POST", "/proposals", body, an)).at("id").as_string()};
    EXPECT_EQ(call("POST", "/proposals/" + id + "/withdraw", json::object{}, an).status, 422);
    EXPECT_EQ(call("POST", "/proposals/" + id + "/withdraw", json::object{{"reason", "nhầm"}}, sign_in("khach")).status,
              403);
    EXPECT_EQ(call("POST", "/proposals/" + id + "/withdraw", json::object{{"reason", "nhầm"}}, an).status, 204);
    EXPECT_TRUE(body_of(call("GET", "/proposals", nullptr, an)).at("items").as_array().empty());
    EXPECT_EQ(call("POST", "/proposals/" + id + "/publish", json::object{}, sign_in("thu-binh")).status, 409);
    EXPECT_EQ(call("POST", "/proposals/" + id + "/withdraw", json::object{{"reason", "nhầm"}}, an).status, 409);
    EXPECT_EQ(call("POST", "/proposals/P99/withdraw", json::object{{"reason", "nhầm"}}, an).status, 404);
}

}  // namespace
}  // namespace hl::procedures
