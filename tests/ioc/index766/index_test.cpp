// What the index says of single dossiers, and why.
#include "index_world.h"

#include "dossiers/import.h"
#include "dossiers/reorganise.h"

namespace hl::index766::test {
namespace {

using namespace dossiers;
namespace dt = dossiers::test;

class Index : public IndexTest {
  protected:
    [[nodiscard]] Instant start() const override { return at_local(Date{std::chrono::year{2026} / 10 / 19}, 8); }
    void at(int month, int day, int hour) {
        world->clock().set(at_local(Date{std::chrono::year{2026} / month / day}, hour));
    }
    static Period of(int month) { return month_period(dossiers::month_of(std::chrono::year{2026} / month)); }
    Explained explained(const DossierCode& code, const Period& period, std::string_view criterion = "2.1") {
        return *world->store().read([&](store::Reader& r) -> Result<Explained> {
            TRY(const auto facts, facts_of(r, code.value));
            for (const auto& e : explain(facts, rules(), lore(), period, now()).criteria)
                if (e.criterion->code == criterion) return e;
            return Error{};
        });
    }
    Result<Dossier> ask(const DossierCode& code) {
        return world->run([&](auto& tx, auto& ctx, Instant t) {
            return request_supplement(tx, ctx, world->system(), {code}, {{"giấy"}, "thiếu", ""}, t);
        });
    }
    Result<Dossier> answer(const DossierCode& code) {
        return world->run([&](auto& tx, auto& ctx, Instant t) {
            return answer_supplement(tx, ctx, world->system(), {code}, {}, "đã nộp", t);
        });
    }
    /// To the result, signed digitally.
    Result<Dossier> finish(Dossier d) {
        for (int i = 0; i < 8 && is_open(d.state) && d.state != State::finished; ++i) {
            auto next = world->run([&](auto& tx, auto& ctx, Instant t) -> Result<Dossier> {
                auto done = complete(tx, ctx, world->system(), {d.code}, {}, t);
                if (done.ok() || done.error().code != "step.use_result") return done;
                ResultInput r;
                r.kind = "giay";
                r.signature = "digital";
                return record_result(tx, ctx, world->system(), {d.code}, r, t);
            });
            if (!next.ok()) return next;
            d = *next;
        }
        return d;
    }
    DossierLines lost(const Period& period, std::string_view criterion, int limit = 50, std::string cursor = "",
                      AgencyId agency = {}) {
        DossierQuery q;
        q.agency = std::move(agency);
        q.period = period;
        q.criterion = criterion;
        q.limit = limit;
        q.cursor = std::move(cursor);
        auto lines = world->store().read([&](store::Reader& r) { return dossiers_of(r, rules(), lore(), q, now()); });
        EXPECT_TRUE(ok(lines));
        return lines.ok() ? *lines : DossierLines{};
    }
};
INSTANTIATE_TEST_SUITE_P(Engines, Index, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(Index, ALateDossierSaysByHowMuchAndAtWhichStep) {
    auto d = world->working();  // Monday 8:00, three working days: due on Thursday 17:00
    at(10, 23, 13);
    ASSERT_TRUE(ok(finish(d)));  // Friday 13:00: four working hours late
    follow();
    const auto e = explained(d.code, of(10));
    EXPECT_EQ(e.verdict, Verdict::lost);
    EXPECT_EQ(e.reason.minutes, 240);
    EXPECT_NE(e.reason.vi.find("Quá hạn 4 giờ làm việc"), std::string::npos) << e.reason.vi;
    EXPECT_NE(e.reason.vi.find("ở bước 2"), std::string::npos) << e.reason.vi;
    EXPECT_NE(e.reason.en.find("4 working hours late"), std::string::npos) << e.reason.en;
    EXPECT_EQ(counts(of(10)).of(Fact::timing, 'l'), 1);
    EXPECT_EQ(counts(of(10), d.lead).of(Fact::timing, 'l'), 1);
    EXPECT_EQ(explained(d.code, of(9)).verdict, std::nullopt);
}

TEST_P(Index, ASecondSupplementRequestIsOverdueHoweverQuick) {
    auto d = world->working();
    ASSERT_TRUE(ok(ask(d.code)));
    ASSERT_TRUE(ok(answer(d.code)));
    ASSERT_TRUE(ok(ask(d.code)));
    follow();
    EXPECT_EQ(counts(of(10)).of(Fact::timing, 't'), 1) << "while it is unfinished already";
    ASSERT_TRUE(ok(answer(d.code)));
    ASSERT_TRUE(ok(finish(world->stored(d.code))));
    follow();
    const auto e = explained(d.code, of(10));
    EXPECT_EQ(e.verdict, Verdict::lost);
    EXPECT_NE(e.reason.vi.find("Yêu cầu bổ sung 2 lần, quá 1 lần"), std::string::npos) << e.reason.vi;
    EXPECT_NE(e.reason.en.find("criterion 2.1"), std::string::npos) << e.reason.en;
}

TEST_P(Index, WaitingForTheApplicantIsNotCounted) {
    auto d = world->working();
    ASSERT_TRUE(ok(ask(d.code)));
    follow();
    at(11, 3, 9);
    EXPECT_EQ(counts(of(10)).of(Fact::timing, 'w'), 1) << "judged at the request, for which there was time";
    EXPECT_EQ(counts(of(11)).of(Fact::timing, 'w'), 1);
    EXPECT_EQ(explained(d.code, of(10)).verdict, Verdict::met);
    ASSERT_TRUE(ok(answer(d.code)));
    ASSERT_TRUE(ok(finish(world->stored(d.code))));
    follow();
    EXPECT_EQ(counts(of(11)).of(Fact::timing, 'm'), 1);
    EXPECT_EQ(counts(of(10)).of(Fact::timing, 'w'), 1) << "and October stays what it was";
}

TEST_P(Index, UnfinishedDossiersAreJudgedAtThePeriodsEnd) {
    const auto d = world->working();
    follow();
    EXPECT_EQ(counts(of(10)).of(Fact::timing, 'w'), 1);
    at(10, 23, 8);
    EXPECT_EQ(counts(of(10)).of(Fact::timing, 'x'), 1) << "late as soon as its time has passed, without any event";
    EXPECT_EQ(lost(of(10), "2.1").items.size(), 1u);
    at(12, 7, 8);
    for (const int m : {10, 11, 12}) EXPECT_EQ(counts(of(m)).of(Fact::timing, 'x'), 1) << m;
    const auto quarter = *period_from("2026-Q4");
    EXPECT_EQ(counts(quarter).of(Fact::timing, 'x'), 1) << "once in a quarter, not thrice";
    ASSERT_TRUE(ok(finish(d)));
    follow();
    EXPECT_EQ(counts(of(11)).of(Fact::timing, 'x'), 1);
    EXPECT_EQ(counts(of(12)).of(Fact::timing, 'l'), 1);
    EXPECT_EQ(counts(of(12)).of(Fact::timing, 'x'), 0);
    EXPECT_EQ(counts(quarter).of(Fact::timing, 'x'), 0);
    EXPECT_EQ(counts(quarter).of(Fact::timing, 'l'), 1);
    EXPECT_EQ(lost(quarter, "2.1").items.size(), 1u);
}

TEST_P(Index, WithoutAVerifiedTimeADossierIsUnknownAndNotLate) {
    const auto d = world->working(dt::untimed);
    follow();
    EXPECT_EQ(counts(of(10)).of(Fact::timing, 'v'), 1);
    const auto whole = score(rules(), counts(of(10)));
    EXPECT_EQ(whole.criterion("2.1")->standing, Standing::unknown);
    EXPECT_FALSE(whole.criterion("2.1")->points);
    EXPECT_EQ(whole.criterion("2.1")->unknown, 1);
    EXPECT_EQ(whole.criterion("2.1")->low, 0);
    EXPECT_EQ(whole.criterion("2.1")->high, 2000);
}

TEST_P(Index, ALateRatingRestatesTheMonthInWhichTheWorkEnded) {
    auto d = world->working();
    ASSERT_TRUE(ok(finish(d)));
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return deliver(tx, ctx, world->system(), {d.code}, {}, t); })));
    follow();
    EXPECT_EQ(counts(of(10)).of(Fact::rating, 'z'), 1);
    const auto before = *score(rules(), counts(of(10))).criterion("5.4")->points;
    at(12, 1, 9);
    ASSERT_TRUE(ok(world->run([&](auto& tx, auto& ctx, Instant t) {
        Rating r;
        r.overall = 1;
        r.phone = "0912000000";
        return rate(tx, ctx, world->system(), {d.code}, r, t);
    })));
    follow();
    EXPECT_EQ(counts(of(10)).of(Fact::rating, 'z'), 0);
    EXPECT_EQ(counts(of(10)).of(Fact::rating, '1'), 1);
    EXPECT_EQ(before, 600);
    EXPECT_EQ(score(rules(), counts(of(10))).criterion("5.4")->points, 0);
    EXPECT_EQ(lost(of(10), "5.4").items.size(), 1u) << "found by the other kind of loss";
    EXPECT_EQ(explained(d.code, of(10), "5.4").verdict, Verdict::lost);
}

TEST_P(Index, AnImportedDossierKeepsItsOldPromiseAndItsOldRequests) {
    ImportItem item;
    item.code = DossierCode{"H50.12.34-260901-0001"};
    item.procedure = dt::simple;
    item.place = dt::ward;
    item.applicant = world->filing().applicant;
    item.status = 10;
    item.filed_at = item.received_at.emplace(at_local(Date{std::chrono::year{2026} / 9 / 1}, 8));
    item.due = at_local(Date{std::chrono::year{2026} / 9 / 30}, 17);
    item.finished_at = at_local(Date{std::chrono::year{2026} / 9 / 28}, 9);
    item.returned_at = at_local(Date{std::chrono::year{2026} / 10 / 1}, 9);
    auto twice = item;
    twice.code = DossierCode{"H50.12.34-260901-0002"};
    twice.requests = 2;
    ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) -> Result<void> {
        TRY(const auto report, import_dossiers(tx, world->context(), world->system(), {item, twice}, now()));
        for (const auto& line : report)
            if (!line.result.ok()) return line.result.error();
        return Nothing{};
    })));
    follow();
    EXPECT_EQ(counts(of(9)).of(Fact::timing, 'm'), 1) << "in time by the old promise, though the card gives three days";
    EXPECT_EQ(counts(of(9)).of(Fact::timing, 's'), 1);
    EXPECT_EQ(counts(of(9)).of(Fact::digitised, 'u'), 2) << "what the other system scanned is not known";
    EXPECT_EQ(counts(of(9)).of(Fact::payment, 'u'), 2);
    EXPECT_EQ(counts(of(10)), Counts{});
}

TEST_P(Index, LostDossiersComePageByPageWithTheirGain) {
    std::vector<DossierCode> codes;
    for (int i = 0; i < 5; ++i) {
        auto f = world->filing();
        f.components[0].digitised = false;
        const auto filed = world->file(f);
        ASSERT_TRUE(ok(filed));
        auto d = world->run(
            [&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->system(), {filed->code}, {}, t); });
        d = world->run(
            [&](auto& tx, auto& ctx, Instant t) { return transfer(tx, ctx, world->system(), {filed->code}, t); });
        ASSERT_TRUE(ok(d));
        ASSERT_TRUE(ok(finish(*d)));
        codes.push_back(filed->code);
    }
    ASSERT_TRUE(ok(finish(world->working())));
    follow();
    const auto s = score(rules(), counts(of(10), dt::ward_office));
    EXPECT_EQ(s.criterion("4.2")->lost, 5);
    EXPECT_EQ(s.criterion("4.2")->mendable, 5);
    EXPECT_EQ(s.criterion("4.2")->gain_of(1), 91) << "4.4 points × 1/6 of the 80 % that give all, rounded";
    std::set<std::string> found;
    std::string cursor;
    for (int page = 0; page < 3; ++page) {
        const auto lines = lost(of(10), "4.2", 2, cursor, dt::ward_office);
        for (const auto& line : lines.items) {
            found.insert(line.facts.code.value);
            EXPECT_TRUE(line.mendable);
            EXPECT_NE(line.reason.vi.find("0/1 giấy tờ đã số hóa"), std::string::npos) << line.reason.vi;
        }
        cursor = lines.next;
        EXPECT_EQ(cursor.empty(), page == 2);
    }
    EXPECT_EQ(found.size(), codes.size());
    EXPECT_TRUE(lost(of(10), "4.2", 50, "", dt::department).items.empty());
    DossierQuery q;
    q.period = of(10);
    q.criterion = "5.2";
    EXPECT_EQ(hl::test::code_of(
                  world->store().read([&](store::Reader& r) { return dossiers_of(r, rules(), lore(), q, now()); })),
              "index766.no_source");
}

TEST_P(Index, TheCheckFindsAChangedRow) {
    ASSERT_TRUE(ok(finish(world->working())));
    store::Followers followers(world->store());
    followers.add(std::make_shared<Index766>());
    EXPECT_EQ(hl::test::code_of(world->store().read([](store::Reader& r) { return check(r); })), "index766.not_ready");
    ASSERT_TRUE(ok(followers.catch_up()));
    auto report = world->store().read([](store::Reader& r) { return check(r); });
    ASSERT_TRUE(ok(report));
    EXPECT_TRUE(report->problems.empty()) << report->problems.front();
    ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) -> Result<void> {
        tx.execute("UPDATE ioc_766_month SET outcomes = 'l-------'");
        tx.execute("UPDATE ioc_766_count SET n = n + 1 WHERE agency = '' AND fact = 0");
        return Nothing{};
    })));
    report = world->store().read([](store::Reader& r) { return check(r); });
    ASSERT_TRUE(ok(report));
    EXPECT_EQ(report->problems.size(), 2u);
}

TEST_P(Index, RulesAreStoredOnceAndAnnounced) {
    std::vector<Error> errors;
    auto pack = read_rules(dt::pack_folder, errors);
    const auto changes = [&] {
        return *world->store().read(
            [&](store::Reader& r) -> Result<std::vector<std::string>> { return describe_changes(r, pack); });
    };
    EXPECT_TRUE(changes().empty());
    pack.files.begin()->second += "# một dòng\n";
    pack.hash = "other";
    EXPECT_EQ(changes().size(), 1u);
    for (int i = 0; i < 2; ++i)
        ASSERT_TRUE(
            ok(world->store().write([&](store::Transaction& tx) { return apply_rules(tx, pack, "test", now()); })));
    EXPECT_TRUE(changes().empty());
    ASSERT_TRUE(ok(world->store().settle()));
    const auto told = world->store().read(
        [&](store::Reader& r) -> Result<size_t> { return store::read_stream(r, "index766").size(); });
    EXPECT_EQ(*told, 2u) << "once with the pack, once with the changed one";
}

class IndexReorganised : public Index {
  protected:
    [[nodiscard]] Instant start() const override { return at_local(Date{std::chrono::year{2025} / 6 / 25}, 8); }
};
INSTANTIATE_TEST_SUITE_P(Engines, IndexReorganised, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(IndexReorganised, AReorganisationRestatesWhatItMoves) {
    auto f = world->filing(dt::of_district);
    f.place = UnitId{"vn-461"};
    const auto filed = world->file(f);
    ASSERT_TRUE(ok(filed));
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->system(), {filed->code}, {}, t); })));
    follow();
    const auto june = month_period(dossiers::month_of(std::chrono::year{2025} / 6));
    EXPECT_EQ(counts(june, dt::district).of(Fact::timing, 'w'), 1);
    world->clock().set(at_local(Date{std::chrono::year{2025} / 7 / 1}, 8));
    ASSERT_TRUE(ok(world->store().write(
        [&](store::Transaction& tx) { return rehome(tx, world->context(), world->system(), world->now()); })));
    follow();
    const auto now_with = world->stored(filed->code).lead;
    ASSERT_NE(now_with, dt::district);
    EXPECT_EQ(counts(june, dt::district), Counts{});
    EXPECT_EQ(counts(june, now_with).of(Fact::timing, 'x'), 1) << "received on 25 June, due on the 30th";
    EXPECT_EQ(counts(june).of(Fact::timing, 'x'), 1);
    EXPECT_EQ(counts(june, now_with).of(Fact::filing, 'd'), 1);
}

}  // namespace
}  // namespace hl::index766::test
