// Directives over the line: down with every change, answers up, each applied once; what cannot be applied is shown with
// its reason and stops nothing.
#include "ioc/child/directives.h"

#include "ioc/child/schema.h"
#include "ioc/directives/directive_world.h"

namespace hl::ioc::child::test {
namespace {

using directives::Directive;
using directives::State;
using directives::test::ward;
using hl::test::code_of;
using hl::test::ok;

class DirectivesOverTheLine : public directives::test::DirectiveTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override {
        auto all = DirectiveTest::more_migrations();
        all.insert(all.end(), child::migrations().begin(), child::migrations().end());
        return all;
    }
    void SetUp() override {
        DirectiveTest::SetUp();
        lower = hl::test::open_test_store(GetParam(), more_migrations());
        lower->clock.set(now());
        auto opened = store::Vault::open(lower_keys / "master.key", random, true);
        ASSERT_TRUE(ok(opened));
        lower_vault = std::move(opened.value());
        auto made = std::make_shared<Parent>();
        made->key = crypto::make_signing_key(random);
        parent = made;
        const auto code = store().write([&](store::Transaction& tx) {
            return make_code(tx, *parent, access::Actor::system("test", organisation),
                             {ChildId{"dong-ha"}, "Đông Hà", {ward}, "https://tinh.example"}, random, now());
        });
        ASSERT_TRUE(ok(code));
        ASSERT_TRUE(ok(lower->store->write([&](store::Transaction& tx) {
            return open_line(tx, *code, "Tỉnh", parent->key.public_key, "khoa", {}, now());
        })));
        upper_followers = std::make_unique<store::Followers>(store());
        upper_followers->add(std::make_shared<DirectiveFollower>([this] { return context(); }, source(), random));
        lower_followers = std::make_unique<store::Followers>(*lower->store);
        lower_followers->add(std::make_shared<DirectiveFollower>([this] { return below(); }, source(), random));
    }
    void TearDown() override {
        upper_followers.reset(), lower_followers.reset();
        lower.reset();
        DirectiveTest::TearDown();
    }
    ParentSource source() {
        return [this]() -> Result<std::shared_ptr<const Parent>> { return parent; };
    }
    directives::Context below() { return {{organisation, calendars, nullptr, lower_vault.get(), &random}, book}; }
    access::Actor ward_head() { return person("chu-tich-phuong", access::Role::head, ward); }

    /// Everything that was told down so far, as the child takes it: again and again.
    void carry_down() {
        ASSERT_TRUE(ok(store().settle()));
        ASSERT_TRUE(ok(upper_followers->catch_up()));
        const auto texts = *store().read([](store::Reader& r) -> Result<std::vector<std::string>> {
            return r.all("SELECT text FROM ioc_child_down ORDER BY number", {},
                         [](const store::Row& row) { return row.string(0); });
        });
        told = texts.size();
        const auto take = take_directive([this] { return below(); });
        for (const auto& sent : texts) {
            const auto batch = read_batch(*parse_json(sent), "down");
            ASSERT_TRUE(ok(batch));
            for (const auto& m : batch->messages)
                ASSERT_TRUE(ok(lower->store->write([&](store::Transaction& tx) { return take(tx, m, now()); })));
        }
    }
    void carry_up() {
        ASSERT_TRUE(ok(lower->store->settle()));
        ASSERT_TRUE(ok(lower_followers->catch_up()));
        const auto texts = *lower->store->read([](store::Reader& r) -> Result<std::vector<std::string>> {
            return r.all("SELECT message FROM ioc_line_waiting ORDER BY key", {},
                         [](const store::Row& row) { return row.string(0); });
        });
        const auto take = take_directive_answer([this] { return context(); });
        for (const auto& sent : texts) {
            const auto value = *parse_json(sent);
            Message m;
            m.id = value.at("id").as_string();
            m.type = value.at("type").as_string();
            m.data = value.at("data").as_object();
            ASSERT_TRUE(
                ok(store().write([&](store::Transaction& tx) { return take(tx, ChildId{"dong-ha"}, m, now()); })));
        }
    }
    json::object received() {
        const auto all =
            *lower->store->read([](store::Reader& r) -> Result<json::array> { return received_directives(r); });
        return all.empty() ? json::object{} : all.front().as_object();
    }
    json::array answers() {
        return *store().read(
            [](store::Reader& r) -> Result<json::array> { return directive_answers(r, ChildId{"dong-ha"}, 100); });
    }
    Result<Directive> at_child(Simple command, const std::string& code, const std::string& words = "Đã làm.") {
        const auto ctx = below();
        return lower->store->write([&](store::Transaction& tx) -> Result<Directive> {
            return command(tx, ctx, ward_head(), {code}, words, now());
        });
    }
    Directive own(const std::string& code) {
        const auto ctx = below();
        const auto found =
            lower->store->read([&](store::Reader& r) { return directives::whole(r, ctx, ward_head(), code, now()); });
        EXPECT_TRUE(ok(found));
        if (found.ok()) text = found->text.value_or("");
        return found.ok() ? found->directive : Directive{};
    }
    Directive theirs(const std::string& code) { return seen(leader(), code)->directive; }

    hl::test::SharedRandom random;
    hl::test::TempDir lower_keys;
    std::unique_ptr<hl::test::TestStore> lower;
    std::unique_ptr<store::Vault> lower_vault;
    std::shared_ptr<const Parent> parent;
    std::unique_ptr<store::Followers> upper_followers, lower_followers;
    size_t told = 0;
    std::string text;
};
HL_FOR_EVERY_ENGINE(DirectivesOverTheLine);

TEST_P(DirectivesOverTheLine, GoDownAreAnsweredAndJudged) {
    const auto d = given(ward);
    (void)given(directives::test::health);  // of no child
    carry_down();
    EXPECT_EQ(told, 1u);
    const std::string code{received().at("own_code").as_string()};
    EXPECT_EQ(own(code).state, State::issued);
    EXPECT_EQ(text, "Rà soát từng hồ sơ quá hạn và báo cáo.");
    EXPECT_EQ(own(code).deadline.due, d.deadline.due);
    ASSERT_TRUE(ok(at_child(directives::acknowledge, code)));
    carry_up();
    carry_up();  // said twice
    EXPECT_EQ(theirs(d.code).state, State::working);
    ASSERT_TRUE(ok(at_child(directives::hand_in, code)));
    carry_up();
    EXPECT_EQ(theirs(d.code).state, State::handed_in);
    EXPECT_EQ(answers().size(), 2u);
    ASSERT_TRUE(ok(say(directives::send_back, leader(), d.code, "Còn thiếu số liệu.")));
    carry_down();
    EXPECT_EQ(told, 2u);  // what the child itself answered is not told back to it
    EXPECT_EQ(own(code).state, State::working);
    ASSERT_TRUE(ok(at_child(directives::hand_in, code)));
    carry_up();
    ASSERT_TRUE(ok(say(directives::accept, leader(), d.code)));
    carry_down();
    EXPECT_EQ(own(code).state, State::closed);
    for (const auto& a : answers()) EXPECT_TRUE(a.at("problem").is_null());
    EXPECT_TRUE(received().at("problem").is_null());
    // Everything again, as after a restore: nothing changes.
    const auto version = theirs(d.code).version;
    carry_down();
    carry_up();
    EXPECT_EQ(theirs(d.code).version, version);
    EXPECT_EQ(own(code).state, State::closed);
}

TEST_P(DirectivesOverTheLine, OneThatCameTooLateIsShownWithTheReasonAndStopsNothing) {
    const auto late = given(ward, 1);
    clock().advance(std::chrono::hours{24 * 7});
    carry_down();
    EXPECT_TRUE(received().at("own_code").is_null());
    EXPECT_EQ(received().at("problem").at("code").as_string(), "directive.deadline");
    const auto next = given(ward);
    carry_down();
    EXPECT_EQ(own(std::string{received().at("own_code").as_string()}).title, next.title);
    EXPECT_EQ(theirs(late.code).state, State::issued);
}

TEST_P(DirectivesOverTheLine, AnAnswerThatNoLongerFitsIsKeptWithItsReason) {
    const auto d = given(ward);
    carry_down();
    const std::string code{received().at("own_code").as_string()};
    ASSERT_TRUE(ok(say(directives::withdraw, leader(), d.code, "Không cần nữa.")));
    ASSERT_TRUE(ok(at_child(directives::acknowledge, code)));  // it did not know yet
    carry_up();
    ASSERT_EQ(answers().size(), 1u);
    EXPECT_EQ(answers().at(0).at("problem").at("code").as_string(), "directive.wrong_state");
    EXPECT_EQ(theirs(d.code).state, State::withdrawn);
    carry_down();
    EXPECT_EQ(own(code).state, State::withdrawn);
}

TEST_P(DirectivesOverTheLine, AChildAnswersForItsOwnAgenciesOnly) {
    const auto d = given(directives::test::health);
    const auto take = take_directive_answer([this] { return context(); });
    const Message m{
        "answer:x:1", "directive_answer", 1, {{"code", d.code}, {"kind", "acknowledged"}, {"words", "Rồi"}}};
    ASSERT_TRUE(ok(store().write([&](store::Transaction& tx) { return take(tx, ChildId{"dong-ha"}, m, now()); })));
    EXPECT_EQ(answers().at(0).at("problem").at("code").as_string(), "child.not_its_agency");
    EXPECT_EQ(theirs(d.code).state, State::issued);
}

}  // namespace
}  // namespace hl::ioc::child::test
