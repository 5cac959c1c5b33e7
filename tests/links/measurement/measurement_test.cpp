// Snapshots for the measurement of online services: what is known, marked where the words do not reach, held where not.
#include <deque>

#include "dossiers/world.h"
#include "links/connector/runner.h"
#include "links/connector/schema.h"
#include "links/measurement/partner.h"

namespace hl::measurement::test {
namespace {

using connector::MessageState;
using hl::test::ok;

class Measuring : public testing::TestWithParam<store::Engine> {
  protected:
    void SetUp() override {
        world_.emplace(GetParam(), at_local(Date{std::chrono::year{2026} / 11 / 16}, 8), connector::migrations());
        std::vector<Error> errors;
        const auto pack =
            connector::read_mappings(dossiers::test::pack_folder, errors, {{"measurement", check_profile}});
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
        ASSERT_TRUE(ok(world_->store().write(
            [&](store::Transaction& tx) { return connector::apply_mappings(tx, pack, "test", world_->now()); })));
        settings_.url = "https://emc.example";
        settings_.more = {{"site", "QUANGTRI"}};
        ground_.emplace(connector::Ground{world_->store(), world_->vault(), world_->clock(), random_, "node-1",
                                          [this](const http::ClientRequest& r) { return answer(r); }});
        partner_ = std::make_shared<Partner>(
            PartnerParts{world_->store(), world_->clock(), [this] { return world_->context(); }, settings_});
        runner_ = std::make_unique<connector::Runner>(*ground_, partner_, settings_.pace);
        followers_.emplace(world_->store());
        followers_->add(std::make_shared<connector::OutboxFollower>(partner_, world_->clock(), [] {}));
    }
    void TearDown() override {
        runner_.reset();
        followers_.reset();
        partner_.reset();
        ground_.reset();
        world_.reset();
    }
    Result<http::Response> answer(const http::ClientRequest& r) {
        const auto act = next_.empty() ? std::string{} : next_.front();
        if (!next_.empty()) next_.pop_front();
        if (act == "timeout") return Error{ErrorKind::unavailable, "http.timeout", "chậm", "slow"};
        if (act == "500") return http::Response{500, {}, "", nullptr};
        if (act == "refuse") return http::Response{200, {}, R"({"error_code":"5"})", nullptr};
        if (act == "half") return http::Response{200, {}, R"({"error_c)", nullptr};
        const auto o = parse_json(r.body)->get_object();
        held_[std::string{o.at("CodeProfile").as_string()}] = o;
        ++sent_;
        return http::Response{200, {}, R"({"error_code":"0"})", nullptr};
    }
    void deliver() {
        ASSERT_TRUE(ok(world_->store().settle()));
        ASSERT_TRUE(ok(followers_->catch_up()));
        for (int i = 0; i < 100; ++i) {
            ASSERT_TRUE(ok(runner_->drain()));
            const auto counts = *world_->ask(
                [&](store::Reader& r) -> Result<connector::Counts> { return connector::count_open(r, "measurement"); });
            if (counts.queued == 0) return;
            world_->clock().advance(std::chrono::minutes{5});
        }
    }
    std::vector<connector::MessageRow> messages(MessageState state) {
        return *world_->ask([&](store::Reader& r) -> Result<std::vector<connector::MessageRow>> {
            return connector::find_messages(r, {"measurement", state});
        });
    }

    std::optional<dossiers::test::World> world_;
    std::map<std::string, json::object> held_;
    std::deque<std::string> next_;
    int sent_ = 0;
    hl::test::SharedRandom random_;
    connector::PartnerSettings settings_;
    std::optional<connector::Ground> ground_;
    std::shared_ptr<Partner> partner_;
    std::optional<store::Followers> followers_;
    std::unique_ptr<connector::Runner> runner_;
};
HL_FOR_EVERY_ENGINE(Measuring);

TEST_P(Measuring, ASnapshotSaysHowFarItIsAndNotWhoItIs) {
    const auto d = world_->finished();
    deliver();
    EXPECT_EQ(sent_, 1) << "many events before it went, one snapshot";
    const auto& o = held_.at(d.code.value);
    EXPECT_EQ(o.size(), 13u);
    EXPECT_EQ(o.at("SiteId").as_string(), "QUANGTRI");
    EXPECT_EQ(o.at("CodeTTHC").as_string(), d.procedure.value);
    EXPECT_EQ(o.at("Status").as_int64(), 2);  // no word for "the result is there"
    EXPECT_EQ(o.at("Level").as_int64(), 4);
    EXPECT_EQ(o.at("FormsReception").as_int64(), 2);
    EXPECT_EQ(o.at("FormsPayments").as_int64(), 0);
    EXPECT_EQ(o.at("IsDVCBC").as_int64(), 0);
    EXPECT_FALSE(o.at("IsFromDVCQG").as_bool());
    const auto text = json::serialize(o);
    EXPECT_EQ(text.find("Người Nộp"), std::string::npos);
    EXPECT_EQ(text.find("000000000000"), std::string::npos);
    EXPECT_EQ(text.find("0912"), std::string::npos);
    ASSERT_EQ(messages(MessageState::accepted).size(), 1u);
    EXPECT_EQ(messages(MessageState::accepted)[0].marks.size(), 1u);
    ASSERT_TRUE(ok(world_->run([&](auto& tx, auto& ctx, Instant t) {
        return dossiers::deliver(tx, ctx, world_->system(), {d.code, {}}, {"desk", "", ""}, t);
    })));
    deliver();
    EXPECT_EQ(held_.at(d.code.value).at("Status").as_int64(), 3);
}

TEST_P(Measuring, HowItWasPaidIsTakenFromTheCharges) {
    const auto d = world_->finished();
    ASSERT_TRUE(ok(world_->run([&](auto& tx, auto& ctx, Instant t) {
        return dossiers::charge(tx, ctx, world_->system(), {d.code, {}},
                                {{"phi", "Phí", "fee", 40'000, "", {}, "", ""}}, t);
    })));
    deliver();
    EXPECT_EQ(held_.at(d.code.value).at("FormsPayments").as_int64(), 0);
    EXPECT_EQ(messages(MessageState::accepted)[0].marks.size(), 2u);  // owed and not paid
    ASSERT_TRUE(ok(world_->run([&](auto& tx, auto& ctx, Instant t) {
        return dossiers::pay(tx, ctx, world_->system(), {d.code, {}}, {{}, "online", "GD1"}, t);
    })));
    deliver();
    EXPECT_EQ(held_.at(d.code.value).at("FormsPayments").as_int64(), 1);
}

TEST_P(Measuring, AnUnknownOnlineLevelIsHeldAndNotGuessed) {
    std::vector<Error> errors;
    auto pack = connector::read_mappings(dossiers::test::pack_folder, errors);
    for (auto& file : pack.files)
        if (file.connector == "measurement") {
            const std::string levels = "levels: {full: 4, partial: 3}";
            file.text.replace(file.text.find(levels), levels.size(), "levels: {partial: 3}");
        }
    pack.hash += "-other";
    ASSERT_TRUE(ok(world_->store().write(
        [&](store::Transaction& tx) { return connector::apply_mappings(tx, pack, "test", world_->now()); })));
    (void)world_->working();
    deliver();
    ASSERT_EQ(messages(MessageState::held).size(), 1u);
    EXPECT_EQ(messages(MessageState::held)[0].reason_datum, "Level");
}

TEST_P(Measuring, EveryFaultEndsWithTheNewestSnapshot) {
    for (const char* fault : {"timeout", "500", "half"}) {
        next_ = {fault, fault};
        const auto d = world_->working();
        deliver();
        EXPECT_TRUE(held_.contains(d.code.value)) << fault;
    }
    next_ = {"refuse"};
    (void)world_->working();
    deliver();
    EXPECT_EQ(messages(MessageState::dead).size(), 1u);
}

TEST_P(Measuring, WithoutASiteItIsHeld) {
    settings_.more.clear();
    partner_ = std::make_shared<Partner>(
        PartnerParts{world_->store(), world_->clock(), [this] { return world_->context(); }, settings_});
    runner_ = std::make_unique<connector::Runner>(*ground_, partner_, settings_.pace);
    (void)world_->working();
    deliver();
    ASSERT_EQ(messages(MessageState::held).size(), 1u);
    EXPECT_EQ(messages(MessageState::held)[0].reason_datum, "SiteId");
    EXPECT_EQ(sent_, 0);
}

TEST_P(Measuring, WhatIsOnlyFiledIsNotCounted) {
    (void)world_->filed();
    deliver();
    EXPECT_EQ(sent_, 0);
    EXPECT_TRUE(messages(MessageState::held).empty());
}

}  // namespace
}  // namespace hl::measurement::test
