// Orders of the post: asked for, held, taken, moved, delivered, cancelled; and every fault of the talk with the post.
#include <sys/stat.h>

#include <deque>
#include <fstream>

#include "dossiers/world.h"
#include "links/connector/reconcile.h"
#include "links/connector/schema.h"
#include "links/post/partner.h"
#include "links/post/schema.h"

namespace hl::post::test {
namespace {

using connector::MessageState;
using hl::test::code_of;
using hl::test::ok;

constexpr const char* home = "Số 1 đường Mẫu, Phường Đông Hà, Tỉnh Quảng Trị";

/// Answers as the post's shapes say; `next` makes one answer wrong: timeout, 500, lost, half, refuse, strange, 401.
struct PostOffice {
    std::map<std::string, std::string> orders;  // number → body
    std::vector<json::object> movements;
    std::deque<std::string> next;
    int tokens = 0;

    void move(const std::string& order, const std::string& status, std::optional<int64_t> cod = {}) {
        json::object m{{"_id", {{"$oid", fmt::format("{:04}", movements.size() + 1)}}},
                       {"OrderNumber", order},
                       {"StatusCode", status},
                       {"StatusMessage", "lời của bưu chính"},
                       {"ItemCode", "EQ1VN"}};
        if (cod) m["CODAmount"] = *cod;
        movements.push_back(std::move(m));
    }
    Result<http::Response> answer(const http::ClientRequest& r) {
        const auto said = [](std::string text, int status = 200) -> Result<http::Response> {
            return http::Response{status, {}, std::move(text), nullptr};
        };
        if (r.url.ends_with("/token")) {
            ++tokens;
            return said(R"({"access_token":"phien-rat-bi-mat","expires_in":3600})");
        }
        const auto act = next.empty() ? std::string{} : next.front();
        if (!next.empty()) next.pop_front();
        if (act == "timeout") return Error{ErrorKind::unavailable, "http.timeout", "chậm", "slow"};
        if (act == "500") return said("oops", 500);
        if (act == "401") return said("{}", 401);
        if (act == "refuse") return said(R"({"Status":"3","Message":"không"})");
        if (act == "strange") return said(R"({"Status":"chưa-biết"})");
        std::string text;
        if (r.url.ends_with("/order")) {
            const auto o = parse_json(r.body)->get_object();
            const std::string number{o.at("OrderNumber").as_string()};
            const bool known = orders.contains(number);
            EXPECT_TRUE(!known || orders[number] == r.body) << "other bytes under the same number";
            if (!known) move(number, "100");
            orders[number] = r.body;
            text =
                known ? R"({"Status":"1","Message":"có rồi"})" : R"({"Status":"0","Message":"OK","ItemCode":"EQ1VN"})";
        } else if (r.url.find("/cancel?") != std::string::npos) {
            text = R"({"Status":"2"})";
            for (const auto& [number, body] : orders)
                if (r.url.ends_with("OrderNumber=" + number)) {
                    text = R"({"Status":"0"})";
                    move(number, "400");
                }
        } else {
            const auto at = r.url.rfind("lastId=");
            const auto after = r.url.substr(at + 7);
            json::array list;
            for (const auto& m : movements)
                if (m.at("_id").at("$oid").as_string() > after && list.size() < 100) list.push_back(m);
            text = json::serialize(json::object{{"_embedded", {{"rh:doc", std::move(list)}}}});
        }
        if (act == "lost") return Error{ErrorKind::unavailable, "http.timeout", "mất", "lost"};
        if (act == "half") text.resize(text.size() / 2);
        return said(text);
    }
};

class Posting : public testing::TestWithParam<store::Engine> {
  protected:
    void SetUp() override {
        store::Migrations more = connector::migrations();
        more.insert(more.end(), migrations().begin(), migrations().end());
        world_.emplace(GetParam(), at_local(Date{std::chrono::year{2026} / 11 / 16}, 8), more);
        std::vector<Error> errors;
        const auto pack = connector::read_mappings(dossiers::test::pack_folder, errors, {{"post", check_profile}});
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
        ASSERT_TRUE(ok(world_->store().write(
            [&](store::Transaction& tx) { return connector::apply_mappings(tx, pack, "test", world_->now()); })));
        std::ofstream(keys_ / "secret") << "bi-mat\n";
        ::chmod((keys_ / "secret").c_str(), 0600);
        settings_.url = "https://post.example";
        settings_.user = "quangtri";
        settings_.secret_file = keys_ / "secret";
        settings_.more = {
            {"customer", "QT001"}, {"address", "Số 2, Phường Đông Hà, Tỉnh Quảng Trị"}, {"phone", "0200000000"}};
        ground_.emplace(connector::Ground{world_->store(), world_->vault(), world_->clock(), random_, "node-1",
                                          [this](const http::ClientRequest& r) { return office_.answer(r); }});
        restart();
    }
    void TearDown() override {
        runner_.reset();
        followers_.reset();
        partner_.reset();
        ground_.reset();
        world_.reset();
    }
    void restart() {
        runner_.reset();
        followers_.reset();
        partner_ = std::make_shared<Partner>(
            PartnerParts{world_->store(), world_->clock(), [this] { return world_->context(); }, settings_});
        runner_ = std::make_unique<connector::Runner>(*ground_, partner_, settings_.pace);
        ASSERT_TRUE(ok(runner_->recover()));
        followers_.emplace(world_->store());
        followers_->add(std::make_shared<connector::OutboxFollower>(partner_, world_->clock(), [] {}));
    }
    std::shared_ptr<const Profile> profile() {
        auto p = partner_->profile(world_->now());
        EXPECT_TRUE(ok(p));
        return *p;
    }
    Result<Order> ask(const DossierCode& code, Way way = Way::hand_over, bool cod = false,
                      const std::string& address = home) {
        return world_->store().write([&](store::Transaction& tx) {
            return ask_post(tx, world_->context(), world_->system(), *profile(),
                            {code, way, {"Người Nhận Thử", "0912 000 000", "", address}, cod, "desk"}, world_->now());
        });
    }
    Result<Order> cancel_order(const std::string& number) {
        return world_->store().write(
            [&](store::Transaction& tx) { return cancel(tx, world_->system(), number, "desk", world_->now()); });
    }
    void deliver() {
        ASSERT_TRUE(ok(world_->store().settle()));
        ASSERT_TRUE(ok(followers_->catch_up()));
        for (int i = 0; i < 24 * 12; ++i) {
            ASSERT_TRUE(ok(runner_->drain()));
            if (counts().queued == 0) return;
            world_->clock().advance(std::chrono::minutes{5});
        }
    }
    connector::Counts counts() {
        return *world_->ask(
            [&](store::Reader& r) -> Result<connector::Counts> { return connector::count_open(r, "post"); });
    }
    std::vector<connector::MessageRow> messages(MessageState state) {
        return *world_->ask([&](store::Reader& r) -> Result<std::vector<connector::MessageRow>> {
            return connector::find_messages(r, {"post", state});
        });
    }
    Order stored(const std::string& number) {
        auto o = *world_->ask([&](store::Reader& r) -> Result<std::optional<Order>> { return rows::find(r, number); });
        EXPECT_TRUE(o.has_value()) << number;
        return o.value_or(Order{});
    }
    Result<json::object> track() { return runner_->run_task("tracking"); }
    int64_t events(std::string_view type) {
        EXPECT_TRUE(ok(world_->store().settle()));
        return *world_->ask([&](store::Reader& r) -> Result<int64_t> {
            int64_t n = 0;
            for (const auto& e : store::read_events(r, 0, 100'000)) n += e.type == type;
            return n;
        });
    }

    hl::test::TempDir keys_;
    std::optional<dossiers::test::World> world_;
    PostOffice office_;
    hl::test::SharedRandom random_;
    connector::PartnerSettings settings_;
    std::optional<connector::Ground> ground_;
    std::shared_ptr<Partner> partner_;
    std::optional<store::Followers> followers_;
    std::unique_ptr<connector::Runner> runner_;
};
HL_FOR_EVERY_ENGINE(Posting);

TEST_P(Posting, AResultIsOrderedWhenItIsThereAndReturnsTheDossierWhenDelivered) {
    const auto d = world_->signing();
    const auto o = ask(d.code);
    ASSERT_TRUE(ok(o));
    EXPECT_EQ(o->number, d.code.value);
    deliver();
    EXPECT_TRUE(office_.orders.empty()) << "there is no result yet";
    ASSERT_TRUE(ok(world_->step(d.code)));
    deliver();
    ASSERT_EQ(office_.orders.size(), 1u);
    const auto sent = parse_json(office_.orders.at(o->number))->get_object();
    EXPECT_EQ(sent.at("CustomerCode").as_string(), "QT001");
    EXPECT_EQ(sent.at("CODAmount").as_int64(), 0);
    EXPECT_EQ(sent.at("ReceiverName").as_string(), "Người Nhận Thử");
    EXPECT_EQ(sent.at("ReceiverTel").as_string(), "0912000000");
    EXPECT_EQ(sent.at("ReceiverDistrict").as_string(), "461");
    EXPECT_EQ(sent.at("SenderDistrict").as_string(), "461");
    EXPECT_EQ(stored(o->number).state, OrderState::registered);
    ASSERT_TRUE(ok(track()));
    office_.move(o->number, "200");
    ASSERT_TRUE(ok(track()));
    EXPECT_EQ(stored(o->number).state, OrderState::collecting);
    office_.move(o->number, "300");
    ASSERT_TRUE(ok(track()));
    EXPECT_EQ(stored(o->number).state, OrderState::delivered);
    EXPECT_EQ(world_->stored(d.code).state, dossiers::State::returned);
    EXPECT_EQ(events("dossier.delivered"), 1);
    EXPECT_TRUE(world_->agrees(d.code));
    ASSERT_TRUE(ok(track()));
    EXPECT_EQ(events(events::delivered), 1);
}

TEST_P(Posting, WhoFiledByPostGetsHisResultByPost) {
    auto filing = world_->filing();
    filing.applicant.address = home;
    const auto f = world_->file(filing);
    ASSERT_TRUE(ok(f));
    // The test's procedures take no filing by post.
    ASSERT_TRUE(ok(world_->store().write([&](store::Transaction& tx) -> Result<void> {
        tx.execute("UPDATE dossier SET channel = ? WHERE code = ?",
                   {static_cast<int>(dossiers::Channel::post), f->code});
        return Nothing{};
    })));
    ASSERT_TRUE(ok(world_->run([&](auto& tx, auto& ctx, Instant t) {
        return dossiers::receive(tx, ctx, world_->system(), {f->code, {}}, {}, t);
    })));
    ASSERT_TRUE(ok(world_->run([&](auto& tx, auto& ctx, Instant t) {
        return dossiers::transfer(tx, ctx, world_->system(), {f->code, {}}, t);
    })));
    for (int i = 0; i < 8 && world_->stored(f->code).state != dossiers::State::finished; ++i)
        ASSERT_TRUE(ok(world_->step(f->code)));
    deliver();
    ASSERT_EQ(office_.orders.size(), 1u);
    EXPECT_EQ(stored(f->code.value).asked_by, "channel");
    EXPECT_EQ(stored(f->code.value).state, OrderState::registered);
}

TEST_P(Posting, PapersAreCollectedAtOnce) {
    const auto d = world_->filed();
    const auto o = ask(d.code, Way::collect);
    ASSERT_TRUE(ok(o));
    EXPECT_EQ(o->number, d.code.value + "-TG");
    deliver();
    const auto sent = parse_json(office_.orders.at(o->number))->get_object();
    EXPECT_EQ(sent.at("SenderName").as_string(), "Người Nhận Thử");
    EXPECT_EQ(sent.at("ReceiverTel").as_string(), "0200000000");
    office_.move(o->number, "300");
    ASSERT_TRUE(ok(track()));
    EXPECT_EQ(stored(o->number).state, OrderState::delivered);
    EXPECT_EQ(world_->stored(d.code).state, dossiers::State::filed);
}

TEST_P(Posting, ACommuneWithoutALineInTheTableHoldsTheOrderAndSaysWhich) {
    const auto d = world_->finished();
    ASSERT_TRUE(ok(ask(d.code, Way::hand_over, false, "Thôn Mẫu, Đặc khu Cồn Cỏ, Tỉnh Quảng Trị")));
    deliver();
    ASSERT_EQ(messages(MessageState::held).size(), 1u);
    EXPECT_EQ(messages(MessageState::held)[0].reason_code, "district.unmapped");
    EXPECT_EQ(messages(MessageState::held)[0].reason_datum, "ReceiverDistrict");
    EXPECT_TRUE(office_.orders.empty());
    // The table learns it: what was held goes out by itself.
    std::vector<Error> errors;
    auto pack = connector::read_mappings(dossiers::test::pack_folder, errors);
    for (auto& file : pack.files)
        if (file.connector == "post") file.text += "      vn-19742: \"471\"\n";
    pack.hash += "-other";
    ASSERT_TRUE(ok(world_->store().write(
        [&](store::Transaction& tx) { return connector::apply_mappings(tx, pack, "test", world_->now()); })));
    deliver();
    EXPECT_EQ(office_.orders.size(), 1u);
}

TEST_P(Posting, WhatIsMissingIsNamed) {
    settings_.more.erase("phone");
    restart();
    const auto d = world_->finished();
    ASSERT_TRUE(ok(ask(d.code)));
    deliver();
    ASSERT_EQ(messages(MessageState::held).size(), 1u);
    EXPECT_EQ(messages(MessageState::held)[0].reason_datum, "SenderTel");
    EXPECT_EQ(code_of(ask(world_->finished().code, Way::hand_over, false, "đâu đó")), "post.address");
    EXPECT_EQ(code_of(ask(world_->finished().code, Way::hand_over, false, "Phường Đông Hà, Xã Gio Linh")),
              "post.address");
    EXPECT_EQ(code_of(ask(d.code)), "post.asked");
    EXPECT_EQ(code_of(ask(d.code, Way::collect)), "post.too_late");
}

TEST_P(Posting, AnAddressOfBeforeTheReorganisationFindsItsCommuneOfToday) {
    const auto d = world_->finished();
    ASSERT_TRUE(ok(ask(d.code, Way::hand_over, false, "Số 5, Phường 1, Thành phố Đông Hà, Tỉnh Quảng Trị")));
    deliver();
    EXPECT_EQ(office_.orders.size(), 1u);
}

TEST_P(Posting, CashOnDeliveryIsPaidOnlyWhenThePostCollectedTheWhole) {
    const auto owing = [&](bool cod) {
        const auto d = world_->finished();
        EXPECT_TRUE(ok(world_->run([&](auto& tx, auto& ctx, Instant t) {
            return dossiers::charge(tx, ctx, world_->system(), {d.code, {}},
                                    {{"phi", "Phí", "fee", 40'000, "", {}, "", ""}}, t);
        })));
        EXPECT_TRUE(ok(ask(d.code, Way::hand_over, cod)));
        deliver();
        return d.code;
    };
    const auto none = owing(false);
    EXPECT_EQ(messages(MessageState::held)[0].reason_code, "post.unpaid");
    const auto good = owing(true), less = owing(true), silent = owing(true);
    EXPECT_EQ(parse_json(office_.orders.at(good.value))->at("CODAmount").as_int64(), 40'000);
    office_.move(good.value, "300", 40'000);
    office_.move(less.value, "300", 39'000);
    office_.move(silent.value, "300");
    ASSERT_TRUE(ok(track()));
    EXPECT_EQ(world_->stored(good).state, dossiers::State::returned);
    EXPECT_EQ(world_->stored(good).unpaid, 0);
    for (const auto& code : {less, silent}) {
        EXPECT_EQ(world_->stored(code).state, dossiers::State::finished);
        EXPECT_EQ(world_->stored(code).unpaid, 40'000);
        EXPECT_EQ(stored(code.value).problem, "cod_differs");
    }
    EXPECT_EQ(world_->stored(none).unpaid, 40'000);
}

TEST_P(Posting, AStateGoesForwardOnlyAndWhatIsUnknownIsShown) {
    const auto d = world_->finished();
    ASSERT_TRUE(ok(ask(d.code)));
    deliver();
    office_.move(d.code.value, "300");
    office_.move(d.code.value, "200");  // late
    office_.move("KHONG-PHAI-CUA-TA", "300");
    ASSERT_TRUE(ok(track()));
    EXPECT_EQ(stored(d.code.value).state, OrderState::delivered);
    EXPECT_EQ(stored(d.code.value).problem, "");
    office_.move(d.code.value, "400");
    ASSERT_TRUE(ok(track()));
    EXPECT_EQ(stored(d.code.value).state, OrderState::delivered);
    EXPECT_EQ(stored(d.code.value).problem, "ended_twice");
    const auto other = world_->finished();
    ASSERT_TRUE(ok(ask(other.code)));
    deliver();
    office_.move(other.code.value, "999");
    ASSERT_TRUE(ok(track()));
    EXPECT_EQ(stored(other.code.value).problem, "status_unknown");
    EXPECT_EQ(stored(other.code.value).state, OrderState::registered);
}

TEST_P(Posting, AnOrderIsCancelledBeforeAndAfterThePostKnowsIt) {
    const auto d = world_->signing();
    const auto early = ask(d.code);
    ASSERT_TRUE(ok(cancel_order(early->number)));
    deliver();
    EXPECT_EQ(stored(early->number).state, OrderState::cancelled);
    ASSERT_TRUE(ok(world_->step(d.code)));
    deliver();
    EXPECT_TRUE(office_.orders.empty());
    const auto again = ask(d.code);
    ASSERT_TRUE(ok(again));
    EXPECT_EQ(again->number, d.code.value + "-2");
    deliver();
    EXPECT_EQ(office_.orders.size(), 1u);
    ASSERT_TRUE(ok(cancel_order(again->number)));
    deliver();
    EXPECT_EQ(stored(again->number).state, OrderState::cancelled);
    const auto under_way = ask(d.code);
    ASSERT_TRUE(ok(under_way));
    deliver();
    office_.move(under_way->number, "200");
    ASSERT_TRUE(ok(track()));
    EXPECT_EQ(code_of(cancel_order(under_way->number)), "post.too_late");
}

TEST_P(Posting, AHeldOrARefusedOrderDoesNotStandInTheWayOfItsCancelling) {
    const auto d = world_->finished(), other = world_->finished();
    ASSERT_TRUE(ok(ask(d.code, Way::hand_over, false, "Thôn Mẫu, Đặc khu Cồn Cỏ, Tỉnh Quảng Trị")));
    deliver();
    ASSERT_EQ(messages(MessageState::held).size(), 1u);
    ASSERT_TRUE(ok(ask(other.code)));
    office_.next = {"refuse"};
    deliver();
    ASSERT_EQ(messages(MessageState::dead).size(), 1u);
    for (const auto& code : {d.code, other.code}) {
        ASSERT_TRUE(ok(cancel_order(code.value)));
        deliver();
        EXPECT_EQ(stored(code.value).state, OrderState::cancelled);
        ASSERT_TRUE(ok(ask(code)));
        deliver();
        EXPECT_EQ(stored(code.value + "-2").state, OrderState::registered);
    }
    EXPECT_EQ(counts().held + counts().dead + counts().queued, 0);
}

TEST_P(Posting, EveryFaultEndsWithOneOrderAndTheSameBytes) {
    for (const char* fault : {"timeout", "500", "lost", "half", "strange", "401"}) {
        const auto d = world_->finished();
        ASSERT_TRUE(ok(ask(d.code)));
        office_.next = {fault, fault};
        deliver();
        EXPECT_EQ(stored(d.code.value).state, OrderState::registered) << fault;
        for (const char* wrong : {"timeout", "500", "half", "strange", "401"}) {
            office_.next = {wrong, wrong};
            (void)track();
        }
        restart();
        office_.next.clear();
        office_.move(d.code.value, "300");
        ASSERT_TRUE(ok(track())) << fault;
        EXPECT_EQ(world_->stored(d.code).state, dossiers::State::returned) << fault;
    }
    EXPECT_EQ(counts().dead + counts().held + counts().queued, 0);
    const auto d = world_->finished();
    ASSERT_TRUE(ok(ask(d.code)));
    office_.next = {"refuse"};
    deliver();
    EXPECT_EQ(messages(MessageState::dead).size(), 1u);
}

TEST_P(Posting, AMovementThatCannotBeReadIsNotSkipped) {
    const auto d = world_->finished();
    ASSERT_TRUE(ok(ask(d.code)));
    deliver();
    office_.movements.push_back(json::object{{"_id", {{"$oid", "0900"}}}, {"OrderNumber", 7}});
    EXPECT_EQ(code_of(track()), "post.reply_malformed");
    office_.movements.pop_back();
    office_.move(d.code.value, "300");
    ASSERT_TRUE(ok(track()));
    EXPECT_EQ(world_->stored(d.code).state, dossiers::State::returned);
}

TEST_P(Posting, TheComparisonFindsAnOrderThatThePostForgot) {
    const auto d = world_->finished(), other = world_->finished();
    ASSERT_TRUE(ok(ask(d.code)));
    ASSERT_TRUE(ok(ask(other.code)));
    deliver();
    std::erase_if(office_.movements,
                  [&](const json::object& m) { return m.at("OrderNumber").as_string() == d.code.value; });
    auto line = runner_->line();
    const auto done = connector::reconcile(*ground_, *partner_, line, "system:test");
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->compared, 2);
    EXPECT_EQ(done->differences, 1);
    // Cancelled before it went: nothing is missed.
    const auto early = world_->signing();
    ASSERT_TRUE(ok(ask(early.code)));
    ASSERT_TRUE(ok(cancel_order(early.code.value)));
    deliver();
    world_->clock().advance(std::chrono::hours{1});
    const auto again = connector::reconcile(*ground_, *partner_, line, "system:test");
    ASSERT_TRUE(ok(again));
    EXPECT_EQ(again->compared, 3);
    EXPECT_EQ(again->differences, 1);
}

TEST_P(Posting, OnlyHisOwnDossierIsAskedForFromACitizensPage) {
    const auto d = world_->finished();
    const auto stranger = world_->store().write([&](store::Transaction& tx) {
        return ask_post(tx, world_->context(), world_->citizen(), *profile(),
                        {d.code, Way::hand_over, {"A", "0912000000", "", home}, false, "citizen"}, world_->now());
    });
    EXPECT_EQ(code_of(stranger), "dossier.not_found");
}

TEST(PostTable, EveryCommuneOfTheProvinceIsMappedButTheIsland) {
    std::vector<Error> errors;
    const auto pack = connector::read_mappings(dossiers::test::pack_folder, errors);
    const Date day{std::chrono::year{2026} / 11 / 16};
    const auto organisation = directory::preview(directory::read_organisation(dossiers::test::pack_folder, errors));
    ASSERT_TRUE(errors.empty());
    for (const auto& file : pack.files) {
        if (file.connector != "post") continue;
        const auto profile = parse_profile(file);
        ASSERT_TRUE(ok(profile));
        std::vector<std::string> missing;
        for (const auto* unit : organisation->units_at(day, directory::UnitLevel::commune))
            if (!profile->district_of(unit->id, day)) missing.push_back(unit->id.value);
        EXPECT_EQ(missing, std::vector<std::string>{"vn-19742"});
        EXPECT_FALSE(profile->district_of(UnitId{"vn-19333"}, Date{std::chrono::year{2025} / 6 / 30}));
        return;
    }
    ADD_FAILURE() << "the pack has no mapping of the post";
}

}  // namespace
}  // namespace hl::post::test
