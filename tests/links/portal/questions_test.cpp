// Citizens' questions: taken in once, given to an agency, answered, told to the portal once in effect.
#include "links/portal/questions_found.h"
#include "office.h"

namespace hl::links::portal::test {

class Questions : public Office {
  protected:
    void SetUp() override {
        Office::SetUp();
        followers_->add(std::make_shared<QuestionSearch>([this] { return world().context(); }));
        portal_.more = [this](const std::string& service, const json::object& body) { return serve(service, body); };
    }
    std::optional<http::Response> serve(const std::string& service, const json::object& body) {
        if (service == "LayDanhSachHoiDapGuiTuDVCQG") return FakePortal::say(0, "", listed_);
        if (service == "LayNoiDungTraLoiTheoCauHoi") {
            json::array out;
            if (const auto it = answers_.find(word(body, "cauhoiid")); it != answers_.end())
                out.push_back({{"TRALOIID", 7}, {"NOIDUNGTRALOI", word(it->second, "NOIDUNGTRALOI")}});
            return FakePortal::say(0, "", std::move(out));
        }
        if (service != "DongBoKetQuaHoiDapGuiTuDVCQG") return std::nullopt;
        const auto& record = body.at("data").get_array().front().get_object();
        const auto id = word(record, "HOIDAPID");
        const bool updating = word(body, "isUpdating") == "True";
        if (answers_.contains(id) && !updating) return FakePortal::say(3, "đã có");
        if (!answers_.contains(id) && updating) return FakePortal::say(4, "chưa có");
        answers_[id] = record;
        ++puts_;
        return FakePortal::say(0, "");
    }
    void list(const std::string& id, const std::string& unit, const std::string& text = "Tôi hỏi về thủ tục thử",
              const std::string& procedure = "") {
        listed_.push_back({{"HOIDAPID", id},
                           {"MADONVI", unit},
                           {"TENDONVI", "Đơn vị thử"},
                           {"HOVATEN", "Người Hỏi Thử"},
                           {"THUDIENTU", "hoi@example.vn"},
                           {"NOIDUNG", text},
                           {"MATTHCDP", procedure}});
    }
    json::object fetch() {
        auto report = runner_->run_task("questions");
        EXPECT_TRUE(ok(report));
        return report.ok() ? *report : json::object{};
    }
    Question question(const std::string& id) {
        auto q = world().ask([&](store::Reader& r) { return load_question(r, id); });
        EXPECT_TRUE(ok(q));
        return q.ok() ? *q : Question{};
    }
    Result<Question> answer(const std::string& id, const std::string& text, const access::Actor& actor,
                            std::optional<int64_t> version = {}, const std::string& from = "") {
        return world().store().write([&](store::Transaction& tx) {
            return answer_question(tx, world().context(), actor, id, {text, from, version}, world().now());
        });
    }
    Result<Question> assign(const std::string& id, const AgencyId& to, const access::Actor& actor,
                            const std::string& note = "") {
        const auto p = *connector_->profile(world().now());
        return world().store().write([&](store::Transaction& tx) {
            return assign_question(tx, world().context(), actor, *p->questions, id, {to, note, {}}, world().now());
        });
    }
    std::string ward_code() {
        const auto* agency = world().directory->agency(dossiers::test::ward_office);
        return agency->at(local_date(world().now()))->code;
    }
    /// An officer that the directory knows, handler at the ward.
    access::Actor officer() {
        add_officer();
        auto a = world().officer("can-bo-tra-loi", access::Role::handler, dossiers::test::ward_office);
        a.name = "Cán Bộ Trả Lời";
        return a;
    }
    access::Actor centre() {
        return world().officer("can-bo-trung-tam", access::Role::clerk, AgencyId{"trung-tam-hcc-tinh"});
    }
    access::Actor administrator() { return world().officer("quan-tri", access::Role::administrator, AgencyId{}); }
    Result<Question> erase(const std::string& id, const std::string& reason, const access::Actor& actor,
                           bool unsent = false) {
        return world().store().write([&](store::Transaction& tx) {
            return erase_question(tx, world().vault(), actor, id, {reason, unsent, {}}, world().now());
        });
    }
    std::vector<std::string> found(const FoundQuery& query) {
        EXPECT_TRUE(ok(world().store().settle()));
        EXPECT_TRUE(ok(followers_->catch_up()));
        auto page = world().ask([&](store::Reader& r) { return look_for_questions(r, world().vault(), query); });
        EXPECT_TRUE(ok(page));
        return page.ok() ? ids(*page) : std::vector<std::string>{};
    }
    QuestionPage page(const QuestionQuery& query) {
        auto found = world().ask([&](store::Reader& r) { return find_questions(r, query); });
        EXPECT_TRUE(ok(found));
        return found.ok() ? std::move(*found) : QuestionPage{};
    }
    std::string refused(const QuestionQuery& query) {
        const auto found = world().ask([&](store::Reader& r) { return find_questions(r, query); });
        return found.ok() ? "" : found.error().code;
    }
    static std::vector<std::string> ids(const QuestionPage& page) {
        std::vector<std::string> out;
        for (const auto& q : page.items) out.push_back(q.id);
        return out;
    }
    QuestionCounts counts(const AgencyId& agency) {
        return *world().ask(
            [&](store::Reader& r) -> Result<QuestionCounts> { return count_questions(r, agency, world().now()); });
    }
    std::vector<store::StoredEvent> events(const std::string& id) {
        EXPECT_TRUE(ok(world().store().settle()));
        return *world().ask([&](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
            return store::read_stream(r, stream_of_question(id));
        });
    }

  private:
    void add_officer() {
        if (world().directory->officer(OfficerId{"can-bo-tra-loi"})) return;
        const OfficerId id{"can-bo-tra-loi"};
        const auto position =
            world().directory->positions_of(dossiers::test::ward_office, local_date(world().now())).front()->id;
        const directory::Validity valid{Date{std::chrono::year{2025} / 7 / 1}, {}};
        const auto done = world().store().write([&](store::Transaction& tx) -> Result<void> {
            TRY(const auto added, directory::add_officer(tx, id, "Cán Bộ Trả Lời", "test", world().now()));
            return directory::assign_officer(tx, added, position, valid, "test", world().now());
        });
        ASSERT_TRUE(ok(done));
        world().reload();
    }

  protected:
    json::array listed_;
    std::map<std::string, json::object> answers_;
    int puts_ = 0;
};
HL_FOR_EVERY_ENGINE(Questions);

TEST_P(Questions, AQuestionComesInOnceAndGoesToTheAgencyOfItsUnitCode) {
    list("101", ward_code());
    list("102", "H50.khong-co");
    list("", ward_code());
    listed_.push_back({{"HOIDAPID", "103"}, {"MADONVI", ward_code()}});
    listed_.push_back({{"HOIDAPID", "104"}, {"MADONVI", ward_code()}, {"NOIDUNG", "chưa đăng"}, {"TRANGTHAI", 0}});
    const auto first = fetch();
    EXPECT_EQ(first.at("taken"), 2);
    EXPECT_EQ(first.at("unreadable").get_array().size(), 2u);
    EXPECT_EQ(fetch().at("known"), 2);
    const auto given = question("101");
    EXPECT_EQ(given.agency, dossiers::test::ward_office);
    EXPECT_EQ(given.rule, "agency_code");
    EXPECT_EQ(given.state, QuestionState::assigned);
    // 15 working days after Monday 16 November 2026, by the mapping's rule, 24 November being a holiday.
    ASSERT_TRUE(given.due);
    EXPECT_EQ(to_iso(local_date(*given.due)), "2026-12-08");
    EXPECT_EQ(given.due_rule.at("verified"), false);
    const auto waits = question("102");
    EXPECT_TRUE(waits.agency.empty());
    EXPECT_EQ(waits.rule, "unit_unknown");
    ASSERT_TRUE(waits.assign_due);
    EXPECT_EQ(to_iso(local_date(*waits.assign_due)), "2026-11-23");
    EXPECT_EQ(events("101").size(), 1u);
}

TEST_P(Questions, NothingOfWhatWasAskedOrAnsweredStandsUnsealed) {
    list("101", ward_code(), "Câu hỏi riêng tư");
    (void)fetch();
    ASSERT_TRUE(ok(answer("101", "Câu trả lời riêng tư", officer())));
    run();
    for (const auto* sql :
         {"SELECT data FROM ledger_event", "SELECT facts || marks || reason_vi FROM link_message",
          "SELECT facts FROM link_key", "SELECT print || unit || rule || due_rule FROM portal_question",
          "SELECT report FROM link_task"}) {
        const auto texts = *world().ask([&](store::Reader& r) -> Result<std::vector<std::string>> {
            return r.all(sql, {}, [](const store::Row& row) { return row.string(0); });
        });
        for (const auto& text : texts)
            for (const auto* secret : {"riêng tư", "Người Hỏi", "example.vn"})
                EXPECT_EQ(text.find(secret), std::string::npos) << sql;
    }
}

TEST_P(Questions, AnAnswerIsAnEventAndReachesThePortalOnceWhateverGoesWrong) {
    int n = 200;
    for (const std::string fault : {"timeout", "500", "half", "duplicate", "expire"})
        for (const int before : {0, 1}) {
            SCOPED_TRACE(fault + " after " + std::to_string(before));
            const auto id = std::to_string(++n);
            list(id, ward_code());
            (void)fetch();
            const auto text = "Trả lời " + id;
            const auto done = answer(id, text, officer());
            ASSERT_TRUE(ok(done));
            EXPECT_EQ(done->answers, 1);
            portal_.next.assign(static_cast<size_t>(before), "");
            portal_.next.push_back(fault);
            run();
            restart();
            run();
            portal_.next.clear();
            ASSERT_TRUE(answers_.contains(id));
            const auto& told = answers_.at(id);
            EXPECT_EQ(word(told, "NOIDUNGTRALOI"), text);
            EXPECT_EQ(word(told, "NGUOITRALOI"), "Cán Bộ Trả Lời");
            EXPECT_EQ(word(told, "MADONVI"), ward_code());
            EXPECT_FALSE(word(told, "CHUCVUNGUOITRALOI").empty());
        }
    EXPECT_EQ(open().dead + open().held, 0);
    EXPECT_EQ(events("201").back().type, "portal.question_answered");
}

TEST_P(Questions, ACorrectionGoesUpAsAnUpdateAndTheComparisonSeesWhatIsThere) {
    list("101", ward_code());
    (void)fetch();
    ASSERT_TRUE(ok(answer("101", "Lần một", officer())));
    run();
    EXPECT_EQ(answer("101", "Lần một", officer()).error().code, "question.same");
    const auto second = answer("101", "Lần hai", officer());
    ASSERT_TRUE(ok(second));
    EXPECT_EQ(second->answers, 2);
    run();
    EXPECT_EQ(word(answers_.at("101"), "NOIDUNGTRALOI"), "Lần hai");
    auto line = runner_->line();
    EXPECT_EQ(connector::reconcile(*ground_, *connector_, line, "system:test")->differences, 0);
    answers_.at("101")["NOIDUNGTRALOI"] = "Ai đó sửa";
    EXPECT_EQ(connector::reconcile(*ground_, *connector_, line, "system:test")->differences, 1);
    answers_.erase("101");
    EXPECT_EQ(connector::reconcile(*ground_, *connector_, line, "system:test")->differences, 1);
    EXPECT_EQ(connector_->page_of("cau-hoi/101"), "/app/desk/questions?open=101");
}

TEST_P(Questions, TwoAnswersBeforeTheFirstWentOutAreOneMessage) {
    list("101", ward_code());
    (void)fetch();
    ASSERT_TRUE(ok(answer("101", "Lần một", officer())));
    ASSERT_TRUE(ok(answer("101", "Lần hai", officer())));
    run();
    EXPECT_EQ(puts_, 1);
    EXPECT_EQ(word(answers_.at("101"), "NOIDUNGTRALOI"), "Lần hai");
}

TEST_P(Questions, OnlyTheAgencyAnswersAndOnlyTheCentreGivesOut) {
    list("101", ward_code());
    list("102", "la");
    (void)fetch();
    const auto elsewhere = world().officer("noi-khac", access::Role::handler, AgencyId{"so-xay-dung"});
    EXPECT_EQ(answer("101", "x", elsewhere).error().code, "access.denied");
    EXPECT_EQ(answer("102", "x", centre()).error().code, "question.unassigned");
    EXPECT_EQ(assign("102", dossiers::test::ward_office, officer()).error().code, "access.denied");
    EXPECT_EQ(assign("102", AgencyId{"khong-co"}, centre()).error().code, "question.agency");
    EXPECT_EQ(assign("102", dossiers::test::district, centre()).error().code, "question.agency") << "it has ended";
    ASSERT_TRUE(ok(assign("102", dossiers::test::ward_office, centre())));
    EXPECT_EQ(question("102").state, QuestionState::assigned);
    // Not ours: back to the centre, never without a reason.
    EXPECT_EQ(assign("102", {}, officer()).error().code, "question.note_required");
    ASSERT_TRUE(ok(assign("102", {}, officer(), "Việc của sở")));
    EXPECT_EQ(question("102").state, QuestionState::waiting);
    const auto note = world().ask([&](store::Reader& r) { return note_of(r, world().vault(), question("102")); });
    EXPECT_EQ(*note, "Việc của sở");
    auto nameless = officer();
    nameless.officer = {};
    EXPECT_EQ(answer("101", "x", nameless).error().code, "question.no_officer");
    EXPECT_EQ(answer("101", "  \r\n ", officer()).error().code, "question.text");
    EXPECT_EQ(answer("101", "x", officer(), 99).error().code, "question.changed");
    EXPECT_EQ(answer("999", "x", officer()).error().code, "question.unknown");
}

TEST_P(Questions, WhatThePortalChangesOrAnswersItselfIsSeen) {
    list("101", ward_code());
    list("102", ward_code());
    (void)fetch();
    listed_[0].get_object()["NOIDUNG"] = "Tôi hỏi lại cho rõ";
    EXPECT_EQ(fetch().at("changed"), 1);
    EXPECT_FALSE(question("101").changed) << "nobody has answered it yet";
    ASSERT_TRUE(ok(answer("101", "Trả lời", officer())));
    run();
    listed_[0].get_object()["NOIDUNG"] = "Tôi hỏi thêm một điều";
    listed_[0].get_object()["TRALOIID"] = 7;  // ours
    listed_[1].get_object()["TRALOIID"] = 8;  // somebody's at the portal
    listed_[1].get_object()["NOIDUNGTRALOI"] = "Trả lời trên Cổng";
    const auto report = fetch();
    EXPECT_EQ(report.at("changed"), 1);
    EXPECT_EQ(report.at("answered_there"), 1);
    EXPECT_TRUE(question("101").changed);
    EXPECT_EQ(question("102").state, QuestionState::answered_there);
    EXPECT_EQ(answer("102", "x", officer()).error().code, "question.over");
    // The same words again are an answer to what was asked anew.
    ASSERT_TRUE(ok(answer("101", "Trả lời", officer())));
    EXPECT_FALSE(question("101").changed);
    EXPECT_EQ(counts(dossiers::test::ward_office).open, 0);
    EXPECT_EQ(counts(dossiers::test::ward_office).over, 2);
    EXPECT_EQ(counts(AgencyId{}).open, 0);
}

TEST_P(Questions, AnAnswerToAQuestionThatThePortalLostIsRefusedByName) {
    list("101", ward_code());
    (void)fetch();
    portal_.more = [](const std::string& service, const json::object&) -> std::optional<http::Response> {
        if (service != "DongBoKetQuaHoiDapGuiTuDVCQG") return std::nullopt;
        return FakePortal::say(4, "Không có câu hỏi này");
    };
    ASSERT_TRUE(ok(answer("101", "Trả lời", officer())));
    run();
    const auto dead = messages(connector::MessageState::dead);
    ASSERT_EQ(dead.size(), 1u);
    EXPECT_EQ(dead.front().reason_datum, "HOIDAPID");
}

TEST_P(Questions, WhoWasErasedIsNotToldAndDoesNotComeBack) {
    list("101", ward_code());
    (void)fetch();
    ASSERT_TRUE(ok(answer("101", "Trả lời", officer())));
    const auto subject = question("101").subject;
    ASSERT_TRUE(ok(world().store().write(
        [&](store::Transaction& tx) { return world().vault().erase_subject(tx, subject, world().now()); })));
    run();
    EXPECT_TRUE(answers_.empty());
    ASSERT_EQ(messages(connector::MessageState::held).size(), 1u);
    EXPECT_EQ(messages(connector::MessageState::held).front().reason_code, "subject.erased");
    listed_[0].get_object()["NOIDUNG"] = "Hỏi lại";
    EXPECT_EQ(fetch().at("known"), 1);
    EXPECT_EQ(
        world().ask([&](store::Reader& r) { return contents_of(r, world().vault(), question("101")); }).error().code,
        "subject.erased");
}

TEST_P(Questions, WithoutACentreNothingIsFetchedAndTheTaskSaysSo) {
    list("101", ward_code());
    std::vector<Error> errors;
    auto pack = connector::read_mappings(dossiers::test::pack_folder, errors, {{"portal", check_profile}});
    for (auto& file : pack.files)
        if (file.connector == "portal") {
            const std::string centre = "centre: trung-tam-hcc-tinh";
            file.text.replace(file.text.find(centre), centre.size(), "centre: khong-co");
            file.hash += "x";
        }
    pack.hash += "x";
    ASSERT_TRUE(ok(world().store().write(
        [&](store::Transaction& tx) { return connector::apply_mappings(tx, pack, "system:test", world().now()); })));
    const auto done = runner_->run_task("questions");
    ASSERT_FALSE(done.ok());
    EXPECT_EQ(done.error().code, "question.centre");
}

TEST_P(Questions, TheListGoesByWhatIsDueFirst) {
    list("101", ward_code());
    (void)fetch();
    world().clock().advance(std::chrono::hours{24 * 3});
    list("102", ward_code());
    (void)fetch();
    const auto first = page({dossiers::test::ward_office, true, "", 1});
    ASSERT_EQ(ids(first), (std::vector<std::string>{"101"}));
    EXPECT_EQ(ids(page({dossiers::test::ward_office, true, first.next, 1})), (std::vector<std::string>{"102"}));
}

TEST_P(Questions, APageGoesOnWhereTheLastEndedWhateverWasAnsweredMeanwhile) {
    for (int i = 101; i <= 107; ++i) list(std::to_string(i), ward_code());
    (void)fetch();
    const auto first = page({dossiers::test::ward_office, true, "", 3});
    ASSERT_EQ(ids(first), (std::vector<std::string>{"101", "102", "103"}));
    // One that was shown is answered and one comes in: nothing is left out and nothing is shown twice.
    ASSERT_TRUE(ok(answer("102", "Trả lời", officer())));
    list("108", ward_code());
    (void)fetch();
    const auto second = page({dossiers::test::ward_office, true, first.next, 3});
    ASSERT_EQ(ids(second), (std::vector<std::string>{"104", "105", "106"}));
    const auto third = page({dossiers::test::ward_office, true, second.next, 3});
    EXPECT_EQ(ids(third), (std::vector<std::string>{"107", "108"}));
    EXPECT_EQ(third.next, "");
    // Counted is what there is, not what a page shows.
    const auto all = counts(dossiers::test::ward_office);
    EXPECT_EQ(all.open, 7);
    EXPECT_EQ(all.over, 1);
    EXPECT_EQ(all.overdue, 0);
    world().clock().advance(std::chrono::hours{24 * 60});
    EXPECT_EQ(counts(dossiers::test::ward_office).overdue, 7);
}

TEST_P(Questions, TheAnsweredOnesPageNewestFirstAndOnesWithoutADueDateComeLast) {
    for (int i = 101; i <= 105; ++i) list(std::to_string(i), ward_code());
    (void)fetch();
    for (const auto* id : {"101", "103", "104"}) ASSERT_TRUE(ok(answer(id, "Trả lời", officer())));
    const auto first = page({dossiers::test::ward_office, false, "", 2});
    EXPECT_EQ(ids(first), (std::vector<std::string>{"104", "103"}));
    const auto second = page({dossiers::test::ward_office, false, first.next, 2});
    EXPECT_EQ(ids(second), (std::vector<std::string>{"101"}));
    EXPECT_EQ(second.next, "");
    ASSERT_TRUE(ok(world().store().write([&](store::Transaction& tx) -> Result<void> {
        tx.execute("UPDATE portal_question SET due = NULL WHERE id = '102'", {});
        return Nothing{};
    })));
    const auto dated = page({dossiers::test::ward_office, true, "", 1});
    EXPECT_EQ(ids(dated), (std::vector<std::string>{"105"}));
    EXPECT_EQ(ids(page({dossiers::test::ward_office, true, dated.next, 1})), (std::vector<std::string>{"102"}));
    for (const auto* wrong : {"x", "1.2.3", "1.", ".1", "5"})
        EXPECT_EQ(refused({dossiers::test::ward_office, true, wrong, 1}), "cursor.invalid") << wrong;
    EXPECT_EQ(refused({dossiers::test::ward_office, false, "1.2", 1}), "cursor.invalid");
}

TEST_P(Questions, ErasingTakesWhatWasWrittenAndLeavesWhatIsCounted) {
    list("101", ward_code(), "Câu hỏi riêng tư");
    list("102", ward_code(), "Câu hỏi chưa ai trả lời");
    (void)fetch();
    ASSERT_TRUE(ok(answer("101", "Câu trả lời riêng tư", officer())));
    run();
    const auto before = counts(dossiers::test::ward_office);
    EXPECT_EQ(erase("101", "Công dân yêu cầu", officer()).error().code, "access.denied");
    EXPECT_EQ(erase("101", " x ", administrator()).error().code, "question.reason");
    EXPECT_EQ(erase("999", "Công dân yêu cầu", administrator()).error().code, "question.unknown");
    const auto erased = erase("101", "Ông Người Hỏi Thử yêu cầu", administrator());
    ASSERT_TRUE(ok(erased));
    EXPECT_EQ(erased->state, QuestionState::answered) << "it was answered, and stays counted so";
    for (const auto read : {&answer_of, &note_of})
        EXPECT_EQ(world().ask([&](store::Reader& r) { return read(r, world().vault(), question("101")); }).error().code,
                  "subject.erased");
    EXPECT_EQ(
        world().ask([&](store::Reader& r) { return contents_of(r, world().vault(), question("101")); }).error().code,
        "subject.erased");
    EXPECT_EQ(*world().ask([&](store::Reader& r) -> Result<std::string> {
        return *r.first("SELECT print FROM portal_question WHERE id = '101'", {},
                        [](const store::Row& row) { return row.string(0); });
    }),
              "")
        << "nothing to hold a guess against";
    EXPECT_EQ(counts(dossiers::test::ward_office).over, before.over);
    EXPECT_EQ(counts(dossiers::test::ward_office).open, before.open);
    // An open one ends as what it is, and is nobody's debt any more.
    ASSERT_TRUE(ok(erase("102", "Công dân yêu cầu", administrator())));
    EXPECT_EQ(question("102").state, QuestionState::erased);
    EXPECT_EQ(counts(dossiers::test::ward_office).open, 0);
    EXPECT_EQ(counts(dossiers::test::ward_office).over, 2);
    const auto told = events("101").back();
    EXPECT_EQ(told.type, "portal.question_erased");
    EXPECT_EQ(json::serialize(told.data).find("Người"), std::string::npos) << "the reason is in no event";
    const auto why = world().ask([&](store::Reader& r) { return erasure_of(r, world().vault(), "101"); });
    ASSERT_TRUE(ok(why));
    ASSERT_TRUE(*why);
    EXPECT_EQ((*why)->reason, "Ông Người Hỏi Thử yêu cầu");
    EXPECT_EQ((*why)->actor, administrator().label());
}

TEST_P(Questions, WhatWasErasedOffersNothingAndNoFetchBringsItBack) {
    list("101", ward_code());
    list("102", "la");
    (void)fetch();
    ASSERT_TRUE(ok(erase("101", "Công dân yêu cầu", administrator())));
    ASSERT_TRUE(ok(erase("102", "Công dân yêu cầu", administrator())));
    EXPECT_EQ(answer("101", "x", officer()).error().code, "question.erased");
    EXPECT_EQ(assign("101", {}, officer(), "Việc của sở").error().code, "question.erased");
    EXPECT_EQ(assign("102", dossiers::test::ward_office, centre()).error().code, "question.erased");
    EXPECT_EQ(erase("101", "Lần nữa", administrator()).error().code, "question.erased");
    const auto seen = events("101").size();
    EXPECT_EQ(fetch().at("known"), 2) << "listed as before";
    listed_[0].get_object()["NOIDUNG"] = "Hỏi lại";
    listed_[0].get_object()["HOVATEN"] = "Người Hỏi Thử";
    listed_[0].get_object()["NOIDUNGTRALOI"] = "Trả lời trên Cổng";
    EXPECT_EQ(fetch().at("known"), 2) << "listed otherwise, and answered there";
    EXPECT_EQ(question("101").state, QuestionState::erased);
    EXPECT_EQ(events("101").size(), seen);
    const auto left = *world().ask([&](store::Reader& r) -> Result<std::vector<std::string>> {
        return r.all("SELECT content FROM portal_question", {}, [](const store::Row& row) { return row.string(0); });
    });
    for (const auto& content : left) EXPECT_EQ(content, "");
}

TEST_P(Questions, AnAnswerOnItsWayIsErasedOnlyWhenSomebodySaysSo) {
    list("101", ward_code());
    (void)fetch();
    ASSERT_TRUE(ok(answer("101", "Trả lời", officer())));
    EXPECT_EQ(erase("101", "Công dân yêu cầu", administrator()).error().code, "question.unsent");
    run();
    ASSERT_TRUE(ok(answer("101", "Bản sửa", officer())));
    EXPECT_EQ(erase("101", "Công dân yêu cầu", administrator()).error().code, "question.unsent")
        << "the portal has the first answer only";
    ASSERT_TRUE(ok(erase("101", "Công dân yêu cầu", administrator(), true)));
    run();
    EXPECT_EQ(word(answers_.at("101"), "NOIDUNGTRALOI"), "Trả lời");
    ASSERT_EQ(messages(connector::MessageState::held).size(), 1u);
    EXPECT_EQ(messages(connector::MessageState::held).front().reason_code, "subject.erased");
}

TEST_P(Questions, TheJournalOfWhatCameAndWentHoldsNothingOfAnErasedPersonEither) {
    list("101", ward_code(), "Câu hỏi riêng tư");
    (void)fetch();
    ASSERT_TRUE(ok(answer("101", "Trả lời riêng tư", officer())));
    run();
    portal_.next = {"half"};
    (void)runner_->run_task("questions");
    ASSERT_TRUE(ok(runner_->run_task("reconcile")));
    struct Kept {
        int readable = 0, of_the_answer = 0, personal = 0;
    };
    const auto journal = [&] {
        return *world().ask([&](store::Reader& r) -> Result<Kept> {
            Kept out;
            for (const auto& row : connector::find_exchanges(r, {"portal", {}, 0, 200})) {
                const auto opened = connector::open_exchange(r, world().vault(), "portal", row.number);
                out.readable += opened.ok();
                out.of_the_answer += opened.ok() && row.key == "cau-hoi/101";
                if (!opened.ok()) continue;
                for (const auto* word : {"riêng tư", "Người Hỏi", "hoi@example"})
                    out.personal += (opened->request + opened->response).find(word) != std::string::npos;
            }
            return out;
        });
    };
    const auto before = journal();
    EXPECT_EQ(before.of_the_answer, 1);
    EXPECT_EQ(before.personal, 1) << "what one person was told, and no list of people";
    ASSERT_TRUE(ok(erase("101", "Công dân yêu cầu", administrator())));
    const auto after = journal();
    EXPECT_EQ(after.readable, before.readable - 1);
    EXPECT_EQ(after.personal, 0);
}

using Ids = std::vector<std::string>;

TEST_P(Questions, AnEarlierAnswerIsFoundByWordsOfQuestionOrAnswerWithOrWithoutDiacritics) {
    list("101", ward_code(), "Đăng ký hộ kinh doanh cần giấy tờ gì?", "1.001612");
    list("102", ward_code(), "Nộp lệ phí ở đâu?", "1.001612");
    list("103", "la", "Đăng ký hộ kinh doanh ở xã khác");
    (void)fetch();
    ASSERT_TRUE(ok(answer("101", "Cần tờ khai theo mẫu", officer())));
    ASSERT_TRUE(ok(answer("102", "Nộp tại bộ phận một cửa", officer())));
    const auto ward = std::optional{dossiers::test::ward_office};
    EXPECT_EQ(found({.words = "ho kinh doanh", .agency = ward}), (Ids{"101"}));
    EXPECT_EQ(found({.words = "hộ kinh doanh", .agency = ward}), (Ids{"101"}));
    EXPECT_EQ(found({.words = "tờ khai", .agency = ward}), (Ids{"101"})) << "of the answer";
    EXPECT_EQ(found({.words = "hộ kinh doanh"}), (Ids{"103", "101"})) << "every agency's";
    EXPECT_EQ(found({.words = "hộ kinh doanh", .agency = AgencyId{}}), (Ids{"103"})) << "what waits for the centre";
    EXPECT_EQ(found({.words = "hộ kinh doanh lệ phí"}), (Ids{}));
    EXPECT_EQ(found({.words = "1.001612"}), (Ids{"102", "101"}));
    EXPECT_EQ(found({.words = "Người Hỏi Thử"}), (Ids{})) << "nobody is found by his name";
    EXPECT_EQ(found({.words = "hộ kinh doanh", .except = "103"}), (Ids{"101"}));
    // Asked otherwise, given to somebody else: found as it is now.
    listed_[1].get_object()["NOIDUNG"] = "Xin hỏi về thẻ căn cước";
    (void)fetch();
    EXPECT_EQ(found({.words = "lệ phí"}), (Ids{}));
    EXPECT_EQ(found({.words = "căn cước"}), (Ids{"102"}));
    ASSERT_TRUE(ok(assign("103", dossiers::test::ward_office, centre())));
    EXPECT_EQ(found({.words = "hộ kinh doanh", .agency = ward}), (Ids{"103", "101"}));
}

TEST_P(Questions, EarlierAnswersGoByProcedureAgencyStateAndDayPageByPage) {
    for (int i = 101; i <= 105; ++i)
        list(std::to_string(i), ward_code(), "Hỏi mẫu", i == 103 ? "2.000002" : "1.001612");
    (void)fetch();
    world().clock().advance(std::chrono::hours{24 * 2});
    list("106", ward_code(), "Hỏi mẫu", "1.001612");
    (void)fetch();
    for (const auto* id : {"101", "102", "103", "106"}) ASSERT_TRUE(ok(answer(id, "Trả lời", officer())));
    const auto ward = std::optional{dossiers::test::ward_office};
    const auto answered = std::optional{QuestionState::answered};
    const auto day = local_date(world().now());
    EXPECT_EQ(found({.agency = ward, .procedure = "1.001612", .state = answered}), (Ids{"106", "102", "101"}));
    EXPECT_EQ(found({.words = "hoi", .agency = ward, .procedure = "1.001612", .state = answered}),
              (Ids{"106", "102", "101"}));
    EXPECT_EQ(found({.agency = ward, .state = QuestionState::assigned}), (Ids{"105", "104"}));
    EXPECT_EQ(found({.agency = ward, .from = day}), (Ids{"106"}));
    EXPECT_EQ(found({.words = "hỏi", .agency = ward, .from = day}), (Ids{"106"}));
    EXPECT_EQ(found({.state = answered, .to = add_days(day, -1)}), (Ids{"103", "102", "101"}));
    EXPECT_EQ(found({.agency = AgencyId{"so-xay-dung"}}), (Ids{}));
    for (const auto* words : {"", "hoi", "hỏi"}) {
        Ids all;
        FoundQuery query{.words = words, .agency = ward};
        query.limit = 2;
        for (int pages = 0; pages < 5; ++pages) {
            const auto page =
                world().ask([&](store::Reader& r) { return look_for_questions(r, world().vault(), query); });
            ASSERT_TRUE(ok(page));
            for (const auto& q : page->items) all.push_back(q.id);
            query.cursor = page->next;
            if (query.cursor.empty()) break;
        }
        EXPECT_EQ(all, (Ids{"106", "105", "104", "103", "102", "101"})) << words;
    }
    for (const auto* words : {"", "hoi"}) {
        const FoundQuery wrong{.words = words, .cursor = "x"};
        EXPECT_EQ(
            world().ask([&](store::Reader& r) { return look_for_questions(r, world().vault(), wrong); }).error().code,
            "cursor.invalid");
    }
}

TEST_P(Questions, WhatWasTakenOverSaysWhereItComesFromUntilTheEnd) {
    list("101", ward_code());
    list("102", ward_code());
    list("103", ward_code());
    (void)fetch();
    ASSERT_TRUE(ok(answer("101", "Cần tờ khai", officer())));
    EXPECT_EQ(answer("102", "Cần tờ khai", officer(), {}, "103").error().code, "question.from") << "not answered";
    EXPECT_EQ(answer("102", "Cần tờ khai", officer(), {}, "102").error().code, "question.from") << "itself";
    EXPECT_EQ(answer("102", "Cần tờ khai", officer(), {}, "999").error().code, "question.from");
    const auto taken = answer("102", "Cần tờ khai", officer(), {}, "101");
    ASSERT_TRUE(ok(taken));
    EXPECT_EQ(question("102").answer_from, "101");
    EXPECT_EQ(events("102").back().data.at("from"), "101");
    ASSERT_TRUE(ok(answer("102", "Cần tờ khai và bản chụp", officer())));
    EXPECT_EQ(question("102").answer_from, "101") << "a correction of it";
    EXPECT_TRUE(events("101").back().data.at("from").is_null());
}

TEST_P(Questions, NothingOfAnErasedQuestionIsFoundNowOrAfterARebuild) {
    list("101", ward_code(), "Hộ kinh doanh");
    (void)fetch();
    ASSERT_TRUE(ok(answer("101", "Cần tờ khai", officer())));
    run();
    EXPECT_EQ(found({.words = "kinh doanh"}), (Ids{"101"}));
    const auto tokens = [&] {
        return *world().ask([&](store::Reader& r) -> Result<int64_t> {
            const auto* sql = "SELECT COUNT(*) FROM portal_question_search_doc";
            return *r.first(sql, {}, [](const store::Row& row) { return row.integer(0); });
        });
    };
    EXPECT_EQ(tokens(), 1);
    ASSERT_TRUE(ok(erase("101", "Công dân yêu cầu", administrator())));
    EXPECT_EQ(tokens(), 0) << "at once, not when the follower comes to it";
    EXPECT_EQ(found({.words = "kinh doanh"}), (Ids{}));
    EXPECT_EQ(found({}), (Ids{}));
    ASSERT_TRUE(ok(followers_->restart("links.portal.questions", "system:test")));
    EXPECT_EQ(found({.words = "kinh doanh"}), (Ids{}));
    EXPECT_EQ(tokens(), 0);
}

}  // namespace hl::links::portal::test
