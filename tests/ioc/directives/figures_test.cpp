// Directives as the indicators count them: per agency, restated by nothing but the ledger, and rebuilt to the same
// bytes.
#include "directive_world.h"

namespace hl::directives::test {
namespace {

class CountedDirectives : public DirectiveTest {
  protected:
    bool check_is_clean() {
        catch_up();
        const auto report = ioc::recompute_check(store(), book);
        EXPECT_TRUE(ok(report));
        if (!report.ok()) return false;
        for (const auto& d : report->differences) ADD_FAILURE() << d;
        return report->different == 0;
    }
};
HL_FOR_EVERY_ENGINE(CountedDirectives);

TEST_P(CountedDirectives, IssuedOpenOverdueAndClosedAreToldPerAgency) {
    const auto first = given(health, 8), second = given(health, 80), other = given(home, 8);
    ASSERT_TRUE(ok(say(acknowledge, handler(), first.code)));
    clock().set(monday(10, 2));
    catch_up();
    EXPECT_EQ(figure("CD.BAN_HANH", "2026-11").value, 3);
    EXPECT_EQ(figure("CD.BAN_HANH", "2026-11", health).value, 2);
    EXPECT_EQ(figure("CD.DANG_MO", "2026-11", health).value, 2);
    EXPECT_EQ(figure("CD.DANG_QUA_HAN", "2026-11", health).value, 1);
    EXPECT_EQ(figure("CD.DANG_QUA_HAN", "2026-11").value, 2);
    // At the end of the day before, too, since the deadline had passed.
    EXPECT_EQ(figure("CD.DANG_QUA_HAN", "2026-11-17", health).value, 1);
    EXPECT_EQ(figure("CD.DANG_QUA_HAN", "2026-11-15", health).value.value_or(0), 0);
    ASSERT_TRUE(ok(say(hand_in, handler(), first.code)));
    ASSERT_TRUE(ok(say(accept, leader(), first.code)));
    catch_up();
    EXPECT_EQ(figure("CD.QUA_HAN", "2026-11", health).value, 1);
    EXPECT_EQ(figure("CD.DUNG_HAN", "2026-11", health).value, 0);
    EXPECT_EQ(figure("CD.TY_LE_DUNG_HAN", "2026-11", health).value, 0);
    EXPECT_EQ(figure("CD.DANG_QUA_HAN", "2026-11", health).value, 0);
    EXPECT_EQ(figure("CD.DANG_MO", "2026-11", health).value, 1);
    EXPECT_TRUE(check_is_clean());
}

TEST_P(CountedDirectives, AnAgencyWithDirectivesOnlyIsStillUnknownForDossiers) {
    (void)given(health);
    catch_up();
    EXPECT_EQ(figure("HCC.TIEP_NHAN", "2026-11", health).status, ioc::Status::unknown);
    EXPECT_EQ(figure("CD.BAN_HANH", "2026-11", home).value, 0);  // every directive is in the ledger: none is zero
}

TEST_P(CountedDirectives, WhatAHeadGivesWithinHisAgencyIsNotCounted) {
    with_officers();
    auto inside = task();
    inside.officer = OfficerId{"chuyen-vien"};
    ASSERT_TRUE(ok(issued(head(), inside)));
    (void)given(home);
    catch_up();
    EXPECT_EQ(figure("CD.BAN_HANH", "2026-11", health).value, 0);
    EXPECT_EQ(figure("CD.BAN_HANH", "2026-11").value, 1);
}

TEST_P(CountedDirectives, BehindAFigureStandTheDirectives) {
    const auto d = given(health);
    catch_up();
    ioc::Question q;
    q.first = q.last = *ioc::parse_period("2026-11");
    q.indicator = book->find("CD.BAN_HANH", q.last.first_day());
    q.now = now();
    const auto page =
        store().read([&](store::Reader& r) -> Result<ioc::BehindPage> { return ioc::behind(r, *book, q, {}, 10); });
    ASSERT_EQ(page->items.size(), 1u);
    EXPECT_EQ(page->items[0].dossier, std::string{ioc::directive::stream_prefix} + d.code);
    q.indicator = book->find("CD.DANG_MO", q.last.first_day());
    const auto open = store().read(
        [&](store::Reader& r) -> Result<std::vector<ioc::Behind>> { return ioc::open_now(r, *book, q, "", 10); });
    ASSERT_EQ(open->size(), 1u);
    EXPECT_EQ(open->front().dossier, std::string{ioc::directive::stream_prefix} + d.code);
}

/// Whatever is tried in whatever order: row, ledger, model and figures tell one story.
TEST_P(CountedDirectives, ARandomLifeAgreesWithTheModelAndTheFigures) {
    SeededRandom random(7);
    struct Model {
        std::string code;
        Standing standing;
        AgencyId agency;
    };
    std::vector<Model> all;
    for (int i = 0; i < 6; ++i) {
        const AgencyId agency = i % 2 ? home : health;
        all.push_back({given(agency, 4 + i * 6).code, {}, agency});
    }
    std::map<std::string, int> closed, sent_back;
    for (int step = 0; step < 120; ++step) {
        clock().advance(std::chrono::minutes{random.below(300)});
        auto& m = all[random.below(all.size())];
        const auto command = all_commands()[random.below(all_commands().size())];
        if (command == Command::add_evidence) continue;
        const auto who = is_answer(command) ? (m.agency == health ? handler() : stranger()) : leader();
        const auto done = run([&](auto& tx, auto& ctx, Instant t) -> Result<Directive> {
            const Target target{m.code};
            const std::string words = "Nội dung.";
            switch (command) {
                case Command::acknowledge:
                    return acknowledge(tx, ctx, who, target, words, t);
                case Command::report:
                    return report(tx, ctx, who, target, 10, words, t);
                case Command::ask_extension:
                    return ask_extension(tx, ctx, who, target, directory::work_hours(4), words, t);
                case Command::grant_extension:
                    return grant_extension(tx, ctx, who, target, {}, words, t);
                case Command::refuse_extension:
                    return refuse_extension(tx, ctx, who, target, words, t);
                case Command::hand_in:
                    return hand_in(tx, ctx, who, target, words, t);
                case Command::accept:
                    return accept(tx, ctx, who, target, words, t);
                case Command::send_back:
                    return send_back(tx, ctx, who, target, words, t);
                case Command::reopen:
                    return reopen(tx, ctx, who, target, {600, {}}, words, t);
                default:
                    return withdraw(tx, ctx, who, target, words, t);
            }
        });
        const auto expected = after(m.standing, command);
        ASSERT_EQ(done.ok(), expected.ok()) << to_string(command) << " " << code_of(done);
        if (!done.ok()) {
            EXPECT_EQ(done.error().code, expected.error().code);
            continue;
        }
        m.standing = *expected;
        EXPECT_EQ(done->standing(), m.standing);
        closed[m.agency.value] += command == Command::accept;
        sent_back[m.agency.value] += command == Command::send_back || command == Command::reopen;
        if (random.below(4) == 0) catch_up();  // batches of every size
    }
    catch_up();
    const auto last_year = "2026";
    std::map<std::string, int> open, overdue;
    for (const auto& m : all) {
        const auto now_ = seen(leader(), m.code);
        ASSERT_TRUE(ok(now_));
        EXPECT_EQ(now_->directive.standing(), m.standing);
        open[m.agency.value] += ioc::directive::is_open(m.standing.state);
        overdue[m.agency.value] += now_->timing.overdue;
        EXPECT_EQ(static_cast<int64_t>(events(m.code).size()), now_->directive.version);
        EXPECT_EQ(ioc::directive::state_from(std::string{events(m.code).back().data.at("to").as_string()}),
                  m.standing.state);
    }
    for (const auto& agency : {health, home}) {
        EXPECT_EQ(figure("CD.DANG_MO", last_year, agency).value, open[agency.value]);
        EXPECT_EQ(figure("CD.DANG_QUA_HAN", last_year, agency).value, overdue[agency.value]);
        EXPECT_EQ(*figure("CD.DUNG_HAN", last_year, agency).value + *figure("CD.QUA_HAN", last_year, agency).value,
                  closed[agency.value]);
        EXPECT_EQ(figure("CD.MO_LAI", last_year, agency).value, sent_back[agency.value]);
    }
    EXPECT_TRUE(check_is_clean());
}

}  // namespace
}  // namespace hl::directives::test
