// One dossier, two sides at once: the state agencies' permits and the company's lane with its own clock.
#include "../../dossiers/world.h"
#include "base/files.h"
#include "links/connector/commands.h"
#include "links/connector/hub.h"
#include "links/connector/reconcile.h"
#include "links/connector/schema.h"
#include "links/power/lanes.h"
#include "links/power/partner.h"
#include "links/power/schema.h"
#include "store/followers.h"

namespace hl::power::test {
namespace {

using hl::test::code_of;
using hl::test::ok;
namespace dt = dossiers::test;
const ProcedureCode supply{"0.000001"};

/// The company: remembers requests, answers as it is told.
struct Company {
    std::map<std::string, json::object> requests;
    std::set<std::string> cancelled;
    std::vector<std::string> movements;  // items as JSON text, in order
    std::deque<std::string> next;
    int posts = 0;
    Result<http::Response> answer(const http::ClientRequest& request) {
        const auto act = next.empty() ? std::string{} : next.front();
        if (!next.empty()) next.pop_front();
        if (act == "timeout") return Error{ErrorKind::unavailable, "http.timeout", "chậm", "slow"};
        if (act == "500") return http::Response{500, {}, "oops", nullptr};
        if (act == "half") return http::Response{200, {}, "{\"ma\":", nullptr};
        if (act == "refuse") return http::Response{200, {}, R"({"ma":10,"thong_bao":"ngoài địa bàn"})", nullptr};
        if (act == "odd") return http::Response{200, {}, R"({"ma":"77"})", nullptr};
        const auto path = request.url.substr(std::string_view{"https://evn.example"}.size());
        if (request.method == "POST") {
            ++posts;
            const auto body = parse_json(request.body);
            const auto key = std::string{body->at("ma_ho_so").as_string()};
            if (path == "/yeu-cau/huy") {
                cancelled.insert(key);
            } else if (!requests.emplace(key, body->as_object()).second) {
                return http::Response{200, {}, R"({"ma":"1"})", nullptr};
            }
            if (act == "lost") return Error{ErrorKind::unavailable, "http.timeout", "mất", "lost"};
            return http::Response{200, {}, R"({"ma":"0"})", nullptr};
        }
        if (path.starts_with("/tien-do?sau=")) {
            const auto after = std::stoul(path.substr(13));
            std::string items;
            for (size_t i = after; i < movements.size(); ++i) items += (items.empty() ? "" : ",") + movements[i];
            return http::Response{200, {}, "{\"tien_do\":[" + items + "]}", nullptr};
        }
        const auto key = path.substr(path.find('=') + 1);
        if (!requests.contains(key)) return http::Response{404, {}, "", nullptr};
        const std::string word = cancelled.contains(key) ? "huy" : "dang_lam";
        return http::Response{200, {}, "{\"trang_thai\":\"" + word + "\"}", nullptr};
    }
    void move(const std::string& code, const std::string& word, Instant at) {
        movements.push_back(fmt::format(R"({{"so":{},"ma_ho_so":"{}","buoc":"{}","luc":"{}"}})", movements.size() + 1,
                                        code, word, to_rfc3339(at)));
    }
};

class Power : public dt::WorldTest {
  protected:
    void SetUp() override {
        WorldTest::SetUp();
        lay(connector::migrations());
        lay(migrations());
        std::vector<Error> errors;
        const auto mappings = connector::read_mappings(dt::pack_folder, errors);
        const auto procedures = procedures::read_procedures(dt::pack_folder, errors);
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
        ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) -> Result<void> {
            for (const auto& draft : procedures.drafts)
                if (draft.card.code == supply)
                    TRY_VOID(procedures::publish(tx, draft, {"test", "", false}, then(), then()));
            return connector::apply_mappings(tx, mappings, "test", world->now());
        })));
        world->reload();
        secret_ = keys_ / "secret";
        ASSERT_TRUE(ok(write_file_durably(secret_, "bi-mat-dai", 0600)));
        connect();
    }
    void TearDown() override {
        hub.reset();
        WorldTest::TearDown();
    }
    static Instant then() { return at_local(Date{std::chrono::year{2025} / 7 / 1}, 0); }
    void connect() {
        hub.reset();
        followers = std::make_unique<store::Followers>(world->store());
        connector::PartnerSettings s;
        s.url = "https://evn.example";
        s.secret_file = secret_;
        s.pace.breaker_failures = 3;
        partner = std::make_shared<Partner>(
            PartnerParts{world->store(), world->clock(), [this] { return world->context(); }, s});
        hub = std::make_unique<connector::Hub>(
            connector::Ground{world->store(), world->vault(), world->clock(), random, "node-1",
                              [this](const http::ClientRequest& r) { return company.answer(r); }});
        hub->add(partner, s, *followers);
        followers->add(std::make_shared<LaneFollower>([this](store::Reader& r) { return partner->agency(r); }));
    }
    connector::Runner& runner() { return *hub->entries().front()->runner; }
    void follow() {
        ASSERT_TRUE(ok(world->store().settle()));
        ASSERT_TRUE(ok(followers->catch_up()));
    }
    void work() {
        follow();
        ASSERT_TRUE(ok(runner().drain()));
    }
    json::object progress() {
        auto done = runner().run_task("progress");
        EXPECT_TRUE(ok(done));
        follow();
        return done.ok() ? *done : json::object{};
    }
    /// A dossier whose lanes run.
    dossiers::Dossier running() {
        auto f = world->filing(supply);
        f.components.clear();
        for (const auto* id : {"giay-to-tuy-than", "chu-the", "muc-dich", "dau-noi"})
            f.components.push_back({id, 1, 1, true, false, false});
        f.answers = {{"site", "địa chỉ mẫu"}, {"capacity", 560}, {"line", "overhead"}, {"purpose", "mẫu"}};
        auto filed = world->file(f);
        EXPECT_TRUE(ok(filed));
        auto d = world->run([&](auto& tx, auto& ctx, Instant t) {
            return dossiers::receive(tx, ctx, world->system(), {filed->code}, {}, t);
        });
        EXPECT_TRUE(ok(d));
        d = world->run([&](auto& tx, auto& ctx, Instant t) {
            return dossiers::transfer(tx, ctx, world->system(), {filed->code}, t);
        });
        EXPECT_TRUE(ok(d));
        if (d.ok() && world->tasks(*d).size() == 1) d = world->step(filed->code);
        EXPECT_TRUE(ok(d));
        return d.ok() ? *d : dossiers::Dossier{};
    }
    Lane lane(const dossiers::Dossier& d) {
        const auto list =
            *world->ask([&](store::Reader& r) -> Result<std::vector<Lane>> { return lanes_of(r, d.code.value); });
        EXPECT_EQ(list.size(), 1u);
        return list.empty() ? Lane{} : list.front();
    }
    std::string state_of_message() {
        const auto all = *world->ask([&](store::Reader& r) -> Result<std::vector<connector::MessageRow>> {
            return connector::find_messages(r, {"power"});
        });
        return all.empty() ? "none" : std::string{connector::to_string(all.front().state)};
    }

    Company company;
    hl::test::SharedRandom random;
    std::shared_ptr<Partner> partner;
    std::unique_ptr<store::Followers> followers;
    std::unique_ptr<connector::Hub> hub;

  private:
    void lay(const store::Migrations& rooms) {
        ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) -> Result<void> {
            for (const auto& m : rooms) {
                std::string sql = m.sql;
                const bool sqlite = GetParam() == store::Engine::sqlite;
                const std::string serial =
                    sqlite ? "INTEGER PRIMARY KEY" : "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
                for (size_t at; (at = sql.find("{{serial}}")) != std::string::npos;) sql.replace(at, 10, serial);
                for (size_t at; (at = sql.find("{{blob}}")) != std::string::npos;)
                    sql.replace(at, 8, sqlite ? "BLOB" : "BYTEA");
                size_t from = 0;
                for (size_t at; (at = sql.find(";\n", from)) != std::string::npos; from = at + 2)
                    tx.execute(sql.substr(from, at - from));
            }
            return Nothing{};
        })));
    }
    hl::test::TempDir keys_;
    std::filesystem::path secret_;
};
HL_FOR_EVERY_ENGINE(Power);

TEST_P(Power, TheCompanyIsAskedWhenItsLaneBeginsBesideTheOthers) {
    const auto d = running();
    EXPECT_EQ(world->tasks(d).size(), 3u) << "two permits and the company, at once";
    work();
    ASSERT_TRUE(company.requests.contains(d.code.value));
    const auto& request = company.requests.at(d.code.value);
    EXPECT_EQ(request.at("khach_hang").as_string(), "Người Nộp Thử");
    EXPECT_EQ(request.at("thong_tin").at("capacity").as_int64(), 560);
    const auto l = lane(d);
    ASSERT_TRUE(l.due.has_value());
    EXPECT_EQ(request.at("han_xu_ly").as_string(), to_rfc3339_local(*l.due));
    EXPECT_EQ(judge(l, world->now()), LaneJudgement::running);
    work();
    EXPECT_EQ(company.posts, 1);
}

TEST_P(Power, WhenTheCompanyFinishesItsStepEndsAndTheOthersGoOn) {
    const auto d = running();
    work();
    world->clock().advance(std::chrono::hours{24});
    company.move(d.code.value, "khao_sat", world->now());
    EXPECT_EQ(progress().at("taken").as_int64(), 1);
    EXPECT_EQ(world->tasks(world->stored(d.code)).size(), 3u);
    EXPECT_EQ(lane(d).word, "khao_sat");
    company.move(d.code.value, "dong_dien", world->now());
    EXPECT_EQ(progress().at("ended").as_int64(), 1);
    EXPECT_EQ(world->tasks(world->stored(d.code)).size(), 2u);
    EXPECT_EQ(judge(lane(d), world->now()), LaneJudgement::in_time);
    EXPECT_EQ(progress().at("taken").as_int64(), 0) << "nothing is taken twice";
    EXPECT_TRUE(world->agrees(d.code));
}

TEST_P(Power, LatenessIsTheCompanysAndJudgedByItsOwnWordOfWhen) {
    const auto in_time = running(), late = running();
    work();
    const auto due = *lane(in_time).due;
    world->clock().set(due + std::chrono::hours{48});
    follow();
    EXPECT_EQ(judge(lane(late), world->now()), LaneJudgement::late_running);
    // Told late, and yet done in time.
    company.move(in_time.code.value, "dong_dien", due - std::chrono::minutes{1});
    company.move(late.code.value, "dong_dien", due + std::chrono::hours{1});
    progress();
    EXPECT_EQ(judge(lane(in_time), world->now()), LaneJudgement::in_time);
    EXPECT_EQ(judge(lane(late), world->now()), LaneJudgement::late);
    const auto c = *world->ask([&](store::Reader& r) -> Result<LaneCounts> {
        return count_lanes(r, then(), world->now() + std::chrono::hours{1}, world->now());
    });
    EXPECT_EQ(c.in_time, 1);
    EXPECT_EQ(c.late, 1);
}

TEST_P(Power, NothingIsLostOrDoubledWhateverTheCompanyAnswers) {
    for (const std::string act : {"timeout", "500", "half", "odd", "lost"}) {
        SCOPED_TRACE(act);
        const auto d = running();
        company.next = {act};
        work();
        EXPECT_EQ(state_of_message(), "queued");
        connect();
        for (int i = 0; i < 3; ++i) {
            world->clock().advance(std::chrono::minutes{6});
            work();
        }
        EXPECT_TRUE(company.requests.contains(d.code.value));
        EXPECT_EQ(state_of_message(), "accepted");
    }
}

TEST_P(Power, ARefusalIsShownWithItsWords) {
    running();
    company.next = {"refuse"};
    work();
    EXPECT_EQ(state_of_message(), "dead");
}

TEST_P(Power, AWithdrawnDossierIsCalledOff) {
    const auto d = running();
    work();
    const auto gone = world->run([&](auto& tx, auto& ctx, Instant t) {
        return dossiers::withdraw(tx, ctx, world->system(), {d.code}, "người dân rút", t);
    });
    ASSERT_TRUE(ok(gone));
    work();
    EXPECT_TRUE(company.cancelled.contains(d.code.value));
    EXPECT_EQ(judge(lane(d), world->now()), LaneJudgement::dropped);
}

TEST_P(Power, WordsNobodyKnowsAndDossiersNobodyHasAreKeptAndMoveNothing) {
    const auto d = running();
    work();
    company.move(d.code.value, "viec_la", world->now());
    company.move("H50.99-261101-0001", "dong_dien", world->now());
    company.movements.push_back(R"({"so":3,"ma_ho_so":"","buoc":"x","luc":"hôm qua"})");
    const auto report = progress();
    EXPECT_EQ(report.at("taken").as_int64(), 2);
    EXPECT_EQ(report.at("unreadable").as_int64(), 1);
    EXPECT_EQ(report.at("waiting").as_int64(), 1);
    EXPECT_EQ(world->tasks(world->stored(d.code)).size(), 3u);
    const auto waiting =
        *world->ask([](store::Reader& r) -> Result<std::vector<Pending>> { return pending_finishes(r); });
    ASSERT_EQ(waiting.size(), 1u);
    EXPECT_EQ(waiting[0].problem, "dossier.not_found");
}

TEST_P(Power, TheLanesCanBeRebuiltFromTheLedger) {
    const auto d = running();
    work();
    company.move(d.code.value, "dong_dien", world->now());
    progress();
    const auto before = lane(d);
    ASSERT_TRUE(ok(followers->restart("links.power.lanes", "test")));
    follow();
    const auto after = lane(d);
    EXPECT_EQ(before.finished_at, after.finished_at);
    EXPECT_EQ(before.due, after.due);
    EXPECT_EQ(before.ended_at, after.ended_at);
    EXPECT_EQ(before.word, after.word);
}

TEST_P(Power, WithoutAReadableMappingItWaitsSaysSoAndPassesOverNothing) {
    // The newest row of the pack's mappings is the one in force.
    const auto put = [&](const std::string& hash, const std::string& files) {
        ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) -> Result<void> {
            tx.execute("INSERT INTO link_mapping (hash, files, applied_at) VALUES (?, ?, ?)",
                       {hash, files, world->now()});
            return Nothing{};
        })));
    };
    const auto good = *world->ask([](store::Reader& r) -> Result<std::string> {
        return *r.first("SELECT files FROM link_mapping ORDER BY number DESC LIMIT 1", {},
                        [](const store::Row& row) { return row.string(0); });
    });
    std::vector<Error> errors;
    (void)connector::read_mappings(dt::pack_folder, errors);
    ASSERT_TRUE(errors.empty());
    auto unreadable = parse_json(good)->get_object();
    unreadable["links/power.yaml"] =
        "id: dien-luc-hong\nconnector: power\nvalid: {from: 2020-01-01, to: null}\nsources: []\nunverified: []\n";
    follow();
    int turn = 0;
    for (const auto& [files, says] : std::vector<std::pair<std::string, std::string>>{
             {"{}", "power"}, {json::serialize(unreadable), "links/power.yaml"}}) {
        SCOPED_TRACE(says);
        put(fmt::format("hong-{}", ++turn), files);
        connect();
        const auto d = running();
        ASSERT_TRUE(ok(world->store().settle()));
        (void)followers->catch_up();
        int waiting = 0;
        for (const auto& f : followers->status()) {
            EXPECT_GT(f.lag, 0) << f.name;
            EXPECT_NE(f.problem, "") << f.name;
            waiting += f.lag > 0;
        }
        EXPECT_EQ(waiting, 2) << "what it owes, and its lanes";
        EXPECT_FALSE(company.requests.contains(d.code.value));
        put(fmt::format("tot-{}", turn), good);
        connect();
        work();
        EXPECT_TRUE(company.requests.contains(d.code.value));
        EXPECT_EQ(lane(d).agency, AgencyId{"dien-luc-quang-tri"});
    }
}

TEST_P(Power, ComparingFindsARequestThatTheCompanyLost) {
    const auto d = running();
    work();
    company.requests.clear();
    auto line = runner().line();
    const auto compared = connector::reconcile(hub->ground(), *partner, line, "test");
    ASSERT_TRUE(ok(compared));
    EXPECT_EQ(compared->differences, 1);
    (void)d;
}

}  // namespace
}  // namespace hl::power::test
