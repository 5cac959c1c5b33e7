// Directives over a store: the whole life, rights, versions, evidence, erasure, on both engines.
#include "directive_world.h"

namespace hl::directives::test {
namespace {

class Directives : public DirectiveTest {};
HL_FOR_EVERY_ENGINE(Directives);

TEST_P(Directives, LiveFromIssueToClosing) {
    const auto d = given();
    EXPECT_EQ(d.code, "CD-2026-000001");
    EXPECT_EQ(d.issuer, province);
    EXPECT_EQ(d.deadline.work, directory::work_hours(16));
    clock().set(monday(9));
    ASSERT_TRUE(ok(say(acknowledge, handler(), d.code, "")));
    ASSERT_TRUE(ok(run([&](auto& tx, auto& ctx, Instant t) {
        return report(tx, ctx, handler(), {d.code}, 40, "Đã rà 40 hồ sơ.", t);
    })));
    clock().set(monday(10, 1));
    ASSERT_TRUE(ok(say(hand_in, handler(), d.code)));
    clock().set(monday(10, 8));  // the leader takes a week
    const auto closed = say(accept, leader(), d.code, "");
    ASSERT_TRUE(ok(closed));
    EXPECT_EQ(closed->state, State::closed);
    EXPECT_EQ(closed->verdict, Verdict::on_time);  // the agency was in time
    const auto whole = seen(leader(), d.code);
    ASSERT_TRUE(ok(whole));
    EXPECT_EQ(whole->text, "Rà soát từng hồ sơ quá hạn và báo cáo.");
    ASSERT_EQ(whole->lines.size(), 5u);
    EXPECT_EQ(whole->lines[2].text, "Đã rà 40 hồ sơ.");
    EXPECT_EQ(whole->may, (std::vector<Command>{Command::reopen}));
    const auto told = events(d.code);
    ASSERT_EQ(told.size(), 5u);
    for (const auto& e : told) {
        const auto text = json::serialize(e.data);
        EXPECT_EQ(text.find("Rà"), std::string::npos) << text;  // no words of people
        EXPECT_EQ(text.find("rà"), std::string::npos) << text;
    }
    EXPECT_EQ(told.back().data.at("verdict").as_string(), "on_time");
}

TEST_P(Directives, HandedInAfterTheDeadlineAreLateHoweverLongTheJudgementTakes) {
    const auto d = given();
    ASSERT_TRUE(ok(say(acknowledge, handler(), d.code)));
    clock().set(monday(10, 4));
    EXPECT_TRUE(seen(handler(), d.code)->timing.overdue);
    ASSERT_TRUE(ok(say(hand_in, handler(), d.code)));
    EXPECT_EQ(say(accept, leader(), d.code)->verdict, Verdict::late);
}

TEST_P(Directives, SentBackTheOldDeadlineGoesOn) {
    const auto d = given();
    ASSERT_TRUE(ok(say(acknowledge, handler(), d.code)));
    ASSERT_TRUE(ok(say(hand_in, handler(), d.code)));
    const auto back = say(send_back, leader(), d.code, "Thiếu số liệu.");
    ASSERT_TRUE(ok(back));
    EXPECT_EQ(back->deadline.due, d.deadline.due);
    EXPECT_FALSE(back->handed_in_at);
    clock().set(monday(10, 4));
    EXPECT_TRUE(seen(handler(), d.code)->timing.overdue);
    EXPECT_EQ(code_of(say(send_back, leader(), d.code)), "directive.wrong_state");
}

TEST_P(Directives, TimeIsAskedForAndGrantedOrRefused) {
    const auto d = given();
    ASSERT_TRUE(ok(say(acknowledge, handler(), d.code)));
    const auto ask = [&](int64_t hours, const std::string& why) {
        return run([&](auto& tx, auto& ctx, Instant t) {
            return ask_extension(tx, ctx, handler(), {d.code}, directory::work_hours(hours), why, t);
        });
    };
    EXPECT_EQ(code_of(ask(8, "")), "directive.text_required");
    const auto asked = ask(8, "Chờ số liệu của xã.");
    ASSERT_TRUE(ok(asked));
    EXPECT_EQ(asked->deadline.due, d.deadline.due);  // asking changes nothing
    EXPECT_EQ(code_of(ask(8, "Lần nữa.")), "directive.extension_pending");
    ASSERT_TRUE(ok(say(refuse_extension, leader(), d.code, "Phải kịp.")));
    EXPECT_EQ(code_of(say(refuse_extension, leader(), d.code, "Phải kịp.")), "directive.no_extension");
    ASSERT_TRUE(ok(ask(8, "Chờ số liệu của xã.")));
    const auto granted =
        run([&](auto& tx, auto& ctx, Instant t) { return grant_extension(tx, ctx, leader(), {d.code}, {}, "", t); });
    ASSERT_TRUE(ok(granted));
    EXPECT_EQ(granted->deadline.work, directory::work_hours(24));
    EXPECT_EQ(granted->deadline.due, calendars->for_agency(health)->add(d.deadline.due, directory::work_hours(8)).at);
    EXPECT_EQ(granted->extensions, 1);
    EXPECT_FALSE(granted->asked);
}

TEST_P(Directives, AreTakenUpAgainWithANewDeadline) {
    const auto d = given();
    ASSERT_TRUE(ok(say(acknowledge, handler(), d.code)));
    ASSERT_TRUE(ok(say(hand_in, handler(), d.code)));
    ASSERT_TRUE(ok(say(accept, leader(), d.code)));
    clock().set(monday(9, 10));
    const auto again = [&](Wish wish) {
        return run([&](auto& tx, auto& ctx, Instant t) {
            return reopen(tx, ctx, leader(), {d.code}, wish, "Lại phát sinh.", t);
        });
    };
    EXPECT_EQ(code_of(again({})), "directive.deadline");
    const auto opened = again({8 * 60, {}});
    ASSERT_TRUE(ok(opened));
    EXPECT_EQ(opened->state, State::working);
    EXPECT_GT(opened->deadline.due, now());
    EXPECT_FALSE(opened->verdict);
}

TEST_P(Directives, OnlyLeadersAboveIssueThem) {
    with_officers();
    EXPECT_EQ(code_of(issued(head(), task(home))), "access.denied");
    EXPECT_EQ(code_of(issued(handler(), task())), "access.denied");
    EXPECT_EQ(code_of(issued(leader(), task(AgencyId{"khong-co"}))), "directive.agency");
    EXPECT_EQ(code_of(issued(head(), task())), "directive.own_agency");
    auto inside = task();
    inside.officer = OfficerId{"chuyen-vien"};
    const auto d = issued(head(), inside);
    ASSERT_TRUE(ok(d));
    EXPECT_TRUE(d->internal());
    inside.officer = OfficerId{"nguoi-la"};
    EXPECT_EQ(code_of(issued(head(), inside)), "directive.officer");
}

TEST_P(Directives, AnAgencySeesAndAnswersItsOwnOnly) {
    const auto d = given();
    EXPECT_EQ(code_of(seen(stranger(), d.code)), "access.denied");
    EXPECT_TRUE(listed(stranger()).empty());
    EXPECT_EQ(listed(handler()), std::vector{d.code});
    EXPECT_EQ(code_of(say(acknowledge, stranger(), d.code)), "access.denied");
    // Who issued it does not answer it, and the agency does not judge itself.
    EXPECT_EQ(code_of(say(acknowledge, leader(), d.code)), "directive.issuers_side");
    EXPECT_EQ(code_of(say(withdraw, head(), d.code)), "access.denied");
    access::Actor nobody;
    EXPECT_EQ(code_of(seen(nobody, d.code)), "access.unauthenticated");
}

TEST_P(Directives, GivenToAnOfficerItIsHisAndHisHeads) {
    with_officers();
    auto what = task();
    what.officer = OfficerId{"chuyen-vien"};
    const auto d = issued(leader(), what);
    ASSERT_TRUE(ok(d));
    EXPECT_EQ(code_of(seen(colleague(), d->code)), "directive.not_yours");
    EXPECT_TRUE(listed(colleague()).empty());
    EXPECT_EQ(listed(head()), std::vector{d->code});
    EXPECT_TRUE(ok(say(acknowledge, handler(), d->code)));
}

TEST_P(Directives, ANewerVersionIsNotOverwritten) {
    const auto d = given();
    ASSERT_TRUE(ok(say(acknowledge, handler(), d.code)));
    const auto late = run([&](auto& tx, auto& ctx, Instant t) {
        return hand_in(tx, ctx, handler(), {d.code, d.version}, "Xong.", t);
    });
    EXPECT_EQ(code_of(late), "directive.changed");
    EXPECT_EQ(events(d.code).size(), 2u);  // what was refused left nothing
}

constexpr std::string_view paper = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

TEST_P(Directives, EvidenceIsSealedAndReadByThoseWhoMay) {
    const auto d = given();
    const auto add = [&](const access::Actor& who) {
        return add_file(context(), *files, who, {d.code}, "bao-cao.pdf", paper, now());
    };
    EXPECT_EQ(code_of(add(handler())), "directive.wrong_state");
    ASSERT_TRUE(ok(say(acknowledge, handler(), d.code)));
    ASSERT_TRUE(ok(add(handler())));
    ASSERT_TRUE(ok(add(handler())));  // the same bytes are there once
    EXPECT_EQ(code_of(add(stranger())), "access.denied");
    EXPECT_EQ(code_of(add_file(context(), *files, handler(), {d.code}, "a.exe", "MZ", now())), "file.ending");
    const auto whole = seen(leader(), d.code);
    ASSERT_EQ(whole->evidence.size(), 1u);
    EXPECT_EQ(whole->evidence[0].name, "bao-cao.pdf");
    const auto read = [&](const access::Actor& who) {
        const auto ctx = context();
        return store().read(
            [&](store::Reader& r) { return file_content(r, ctx, *files, who, d.code, whole->evidence[0].id, now()); });
    };
    EXPECT_EQ(read(leader())->bytes, paper);
    EXPECT_EQ(code_of(read(stranger())), "access.denied");
    EXPECT_TRUE(*store().read(
        [&](store::Reader& r) -> Result<bool> { return content_is_referenced(r, whole->evidence[0].content); }));
    // Erased, the directive stands without its words.
    ASSERT_TRUE(ok(store().write(
        [&](store::Transaction& tx) { return context().base.vault->erase_subject(tx, d.subject, now()); })));
    const auto erased = seen(leader(), d.code);
    ASSERT_TRUE(ok(erased));
    EXPECT_FALSE(erased->text);
    EXPECT_FALSE(erased->evidence[0].name);
    EXPECT_EQ(code_of(read(leader())), "subject.erased");
}

TEST_P(Directives, AFigureIsEvidenceWithItsValueAndPosition) {
    const auto d = given();
    ASSERT_TRUE(ok(say(acknowledge, handler(), d.code)));
    catch_up();
    const auto add = [&](const std::string& code, const std::string& period) {
        return run(
            [&](auto& tx, auto& ctx, Instant t) { return add_figure(tx, ctx, handler(), {d.code}, code, period, t); });
    };
    EXPECT_EQ(code_of(add("HCC.TIEP_NHAN", "2026-11")), "directive.no_value");  // unknown proves nothing
    EXPECT_EQ(code_of(add("KHONG.CO", "2026-11")), "ioc.no_indicator");
    ASSERT_TRUE(ok(add("CD.DANG_MO", "2026-11")));
    const auto e = seen(leader(), d.code)->evidence.at(0);
    EXPECT_EQ(e.reference.at("value").to_number<double>(), 1);
    EXPECT_GT(e.reference.at("position").as_int64(), 0);
}

TEST_P(Directives, RemindersAreCountedFromTheClock) {
    const auto first = given(health, 8);
    const auto second = given(home, 40);
    ASSERT_TRUE(ok(say(acknowledge, handler(), first.code)));
    clock().set(monday(15, 1));
    const auto ctx = context();
    const auto s = store().read([&](store::Reader& r) { return summary(r, ctx, leader(), now()); });
    ASSERT_TRUE(ok(s));
    EXPECT_EQ(s->open, 2);
    EXPECT_EQ(s->overdue, 1);
    EXPECT_EQ(s->unacknowledged, 1);
    Filter late;
    late.overdue = true;
    EXPECT_EQ(listed(leader(), late), std::vector{first.code});
    Filter other;
    other.agency = home;
    EXPECT_EQ(listed(leader(), other), std::vector{second.code});
}

TEST_P(Directives, PagesHoldEachOnce) {
    std::vector<std::string> all;
    for (int i = 0; i < 7; ++i) all.insert(all.begin(), given().code);
    std::vector<std::string> got;
    std::optional<int64_t> next;
    const auto ctx = context();
    do {
        const auto page = store().read([&](store::Reader& r) { return list(r, ctx, leader(), {}, next, 3, now()); });
        ASSERT_TRUE(ok(page));
        for (const auto& one : page->items) got.push_back(one.directive.code);
        next = page->next;
    } while (next);
    EXPECT_EQ(got, all);
}

TEST_P(Directives, AnAgencyThatEndedHandsThemToItsSuccessor) {
    with_officers();
    const auto d = given(ward);
    ASSERT_TRUE(ok(store().write([&](store::Transaction& tx) {
        return directory::reorganise(
            tx, {{ward.value, "ubnd-19363", local_date(now()), directory::SuccessionKind::merge, "", {}, "Thử"}},
            "test", now());
    })));
    reload();
    const auto who = access::Actor::system("test", organisation);
    const auto move = [&] {
        const auto ctx = context();
        return store().write([&](store::Transaction& tx) { return rehome(tx, ctx, who, now(), 10); });
    };
    const auto moved = move();
    ASSERT_TRUE(ok(moved));
    EXPECT_EQ(*moved, 1);
    EXPECT_EQ(*move(), 0);
    EXPECT_NE(seen(leader(), d.code)->directive.agency, ward);
}

TEST_P(Directives, AStandingAlertFillsTheForm) {
    const auto stand = [&](int raised) {
        ASSERT_TRUE(ok(store().write([&](store::Transaction& tx) -> Result<void> {
            tx.execute("DELETE FROM ioc_alert");
            tx.execute(
                "INSERT INTO ioc_alert (rule, agency, raised, since, pending, period, value) VALUES "
                "('hcc.dung-han-thap', 'so-y-te', ?, ?, NULL, '2026-11', 85.5)",
                {raised, now()});
            return Nothing{};
        })));
    };
    stand(1);
    const auto proposed = [&](const access::Actor& who, const AgencyId& agency) {
        const auto ctx = context();
        return store().read([&](store::Reader& r) { return propose(r, ctx, who, "hcc.dung-han-thap", agency, now()); });
    };
    const auto form = proposed(leader(), health);
    ASSERT_TRUE(ok(form));
    EXPECT_EQ(form->issue.agency, health);
    EXPECT_NE(form->issue.text.find("85.50 %"), std::string::npos) << form->issue.text;
    EXPECT_EQ(form->deadline.work, directory::work_days(3));
    EXPECT_EQ(code_of(proposed(leader(), home)), "directive.alert_over");
    EXPECT_EQ(code_of(proposed(stranger(), health)), "access.denied");
    const auto d = issued(leader(), form->issue);
    ASSERT_TRUE(ok(d));
    EXPECT_EQ(d->origin.indicator, "HCC.TY_LE_DUNG_HAN");
    EXPECT_EQ(d->origin.value, 85.5);
    Filter same;
    same.rule = "hcc.dung-han-thap";
    same.rule_agency = health;
    EXPECT_EQ(listed(leader(), same), std::vector{d->code});
    EXPECT_EQ(events(d->code).front().data.at("rule").as_string(), "hcc.dung-han-thap");
    stand(0);
    EXPECT_EQ(code_of(issued(leader(), form->issue)), "directive.alert_over");
}

}  // namespace
}  // namespace hl::directives::test
