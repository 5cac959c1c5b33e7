// In-box and out-box: numbers without gaps, deadlines, statuses owed to the sender, duplicates, order, taking back.
#include <gtest/gtest.h>

#include "base/text.h"

#include "documents/world.h"

namespace hl::documents {
namespace {

using hl::test::code_of;
using hl::test::ok;
using namespace test;

class Boxes : public testing::TestWithParam<store::Engine> {
  protected:
    void SetUp() override { world_ = std::make_unique<World>(GetParam()); }
    void TearDown() override { world_.reset(); }
    World& w() { return *world_; }

    Document arrived(const BusinessMessage& m = letter()) {
        auto out = w().come(m);
        EXPECT_TRUE(ok(out));
        EXPECT_EQ(out->documents.size(), 1u);
        return *w().load(out->documents.at(0));
    }
    Result<Document> enroll_now(const DocumentKey& key) {
        return w().run([&](auto& tx, const auto& ctx) { return enroll(tx, ctx, w().clerk(), key, w().now()); });
    }
    Result<Document> assign_now(const DocumentKey& key, std::optional<Date> due = {}) {
        return w().run([&](auto& tx, const auto& ctx) {
            return assign(tx, ctx, w().clerk(), key, w().handler().officer, due, w().now());
        });
    }
    static Issued issued(AgencyId agency = office) {
        Issued i;
        i.agency = std::move(agency);
        i.notation = "UBND-NC";
        i.place = "Đồng Hới";
        i.kind = "cong-van";
        i.subject = "V/v rà soát";
        i.receivers = {{department_code, "Sở Nội vụ", {}, "", {}}, {"H50.03", "Sở Tư pháp", {}, "", {}}};
        return i;
    }
    Result<Document> issue_now(const Issued& i) {
        return w().run([&](auto& tx, const auto& ctx) { return issue(tx, ctx, w().clerk(i.agency), i, w().now()); });
    }
    std::unique_ptr<World> world_;
};
INSTANTIATE_TEST_SUITE_P(Engines, Boxes, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(Boxes, ALetterGoesThroughAndItsSenderIsToldEachStep) {
    const auto d = arrived();
    EXPECT_EQ(d.state, State::arrived);
    EXPECT_EQ(d.files.size(), 2u);
    EXPECT_EQ(d.signature, "valid");
    EXPECT_EQ(*w().axis().content(d.files[0].content), letter().attachments[0].bytes);
    const auto numbered = enroll_now(d.key);
    ASSERT_TRUE(ok(numbered));
    EXPECT_EQ(numbered->register_number, 1);
    EXPECT_EQ(numbered->register_year, 2026);
    ASSERT_TRUE(ok(assign_now(d.key)));
    ASSERT_TRUE(
        ok(w().run([&](auto& tx, const auto& ctx) { return start(tx, ctx, w().handler(), d.key, w().now()); })));
    const auto done =
        w().run([&](auto& tx, const auto& ctx) { return finish(tx, ctx, w().handler(), d.key, w().now()); });
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->state, State::finished);
    EXPECT_EQ(w().codes_given(d.key), "01 03 04 05 06 ");
    EXPECT_EQ(text::join(w().event_types(), " "),
              "document.arrived document.status_given document.registered document.status_given document.assigned "
              "document.status_given document.started document.status_given document.finished document.status_given");
}

TEST_P(Boxes, TheStatusThatTheSenderGetsIsSignedAndSaysWhatHappened) {
    const auto d = arrived();
    ASSERT_TRUE(ok(enroll_now(d.key)));
    const auto bytes = w().store().read([&](store::Reader& r) { return w().axis().status_edxml(r, d.key, 2); });
    ASSERT_TRUE(ok(bytes));
    ASSERT_TRUE(ok(w().axis().verify(*bytes, w().now())));
    EXPECT_TRUE(w().axis().schema().check(*bytes, 1u << 20).empty());
    const auto status = std::get<StatusMessage>(*read_edxml(*bytes, profile()));
    EXPECT_EQ(status.code, "03");
    EXPECT_EQ(status.from.organ_id, department_code);
    EXPECT_EQ(status.response_for.document_id, d.document_id);
    EXPECT_EQ(status.response_for.organ_id, "G22");
    EXPECT_EQ(status.at, w().now());
}

TEST_P(Boxes, TheSameMessageTwiceIsOneDocument) {
    const auto d = arrived();
    const auto again = w().come(letter());
    ASSERT_TRUE(ok(again));
    EXPECT_EQ(again->kind, Outcome::Kind::duplicate);
    EXPECT_EQ(again->documents.at(0), d.key);
    EXPECT_EQ(w().codes_given(d.key), "01 ");
}

TEST_P(Boxes, NumbersFollowEachOtherWithoutGaps) {
    const auto first = arrived(letter("1")), second = arrived(letter("2")), third = arrived(letter("3"));
    EXPECT_EQ(enroll_now(second.key)->register_number, 1);
    // A registration that fails uses no number up.
    EXPECT_EQ(code_of(enroll_now(second.key)), "document.wrong_state");
    EXPECT_EQ(code_of(w().run([&](auto& tx, const auto& ctx) -> Result<Document> {
                  TRY(auto done, enroll(tx, ctx, w().clerk(), first.key, w().now()));
                  EXPECT_EQ(done.register_number, 2);
                  return Error{ErrorKind::internal, "test.fails", "", ""};
              })),
              "test.fails");
    EXPECT_EQ(enroll_now(third.key)->register_number, 2);
    EXPECT_EQ(enroll_now(first.key)->register_number, 3);
    w().clock().set(at_local(day(2027, 1, 4), 8));
    const auto next_year = arrived(letter("4"));
    EXPECT_EQ(enroll_now(next_year.key)->register_number, 1);
    EXPECT_EQ(enroll_now(next_year.key).error().code, "document.wrong_state");
}

TEST_P(Boxes, RegisteredByTheNextWorkingDayAndUrgentOnesAtOnce) {
    w().clock().set(at_local(day(2026, 11, 27), 15));  // a Friday
    const auto normal = arrived(letter("1")), urgent = arrived(letter("2", 3));
    EXPECT_EQ(*normal.register_by, at_local(day(2026, 11, 30), 17)) << to_rfc3339_local(*normal.register_by);
    EXPECT_EQ(*urgent.register_by, at_local(day(2026, 11, 27), 15, 30)) << to_rfc3339_local(*urgent.register_by);
    EXPECT_EQ(lateness(normal, w().now()), "");
    w().clock().set(at_local(day(2026, 11, 27), 16));
    EXPECT_EQ(lateness(urgent, w().now()), "register");
    EXPECT_EQ(lateness(normal, w().now()), "");
    w().clock().set(at_local(day(2026, 12, 1), 8));
    EXPECT_EQ(lateness(normal, w().now()), "register");
    const auto counts =
        w().store().read([&](store::Reader& r) -> Result<Counts> { return count(r, department, w().now()); });
    EXPECT_EQ(counts->waiting, 2);
    EXPECT_EQ(counts->late_to_register, 2);
    const auto late = w().store().read([&](store::Reader& r) -> Result<Box> {
        return find_documents(r, {department, Direction::in, {}, true, "", "", 50}, w().now());
    });
    EXPECT_EQ(late->items.size(), 2u);
}

TEST_P(Boxes, WorkPastItsDayIsLate) {
    const auto d = arrived();
    ASSERT_TRUE(ok(enroll_now(d.key)));
    const auto given = assign_now(d.key, day(2026, 11, 25));
    ASSERT_TRUE(ok(given));
    EXPECT_EQ(lateness(*given, w().now()), "");
    EXPECT_EQ(lateness(*given, at_local(day(2026, 11, 26), 8)), "due");
    EXPECT_EQ(code_of(assign_now(d.key, day(2026, 11, 20))), "document.field");
}

TEST_P(Boxes, OnlyOfficersOfTheAgencyAndOnlyTheOneInChargeWork) {
    const auto d = arrived();
    EXPECT_EQ(code_of(assign_now(d.key)), "document.wrong_state");
    ASSERT_TRUE(ok(enroll_now(d.key)));
    EXPECT_EQ(code_of(w().run([&](auto& tx, const auto& ctx) {
                  return assign(tx, ctx, w().clerk(), d.key, w().handler(office).officer, {}, w().now());
              })),
              "document.officer");
    ASSERT_TRUE(ok(assign_now(d.key)));
    const auto somebody = w().actor("ai-do", access::Role::handler, department);
    EXPECT_EQ(code_of(w().run([&](auto& tx, const auto& ctx) { return finish(tx, ctx, somebody, d.key, w().now()); })),
              "access.denied");
    EXPECT_EQ(code_of(w().run(
                  [&](auto& tx, const auto& ctx) { return enroll(tx, ctx, w().clerk(office), d.key, w().now()); })),
              "access.denied");
}

TEST_P(Boxes, RefusingNeedsAReasonAndTellsTheSender) {
    const auto d = arrived();
    const auto no = [&](const std::string& reason) {
        return w().run(
            [&](auto& tx, const auto& ctx) { return refuse(tx, ctx, w().clerk(), d.key, reason, w().now()); });
    };
    EXPECT_EQ(code_of(no(" ")), "document.reason_required");
    ASSERT_TRUE(ok(no("Không thuộc thẩm quyền")));
    EXPECT_EQ(w().codes_given(d.key), "01 02 ");
    EXPECT_EQ(code_of(enroll_now(d.key)), "document.wrong_state");
}

TEST_P(Boxes, AnUpdateBeforeItsDocumentIsHeldAndFollowsIt) {
    auto change = letter("126");
    change.business = Business::update;
    change.reason = "Sửa phụ lục";
    change.of_document = letter().document_id;
    change.change = Change{true, {}, {}};
    const auto early = w().come(change);
    ASSERT_TRUE(ok(early));
    EXPECT_EQ(early->kind, Outcome::Kind::held);
    EXPECT_EQ(early->held_reason, "document.before_its_document");
    EXPECT_EQ(w().come(change)->kind, Outcome::Kind::held);
    const auto waiting = [&] {
        return w().store().read([&](store::Reader& r) -> Result<size_t> { return held_messages(r).size(); }).value();
    };
    EXPECT_EQ(waiting(), 1u);
    const auto d = arrived();
    EXPECT_EQ(waiting(), 0u);
    const auto update = w().store().read([&](store::Reader& r) -> Result<std::optional<DocumentKey>> {
        return find_by_document_id(r, department, Direction::in, change.document_id);
    });
    ASSERT_TRUE(update->has_value());
    const auto loaded = w().load(**update);
    EXPECT_EQ(loaded->asked, "update");
    ASSERT_EQ(loaded->relations.size(), 1u);
    EXPECT_EQ(loaded->relations[0].relation, "updates");
    EXPECT_EQ(loaded->relations[0].other, d.key);
    ASSERT_TRUE(ok(w().run([&](auto& tx, const auto& ctx) {
        return answer(tx, ctx, w().clerk(), **update, false, "Đã xử lý xong", w().now());
    })));
    EXPECT_EQ(w().codes_given(**update), "01 16 ");
}

TEST_P(Boxes, AnAcceptedRecallTakesTheDocumentOutOfWork) {
    const auto d = arrived();
    ASSERT_TRUE(ok(enroll_now(d.key)));
    auto recall = letter("127");
    recall.business = Business::recall;
    recall.reason = "Gửi nhầm";
    recall.response_for = {{department_code, letter().code, letter().promulgated, letter().document_id}};
    const auto r = arrived(recall);
    EXPECT_EQ(w().load(d.key)->state, State::registered);
    ASSERT_TRUE(ok(
        w().run([&](auto& tx, const auto& ctx) { return answer(tx, ctx, w().clerk(), r.key, true, "", w().now()); })));
    EXPECT_EQ(w().load(d.key)->state, State::taken_back);
    EXPECT_EQ(w().codes_given(r.key), "01 15 ");
    EXPECT_EQ(code_of(w().run(
                  [&](auto& tx, const auto& ctx) { return answer(tx, ctx, w().clerk(), r.key, true, "", w().now()); })),
              "document.nothing_asked");
}

TEST_P(Boxes, ASenderMayAskForHisDocumentBack) {
    const auto d = arrived();
    auto ask = status("13");
    ask.from.organ_id = "G22";
    ask.response_for = {department_code, {}, {}, d.document_id};
    EXPECT_EQ(w().come(ask)->kind, Outcome::Kind::status);
    EXPECT_EQ(w().come(ask)->kind, Outcome::Kind::status);  // twice is once
    EXPECT_EQ(w().load(d.key)->asked, "take_back");
    EXPECT_EQ(w().load(d.key)->state, State::arrived);
    ASSERT_TRUE(ok(
        w().run([&](auto& tx, const auto& ctx) { return answer(tx, ctx, w().clerk(), d.key, true, "", w().now()); })));
    EXPECT_EQ(w().load(d.key)->state, State::taken_back);
    EXPECT_EQ(w().codes_given(d.key), "01 15 ");
    // Somebody else can't.
    const auto second = arrived(letter("2"));
    ask.from.organ_id = "G01";
    ask.response_for.document_id = second.document_id;
    EXPECT_EQ(w().come(ask)->held_reason, "document.status_without_document");
    EXPECT_EQ(w().load(second.key)->asked, "");
}

TEST_P(Boxes, AnIssuedDocumentHasItsNumberAndGoesOutSigned) {
    auto i = issued();
    i.files = {*w().axis().put_file("a.pdf", "application/pdf", "%PDF thử")};
    const auto d = issue_now(i);
    ASSERT_TRUE(ok(d));
    EXPECT_EQ(d->document_id, "H50.01,2026/11/23,1/UBND-NC");
    EXPECT_EQ(issue_now(issued())->number, "2");
    const auto sent = w().axis().send(w().clerk(office), d->key, w().now());
    ASSERT_TRUE(ok(sent));
    EXPECT_EQ(sent->state, State::sent);
    EXPECT_EQ(sent->signature, "valid");
    const auto bytes = w().axis().content(sent->content);
    ASSERT_TRUE(ok(bytes));
    EXPECT_TRUE(w().axis().check(*bytes, w().now()).empty());
    // Both receivers are ours: the same message comes into their in-boxes.
    const auto outcome = w().axis().take_in(*bytes, w().now());
    ASSERT_TRUE(ok(outcome));
    ASSERT_EQ(outcome->documents.size(), 2u);
    const auto there = w().load(outcome->documents[0]);
    EXPECT_EQ(there->subject, "V/v rà soát");
    EXPECT_EQ(there->kind, "cong-van");
    ASSERT_EQ(there->files.size(), 1u);
    EXPECT_EQ(*w().axis().content(there->files[0].content), "%PDF thử");
    EXPECT_EQ(code_of(w().axis().send(w().clerk(office), d->key, w().now())), "document.wrong_state");
}

TEST_P(Boxes, WhatLacksADatumGetsNoNumber) {
    const auto without = [&](auto change) {
        auto i = issued();
        change(i);
        return issue_now(i);
    };
    EXPECT_EQ(without([](auto& i) { i.receivers.clear(); }).error().at, "/receivers");
    EXPECT_EQ(without([](auto& i) { i.receivers[1].organ_id = "Sở"; }).error().at, "/receivers/1/organ_id");
    EXPECT_EQ(without([](auto& i) { i.receivers[1] = i.receivers[0]; }).error().at, "/receivers/1/organ_id");
    EXPECT_EQ(without([](auto& i) { i.kind = "khong-co"; }).error().rule, "Nghị định 30/2020/NĐ-CP, Điều 7");
    EXPECT_EQ(without([](auto& i) { i.subject = ""; }).error().at, "/subject");
    EXPECT_EQ(without([](auto& i) { i.business = Business::recall; }).error().at, "/of");
    EXPECT_EQ(issue_now(issued())->number, "1");
}

TEST_P(Boxes, StatusesOfReceiversAreKeptAsTheyCome) {
    const auto d = issue_now(issued());
    ASSERT_TRUE(ok(w().axis().send(w().clerk(office), d->key, w().now())));
    auto s = status("03");
    s.from.organ_id = department_code;
    s.response_for = {office_code, {}, {}, d->document_id};
    s.at = w().now() + std::chrono::minutes{10};
    ASSERT_TRUE(ok(w().come(s)));
    EXPECT_EQ(w().load(d->key)->receivers[0].status, "03");
    // An older one that comes later changes nothing but the history.
    s.code = "01";
    s.at = w().now();
    ASSERT_TRUE(ok(w().come(s)));
    ASSERT_TRUE(ok(w().come(s)));
    EXPECT_EQ(w().load(d->key)->receivers[0].status, "03");
    EXPECT_EQ(w().load(d->key)->receivers[1].status, "");
    EXPECT_EQ(w().load(d->key)->statuses.size(), 2u);
    // From somebody who did not get it.
    s.from.organ_id = "G01";
    EXPECT_EQ(w().come(s)->held_reason, "document.status_without_document");
}

TEST_P(Boxes, TakenBackWhenEveryReceiverAgrees) {
    const auto d = issue_now(issued());
    ASSERT_TRUE(ok(w().axis().send(w().clerk(office), d->key, w().now())));
    const auto back = [&] {
        return w().run(
            [&](auto& tx, const auto& ctx) { return take_back(tx, ctx, w().clerk(office), d->key, "Sai", w().now()); });
    };
    ASSERT_TRUE(ok(back()));
    EXPECT_EQ(w().codes_given(d->key), "13 13 ");
    // Each receiver is asked himself, and understands it as asked by the sender.
    const auto asked = w().store().read([&](store::Reader& r) { return w().axis().status_edxml(r, d->key, 1); });
    ASSERT_TRUE(ok(asked));
    EXPECT_EQ(std::get<StatusMessage>(*read_edxml(*asked, profile())).response_for.organ_id, department_code);
    const auto reply = [&](const char* organ, const char* code, int minutes) {
        auto s = status(code);
        s.from.organ_id = organ;
        s.response_for = {office_code, {}, {}, d->document_id};
        s.at = w().now() + std::chrono::minutes{minutes};
        EXPECT_TRUE(ok(w().come(s)));
        return w().load(d->key)->state;
    };
    EXPECT_EQ(reply(department_code, "15", 1), State::taking_back);
    EXPECT_EQ(reply("H50.03", "16", 2), State::sent);  // one keeps it
    ASSERT_TRUE(ok(back()));
    EXPECT_EQ(reply("H50.03", "15", 3), State::taken_back);
}

TEST_P(Boxes, UnsignedAndForgedMessagesStayOut) {
    EXPECT_EQ(code_of(w().axis().take_in(written(letter()), w().now())), "edxml.unsigned");
    static const auto stranger_root = certify(make_key(false), "Goc la", nullptr, true);
    static const auto stranger = certify(make_key(false), "Nguoi la", &stranger_root, false);
    EXPECT_EQ(code_of(w().come(letter(), stranger)), "edxml.signature_untrusted");
    AxisSettings lenient;
    lenient.accept_unsigned = true;
    World open(GetParam(), lenient);
    const auto taken = open.axis().take_in(written(letter()), open.now());
    ASSERT_TRUE(ok(taken));
    EXPECT_EQ(open.load(taken->documents[0])->signature, "none");
    EXPECT_EQ(code_of(open.come(letter("2"), stranger)), "edxml.signature_untrusted");
}

TEST_P(Boxes, NobodyIsGuessedToBeTheReceiver) {
    auto m = letter();
    m.to[0].organ_id = "000.00.02.H50";  // by syntax it would be the department; no table says so
    const auto out = w().come(m);
    ASSERT_TRUE(ok(out));
    EXPECT_EQ(out->kind, Outcome::Kind::held);
    EXPECT_EQ(out->held_reason, "document.nobody_here");
}

TEST_P(Boxes, PaperIsEnteredOnceAndTellsNobodyOnTheAxis) {
    Entered e;
    e.agency = department;
    e.from_name = "Tỉnh ủy";
    e.number = "12";
    e.notation = "CV/TU";
    e.subject = "Về công tác cán bộ";
    e.promulgated = day(2026, 11, 20);
    const auto take = [&] {
        return w().run([&](auto& tx, const auto& ctx) { return enter(tx, ctx, w().clerk(), e, w().now()); });
    };
    const auto d = take();
    ASSERT_TRUE(ok(d));
    EXPECT_EQ(code_of(take()), "document.duplicate");
    ASSERT_TRUE(ok(enroll_now(d->key)));
    EXPECT_EQ(text::join(w().event_types(), " "), "document.arrived document.registered");
}

}  // namespace
}  // namespace hl::documents
