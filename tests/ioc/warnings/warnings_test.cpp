// Warnings over a store: issued, updated, cancelled, over by the clock; received in any order and any number of times.
#include "ioc/warnings/warnings.h"

#include "directory/commands.h"
#include "ioc/warnings/routes.h"
#include "ioc/warnings/schema.h"
#include "store/ledger.h"
#include "support/test_store.h"

namespace hl::warnings::test {
namespace {

using hl::test::code_of;
using hl::test::ok;

class Warnings : public hl::test::EngineTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override { return migrations(); }
    void SetUp() override {
        EngineTest::SetUp();
        clock().set(at_local(std::chrono::year{2026} / 10 / 1, 8));
        static const auto organisation = [] {
            std::vector<Error> errors;
            return directory::preview(directory::read_organisation(HL_SOURCE_DIR "/packs/quang-tri", errors));
        }();
        ctx_ = {organisation, &random_, "thu.mau"};
    }
    Instant now() { return clock().now(); }
    access::Actor person(access::Role role, const AgencyId& agency) {
        access::Actor a;
        a.kind = access::ActorKind::officer;
        a.account = AccountId{"acc-1"};
        a.grants = {{role, agency, Date{std::chrono::year{2020} / 1 / 1}, {}}};
        a.organisation = ctx_.organisation;
        return a;
    }
    access::Actor leader() { return person(access::Role::head, AgencyId{"ubnd-tinh"}); }
    access::Actor ward_head() { return person(access::Role::head, AgencyId{"ubnd-19333"}); }
    access::Actor relay() { return person(access::Role::integrator, AgencyId{"ubnd-tinh"}); }
    Draft storm(AgencyId agency = AgencyId{"ubnd-tinh"}) {
        Draft d;
        d.agency = std::move(agency);
        d.categories = {Category::met};
        d.responses = {Response::prepare};
        d.urgency = Urgency::expected;
        d.severity = Severity::severe;
        d.certainty = Certainty::likely;
        d.expires = now() + std::chrono::hours{12};
        d.vi = {"Bão", "Bão vào bờ tối nay", "Gió giật cấp 10.", "Chằng chống nhà cửa."};
        d.en = Words{"Storm", "A storm lands tonight", "Gusts of force 10.", "Tie down roofs."};
        return d;
    }
    template <class F>
    auto write(F command) {
        return store().write([&](store::Transaction& tx) { return command(tx); });
    }
    Result<Warning> issued(const access::Actor& who, const Draft& d) {
        return write([&](store::Transaction& tx) { return issue(tx, ctx_, who, d, now()); });
    }
    Result<Received> received(const Message& m, const access::Actor& who) {
        return write([&](store::Transaction& tx) { return receive(tx, ctx_, who, warnings::write(m), "thử", now()); });
    }
    Result<Received> received(const Message& m) { return received(m, relay()); }
    std::vector<std::string> active() {
        const auto list =
            store().read([&](store::Reader& r) -> Result<std::vector<Warning>> { return active_warnings(r, now()); });
        std::vector<std::string> out;
        for (const auto& w : *list) out.push_back(w.message.identifier);
        return out;
    }
    /// Of another source.
    Message foreign(const std::string& identifier, MessageType type = MessageType::alert, int minutes = 0) {
        Message m;
        m.identifier = identifier;
        m.sender = "dai@khi.tuong";
        m.sent = now() - std::chrono::hours{1} + std::chrono::minutes{minutes};
        m.type = type;
        Info i;
        i.categories = {Category::met};
        i.event = "Mưa lớn";
        i.severity = Severity::extreme;
        i.expires = now() + std::chrono::hours{6};
        m.infos = {i};
        return m;
    }
    int64_t events() {
        EXPECT_TRUE(ok(store().settle()));
        return *store().read([](store::Reader& r) -> Result<int64_t> { return store::ledger_size(r); });
    }
    Context ctx_;
    hl::test::SharedRandom random_;
};
HL_FOR_EVERY_ENGINE(Warnings);

TEST_P(Warnings, AreInForceUntilTheClockSaysOtherwise) {
    const auto w = issued(leader(), storm());
    ASSERT_TRUE(ok(w));
    EXPECT_EQ(active(), std::vector{w->message.identifier});
    EXPECT_EQ(w->message.infos.size(), 2u);
    EXPECT_EQ(w->message.infos[1].headline, "A storm lands tonight");
    EXPECT_EQ(w->message.sender, "ubnd-tinh@thu.mau");
    // What everybody gets is what was issued.
    EXPECT_TRUE(parse(w->xml).ok());
    clock().advance(std::chrono::hours{12});
    EXPECT_TRUE(active().empty());
    EXPECT_EQ(
        code_of(write([&](store::Transaction& tx) { return cancel(tx, ctx_, leader(), w->id, "Hết", "", now()); })),
        "warning.over");
}

TEST_P(Warnings, AnUpdateReplacesAndACancellationEnds) {
    const auto w = issued(leader(), storm());
    ASSERT_TRUE(ok(w));
    auto more = storm();
    more.severity = Severity::extreme;
    const auto newer = write([&](store::Transaction& tx) { return update(tx, ctx_, leader(), w->id, more, now()); });
    ASSERT_TRUE(ok(newer));
    EXPECT_EQ(active(), std::vector{newer->message.identifier});
    EXPECT_EQ(newer->message.references, std::vector{w->message.self()});
    EXPECT_GT(newer->message.sent, w->message.sent);
    clock().advance(std::chrono::minutes{1});
    const auto end = write(
        [&](store::Transaction& tx) { return cancel(tx, ctx_, leader(), newer->id, "Bão tan.", "Over.", now()); });
    ASSERT_TRUE(ok(end));
    EXPECT_EQ(end->message.references.size(), 2u);
    EXPECT_TRUE(active().empty());
    const auto old = store().read([&](store::Reader& r) { return find_warning(r, newer->id); });
    EXPECT_EQ(old->ended_how, "Cancel");
    EXPECT_EQ(old->ended_by_id, end->id);
    EXPECT_EQ(events(), 3);
}

TEST_P(Warnings, OneWarnsInOnesOwnAreaOnly) {
    const AgencyId ward{"ubnd-19333"};
    EXPECT_EQ(code_of(issued(ward_head(), storm())), "access.denied");
    const auto own = issued(ward_head(), storm(ward));
    ASSERT_TRUE(ok(own));
    EXPECT_EQ(own->message.infos[0].areas[0].geocodes.at(0).value, "19333");
    auto outside = storm(ward);
    outside.communes = {"19363"};
    EXPECT_EQ(code_of(issued(ward_head(), outside)), "warning.area");
    auto drawn = storm(ward);
    drawn.circles = {{{16.8, 107.1}, 5}};
    EXPECT_EQ(code_of(issued(ward_head(), drawn)), "warning.area");
    auto whole = storm();
    whole.communes = {"19333", "khong-co"};
    EXPECT_EQ(code_of(issued(leader(), whole)), "warning.area");
    EXPECT_EQ(code_of(issued(relay(), storm())), "access.denied");
    auto late = storm();
    late.expires = now();
    EXPECT_EQ(code_of(issued(leader(), late)), "warning.expires");
    auto silent = storm();
    silent.vi.headline.clear();
    EXPECT_EQ(code_of(issued(leader(), silent)), "warning.text");
}

TEST_P(Warnings, AnExerciseIsNotShownAsAWarning) {
    auto d = storm();
    d.status = Status::exercise;
    ASSERT_TRUE(ok(issued(leader(), d)));
    EXPECT_TRUE(active().empty());
}

TEST_P(Warnings, ReceivedTwiceIsOnceAndAnotherContentIsRefused) {
    auto m = foreign("a");
    EXPECT_TRUE(received(m)->fresh);
    EXPECT_FALSE(received(m)->fresh);
    EXPECT_EQ(events(), 1);
    m.infos[0].event = "Khác";
    EXPECT_EQ(code_of(received(m)), "warning.altered");
    EXPECT_EQ(code_of(received(foreign("b"), person(access::Role::handler, AgencyId{"ubnd-tinh"}))), "access.denied");
    auto ours = foreign("c");
    ours.sender = "ubnd-tinh@thu.mau";
    EXPECT_EQ(code_of(received(ours)), "warning.from_us");
    auto ahead = foreign("d");
    ahead.sent = now() + std::chrono::hours{2};
    EXPECT_EQ(code_of(received(ahead)), "warning.from_the_future");
}

TEST_P(Warnings, TheOrderOfComingDoesNotMatter) {
    const auto first = foreign("1");
    auto second = foreign("2", MessageType::update, 1);
    second.references = {first.self()};
    auto third = foreign("3", MessageType::cancel, 2);
    third.references = {first.self(), second.self()};
    ASSERT_TRUE(ok(received(second)));
    EXPECT_EQ(active(), std::vector<std::string>{"2"});
    ASSERT_TRUE(ok(received(first)));  // late: replaced already
    EXPECT_EQ(active(), std::vector<std::string>{"2"});
    ASSERT_TRUE(ok(received(third)));
    EXPECT_TRUE(active().empty());
    // The cancellation before what it cancels.
    const auto other = foreign("4", MessageType::alert, 3);
    auto end = foreign("5", MessageType::cancel, 4);
    end.references = {other.self()};
    ASSERT_TRUE(ok(received(end)));
    const auto late = received(other);
    ASSERT_TRUE(ok(late));
    EXPECT_EQ(late->warning.ended_how, "Cancel");
    EXPECT_FALSE(late->warning.ended_by_id.empty());
    EXPECT_TRUE(active().empty());
}

TEST_P(Warnings, NobodyEndsWhatSomebodyElseIssued) {
    const auto own = issued(leader(), storm());
    ASSERT_TRUE(ok(own));
    auto end = foreign("x", MessageType::cancel);
    end.references = {own->message.self()};
    ASSERT_TRUE(ok(received(end)));
    EXPECT_EQ(active(), std::vector{own->message.identifier});
    const auto theirs = received(foreign("y"));
    EXPECT_EQ(code_of(write([&](store::Transaction& tx) {
                  return cancel(tx, ctx_, leader(), theirs->warning.id, "Hết", "", now());
              })),
              "warning.not_own");
    // The more severe stands first.
    EXPECT_EQ(active(), (std::vector<std::string>{"y", own->message.identifier}));
}

TEST_P(Warnings, WithoutAnEndAReceivedOneIsShownForADay) {
    auto m = foreign("a");
    m.infos[0].expires.reset();
    ASSERT_TRUE(ok(received(m)));
    clock().advance(std::chrono::hours{22});
    EXPECT_EQ(active().size(), 1u);
    clock().advance(std::chrono::hours{2});
    EXPECT_TRUE(active().empty());
}

TEST_P(Warnings, TheFeedIsWellFormedWhateverTheySay) {
    auto m = foreign("a");
    m.infos[0].headline = "<b>Mưa & \"gió\"</b>";
    const auto w = received(m);
    ASSERT_TRUE(ok(w));
    const auto feed = atom({w->warning}, "thu.mau", now());
    EXPECT_NE(feed.find("&lt;b&gt;Mưa &amp; &quot;gió&quot;&lt;/b&gt;"), std::string::npos);
    EXPECT_EQ(feed.find("<b>"), std::string::npos);
}

}  // namespace
}  // namespace hl::warnings::test
