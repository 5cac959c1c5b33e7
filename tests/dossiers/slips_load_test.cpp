// Papers printed from a stored dossier: printed again later, each says what it said on its day.
#include "dossiers/slips_load.h"

#include "dossiers/reorganise.h"
#include "world.h"

namespace hl::dossiers::test {
namespace {

Date day(int month, int d, int year = 2026) {
    return Date{std::chrono::year{year} / month / d};
}

class SlipsLoad : public WorldTest {
  protected:
    Result<Slip> paper(const DossierCode& code, std::string form, std::optional<int> note = {}) {
        EXPECT_TRUE(ok(world->store().settle()));
        return paper_at_once(code, std::move(form), note);
    }
    Result<Slip> paper_at_once(const DossierCode& code, std::string form, std::optional<int> note = {}) {
        const auto ctx = world->context();
        return world->ask([&](store::Reader& r) -> Result<Slip> {
            TRY(const auto d, storage::find(r, code.value));
            return load_slip(r, ctx, d, {form, note, ""}, world->now());
        });
    }
    json::object data(const DossierCode& code, std::string form, std::optional<int> note = {}) {
        const auto slip = paper(code, std::move(form), note);
        EXPECT_TRUE(ok(slip));
        return slip.ok() ? slip->data : json::object{};
    }
    static std::string text(const json::object& o, std::string_view key) {
        const auto* v = o.if_contains(key);
        return v && v->is_string() ? std::string{v->get_string()} : std::string{};
    }
    Result<RegisterSlip> book(Date from, Date to, std::string cursor = {},
                              int limit = RegisterQuery::most_in_a_register) {
        EXPECT_TRUE(ok(world->store().settle()));
        subjects.clear();
        const auto ctx = world->context();
        return world->ask([&](store::Reader& r) {
            return load_register(r, ctx, {reception(), from, to, cursor, limit}, world->now(), subjects);
        });
    }
    AgencyId reception() {
        if (reception_.empty()) reception_ = world->filed().reception;
        return reception_;
    }
    Result<Dossier> ask_for(const DossierCode& code, const std::string& item) {
        return world->run([&](auto& tx, auto& ctx, Instant t) {
            return request_supplement(tx, ctx, world->handler(), {code}, {{item}, "Thiếu", ""}, t);
        });
    }
    Result<Dossier> answer(const DossierCode& code, std::vector<Component> components = {}) {
        return world->run([&](auto& tx, auto& ctx, Instant t) {
            return answer_supplement(tx, ctx, world->clerk(), {code}, components, "", t);
        });
    }
    std::string agency_name(const AgencyId& id, Date on) {
        const auto* agency = world->directory->agency(id);
        const auto* version = agency ? agency->at(on) : nullptr;
        EXPECT_TRUE(version) << id.value;
        return version ? version->name : std::string{};
    }
    void appoint(const std::string& id, const std::string& name) {
        ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) {
            return directory::add_officer(tx, OfficerId{id}, name, "test", world->now());
        })));
        world->reload();
    }
    std::vector<SubjectId> subjects;

  private:
    AgencyId reception_;
};
INSTANTIATE_TEST_SUITE_P(Engines, SlipsLoad, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(SlipsLoad, AReceiptPrintedAgainShowsWhatWasPromisedAtReception) {
    appoint("can-bo-mot-cua", "Cán bộ một cửa thử");
    const auto f = world->filed();
    auto d =
        world->run([&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->clerk(), {f.code}, {}, t); });
    ASSERT_TRUE(ok(d));
    const auto first = data(d->code, "01");
    EXPECT_EQ(text(first, "due"), to_rfc3339_local(*d->due));
    EXPECT_EQ(text(first, "receiver"), "Cán bộ một cửa thử");
    EXPECT_EQ(text(first, "legal_time"), "3 ngày làm việc");
    ASSERT_TRUE(ok(
        world->run([&](auto& tx, auto& ctx, Instant t) { return transfer(tx, ctx, world->system(), {f.code}, t); })));
    ASSERT_TRUE(ok(ask_for(f.code, "Bản sao")));
    world->clock().set(at_local(day(11, 18), 9));
    const auto back = answer(f.code, {{"ban-sao", 0, 2, false, false, false}});
    ASSERT_TRUE(ok(back));
    ASSERT_NE(back->due, d->due);
    EXPECT_EQ(data(f.code, "01"), first);
    const auto later = world->run([&](auto& tx, auto& ctx, Instant t) {
        return extend(tx, ctx, world->head(), {f.code}, day(11, 27), "Khối lượng lớn", t);
    });
    ASSERT_TRUE(ok(later));
    EXPECT_EQ(data(f.code, "01"), first);
}

TEST_P(SlipsLoad, AReceiptKeepsTheCalendarItWasPromisedUnder) {
    const auto d = world->working();
    const auto first = data(d.code, "01");
    ASSERT_NE(text(first, "due_rule").find(d.calendar + ";"), std::string::npos) << text(first, "due_rule");
    std::vector<Error> errors;
    auto pack = directory::read_organisation(pack_folder, errors);
    ASSERT_TRUE(errors.empty());
    ASSERT_EQ(pack.calendars.size(), 1u);
    ++pack.calendars[0].version;
    pack.hash = "another";
    pack.calendars[0].days.push_back({day(11, 18), directory::DayKind::holiday, "Ngày nghỉ thử", "thử", {}});
    ASSERT_TRUE(ok(world->store().write(
        [&](store::Transaction& tx) { return directory::apply_organisation(tx, pack, "test", world->now()); })));
    world->reload();
    const auto later = world->run([&](auto& tx, auto& ctx, Instant t) {
        return extend(tx, ctx, world->head(), {d.code}, day(11, 27), "Khối lượng lớn", t);
    });
    ASSERT_TRUE(ok(later));
    ASSERT_NE(later->calendar, d.calendar);
    EXPECT_EQ(data(d.code, "01"), first);
}

TEST_P(SlipsLoad, AReceiptShowsTheTimeThatADecisionTableGave) {
    std::vector<Error> errors;
    const auto templates = procedures::read_templates(pack_folder, errors);
    const std::string rules = R"(rules:
  - id: deadline
    hit_policy: first
    inputs: [channel]
    outputs: [value, unit]
    rules:
      - {when: ['"desk"'], then: ["40", '"working_hours"'], basis: "Luật thử"}
)";
    const auto sheet_text = sheet("9.000009",
                                  "  template: one-agency\n  hours: {receive: 2, assign: 2, handle: 12, approve: 4, "
                                  "return: 0}\n",
                                  ", time: {value: 3, unit: working_days}") +
                            rules;
    const auto draft = procedures::parse_procedure(sheet_text, "test.yaml", templates, errors);
    for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
    ASSERT_TRUE(draft);
    ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) {
        return procedures::publish(tx, *draft, {"test", "", false}, at_local(day(1, 1, 2020), 0),
                                   at_local(day(1, 1, 2020), 0));
    })));
    world->reload();
    const auto d = world->received(ProcedureCode{"9.000009"});
    const auto o = data(d.code, "01");
    EXPECT_EQ(text(o, "legal_time"), "40 giờ làm việc");
    EXPECT_EQ(text(o, "due"), to_rfc3339_local(at_local(day(11, 23), 8)));
    EXPECT_NE(text(o, "due_rule").find("15 giờ 00"), std::string::npos) << text(o, "due_rule");
}

TEST_P(SlipsLoad, PapersOfBeforeATransitionBearTheProcedureOfTheirDay) {
    const auto d = world->working();
    const auto first = data(d.code, "01");
    world->clock().advance(std::chrono::minutes{5});
    std::vector<Error> errors;
    const auto templates = procedures::read_templates(pack_folder, errors);
    auto newer = sheet("9.000001",
                       "  template: one-agency\n  hours: {receive: 1, assign: 1, handle: 8, approve: 2, return: 0}\n",
                       ", time: {value: 2, unit: working_days}");
    for (const auto& [from, to] :
         {std::pair{"Thủ tục thử 9.000001", "Thủ tục thử mới"}, std::pair{"name: \"Tờ khai\"", "name: \"Đơn\""}})
        newer.replace(newer.find(from), std::string_view{from}.size(), to);
    const auto draft = procedures::parse_procedure(newer, "test.yaml", templates, errors);
    for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
    ASSERT_TRUE(draft);
    const auto to = world->store().write([&](store::Transaction& tx) -> Result<ReleaseId> {
        TRY(auto id, procedures::publish(tx, *draft, {"test", "", false}, world->now(), world->now()));
        procedures::Basis basis;
        basis.act = "Quyết định thử";
        TRY(const auto rule, procedures::add_transition(tx, d.release, id, basis, world->now(), "test", world->now()));
        (void)rule;
        return id;
    });
    ASSERT_TRUE(ok(to));
    world->reload();
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return move_release(tx, ctx, world->head(), {d.code}, *to, t); })));
    world->clock().advance(std::chrono::minutes{5});
    EXPECT_EQ(text(first, "procedure"), "Thủ tục thử 9.000001");
    EXPECT_EQ(data(d.code, "01"), first);
    EXPECT_EQ(text(data(d.code, "06"), "procedure"), "Thủ tục thử mới");
}

TEST_P(SlipsLoad, AnUnverifiedTimeStaysBlankOnTheReceipt) {
    const auto d = world->received(untimed);
    const auto o = data(d.code, "01");
    for (const char* key : {"legal_time", "due", "due_rule"}) EXPECT_TRUE(o.at(key).is_null()) << key;
}

TEST_P(SlipsLoad, AReceiptListsThePapersOfTheReceptionOnly) {
    auto f = world->filing();
    f.components = {{"to-khai", 1, 0, true, false, false}, {"anh", 2, 0, false, false, false}};
    const auto filed = world->file(f);
    ASSERT_TRUE(ok(filed));
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->clerk(), {filed->code}, {}, t); })));
    ASSERT_TRUE(ok(ask_for(filed->code, "Bản sao")));
    ASSERT_TRUE(ok(answer(filed->code, {{"ban-sao", 0, 1, false, false, false}, {"anh", 4, 0, false, false, false}})));
    const auto papers = data(filed->code, "01").at("papers").as_array();
    // The photographs came again: how many there were at first is not known any more.
    EXPECT_EQ(papers, (json::array{"Tờ khai (bản chính: 1, bản sao: 0)", "anh"}));
}

TEST_P(SlipsLoad, AReceiptCanBePrintedTheMomentAfterTheReception) {
    const auto d = world->received();
    const auto at_once = paper_at_once(d.code, "01");
    ASSERT_TRUE(ok(at_once));
    EXPECT_EQ(text(at_once->data, "due"), to_rfc3339_local(*d.due));
    EXPECT_EQ(at_once->data, data(d.code, "01"));
}

TEST_P(SlipsLoad, WhileTheLedgerIsBehindAReceiptComesFromTheRowOrNotAtAll) {
    appoint("can-bo-mot-cua", "Cán bộ một cửa thử");
    const auto f = world->filed();
    ASSERT_TRUE(ok(
        world->run([&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->clerk(), {f.code}, {}, t); })));
    const auto known = data(f.code, "01");
    // As on a node that has committed and waits for the one that gives positions.
    const auto forget = [&] {
        ASSERT_TRUE(ok(world->store().settle()));
        ASSERT_TRUE(ok(world->store().write([&](store::Transaction& tx) -> Result<void> {
            tx.execute("DELETE FROM ledger_event WHERE stream = ?", {f.id});
            return Nothing{};
        })));
    };
    forget();
    const auto from_row = paper_at_once(f.code, "01");
    ASSERT_TRUE(ok(from_row));
    EXPECT_EQ(from_row->data, known);
    ASSERT_TRUE(ok(ask_for(f.code, "Bản sao")));
    ASSERT_TRUE(ok(answer(f.code)));
    forget();
    const auto unknown = paper_at_once(f.code, "01");
    ASSERT_EQ(refused_with(unknown), "slip.wait");
    EXPECT_EQ(unknown.error().kind, ErrorKind::unavailable);
    const auto request = paper_at_once(f.code, "02");
    ASSERT_TRUE(ok(request));
    EXPECT_EQ(text(request->data, "agency"), text(known, "agency"));
}

TEST_P(SlipsLoad, RefusalAndApologySayWhatWasDecided) {
    const auto refused = world->filed();
    ASSERT_TRUE(ok(world->run([&](auto& tx, auto& ctx, Instant t) {
        return refuse(tx, ctx, world->clerk(), {refused.code}, {"Không thuộc thẩm quyền"}, t);
    })));
    EXPECT_EQ(data(refused.code, "03").at("reasons").as_array(), (json::array{"Không thuộc thẩm quyền"}));
    EXPECT_EQ(refused_with(paper(refused.code, "01")), "slip.none");
    EXPECT_EQ(refused_with(paper(refused.code, "06", 3)), "slip.none");

    const auto d = world->working();
    world->clock().set(at_local(day(11, 17), 9));
    const auto extended = world->run([&](auto& tx, auto& ctx, Instant t) {
        return extend(tx, ctx, world->head(), {d.code}, day(11, 27), "Khối lượng lớn", t);
    });
    ASSERT_TRUE(ok(extended));
    world->clock().set(at_local(day(11, 20), 9));
    const auto apology = data(d.code, "04", 1);
    EXPECT_EQ(text(apology, "promised"), to_rfc3339_local(*d.due));
    EXPECT_EQ(text(apology, "promised_again"), to_rfc3339_local(*extended->due));
    EXPECT_EQ(text(apology, "made_at"), to_rfc3339_local(at_local(day(11, 17), 9)));
    EXPECT_EQ(text(apology, "reason"), "Khối lượng lớn");
    EXPECT_TRUE(apology.at("signer_title").is_null());  // he acted in no position that is known
}

TEST_P(SlipsLoad, AnApologyComesFromTheAgencyThatAnswersNotFromTheCounter) {
    // Handed in at another commune's counter, as everybody in the province may.
    auto f = world->filing();
    f.reception = AgencyId{"ubnd-18880"};
    const auto filed = world->file(f);
    ASSERT_TRUE(ok(filed));
    const auto code = filed->code;
    ASSERT_TRUE(ok(
        world->run([&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->system(), {code}, {}, t); })));
    const auto d =
        world->run([&](auto& tx, auto& ctx, Instant t) { return transfer(tx, ctx, world->system(), {code}, t); });
    ASSERT_TRUE(ok(d));
    ASSERT_NE(d->reception, d->agency);
    ASSERT_TRUE(ok(world->run([&](auto& tx, auto& ctx, Instant t) {
        return extend(tx, ctx, world->head(), {code}, day(11, 27), "Khối lượng lớn", t);
    })));
    ASSERT_TRUE(ok(world->run([&](auto& tx, auto& ctx, Instant t) {
        return stop(tx, ctx, world->head(), {code}, "Có tranh chấp", "Luật thử, Điều 2", t);
    })));
    const auto office = agency_name(d->agency, day(11, 16)), counter = agency_name(d->reception, day(11, 16));
    EXPECT_EQ(text(data(code, "01"), "agency"), counter);
    EXPECT_EQ(text(data(code, "04"), "agency"), office);
    EXPECT_EQ(text(data(code, "05"), "agency"), office);
    const auto apology = paper(code, "04");
    ASSERT_TRUE(ok(apology));
    EXPECT_EQ(apology->document.number, "Số: ……/PXL");
    EXPECT_EQ(text(data(code, "06"), "deciding_agency"), office);
}

TEST_P(SlipsLoad, TheControlSlipJudgesCompletedWorkOnly) {
    appoint("can-bo-thu-ly", "Cán bộ thụ lý thử");
    auto d = world->signing();
    ASSERT_TRUE(ok(world->run([&](auto& tx, auto& ctx, Instant t) {
        return return_step(tx, ctx, world->head(), {d.code}, {{}, "", "Thiếu căn cứ"}, t);
    })));
    ASSERT_TRUE(ok(
        world->run([&](auto& tx, auto& ctx, Instant t) { return claim(tx, ctx, world->handler(), {d.code}, {}, t); })));
    world->clock().set(at_local(day(11, 25), 9));
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return complete(tx, ctx, world->handler(), {d.code}, {}, t); })));
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return withdraw(tx, ctx, world->clerk(), {d.code}, "Đổi ý", t); })));
    const auto slip = paper(d.code, "06");
    ASSERT_TRUE(ok(slip));
    std::map<std::string, int> states;
    for (const auto& item : slip->data.at("rows").as_array()) {
        const auto& row = item.as_object();
        const auto state = text(row, "state");
        ++states[state];
        EXPECT_EQ(state == "done", row.at("on_time").is_bool()) << json::serialize(row);
        if (state == "sent_back") {
            EXPECT_EQ(text(row, "note"), "trả lại bước trước để làm lại");
        } else if (state == "dropped") {
            EXPECT_EQ(text(row, "note"), "kết thúc khi hồ sơ chuyển chặng hoặc dừng");
            // Handed over by whoever finished the step before.
            EXPECT_EQ(text(row, "giver"), "Cán bộ thụ lý thử");
        }
    }
    // Reception, assignment, work twice; the signing once sent back, once withdrawn.
    EXPECT_EQ(states, (std::map<std::string, int>{{"done", 4}, {"sent_back", 1}, {"dropped", 1}}));
    const auto late = std::count_if(
        slip->data.at("rows").as_array().begin(), slip->data.at("rows").as_array().end(),
        [](const json::value& row) { return row.at("on_time").is_bool() && !row.at("on_time").get_bool(); });
    EXPECT_EQ(late, 1);
    std::set<std::string> outcomes;
    for (const auto& block : slip->document.blocks)
        if (const auto* table = std::get_if<Table>(&block))
            for (const auto& row : table->rows) outcomes.insert(row.at(2));
    EXPECT_EQ(outcomes, (std::set<std::string>{"Trước hạn", "Quá hạn", "Trả lại", "Không đánh giá"}));
}

TEST_P(SlipsLoad, ASilentBodyIsNotJudgedAndSaysSo) {
    auto d = world->working(consulting);
    ASSERT_TRUE(ok(world->step(d.code)));
    const Consultation c{department, "Ý kiến về quy hoạch?", directory::work_hours(8), "report", {}};
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return consult(tx, ctx, world->handler(), {d.code}, c, t); })));
    world->clock().set(at_local(day(11, 18), 8));
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return complete(tx, ctx, world->handler(), {d.code}, {}, t); })));
    const auto o = data(d.code, "06");
    int silent = 0;
    for (const auto& item : o.at("rows").as_array()) {
        const auto& row = item.as_object();
        if (text(row, "state") != "silent") continue;
        ++silent;
        EXPECT_TRUE(row.at("on_time").is_null());
        EXPECT_EQ(text(row, "note"), "hết thời hạn mà không có ý kiến");
    }
    EXPECT_EQ(silent, 1);
    EXPECT_EQ(o.at("cooperating").as_array().size(), 1u);
}

TEST_P(SlipsLoad, TheStopNoticeShowsItsBasisAndWhoSignsIt) {
    appoint("lanh-dao", "Lãnh đạo thử");
    auto d = world->working();
    auto head = world->head();
    const auto positions = world->directory->positions_of(ward_office, day(11, 16));
    ASSERT_FALSE(positions.empty());
    head.position = positions.front()->id;
    ASSERT_TRUE(ok(world->run([&](auto& tx, auto& ctx, Instant t) {
        return stop(tx, ctx, head, {d.code}, "Có tranh chấp", "Luật thử, Điều 2", t);
    })));
    const auto slip = paper(d.code, "05");
    ASSERT_TRUE(ok(slip));
    EXPECT_EQ(text(slip->data, "basis"), "Luật thử, Điều 2");
    EXPECT_EQ(text(slip->data, "signer"), "Lãnh đạo thử");
    EXPECT_EQ(text(slip->data, "signer_title"), positions.front()->title);
    const bool printed = std::any_of(slip->document.blocks.begin(), slip->document.blocks.end(), [](const Block& b) {
        const auto* line = std::get_if<LabelledLine>(&b);
        return line && line->label == "Căn cứ" && line->value == "Luật thử, Điều 2";
    });
    EXPECT_TRUE(printed);
    const auto gone = world->working();
    ASSERT_TRUE(ok(world->run(
        [&](auto& tx, auto& ctx, Instant t) { return withdraw(tx, ctx, world->clerk(), {gone.code}, "Đổi ý", t); })));
    EXPECT_TRUE(data(gone.code, "05").at("basis").is_null());
}

TEST_P(SlipsLoad, EveryPaperOfOneKindCanBePrintedByItsNumber) {
    auto d = world->working();
    for (const char* item : {"Bản sao thứ nhất", "Bản sao thứ hai", "Bản sao thứ ba"}) {
        ASSERT_TRUE(ok(ask_for(d.code, item)));
        ASSERT_TRUE(ok(answer(d.code)));
    }
    const auto item_of = [&](std::optional<int> note) {
        return std::string{data(d.code, "02", note).at("items").as_array().at(0).as_string()};
    };
    EXPECT_EQ(item_of(1), "Bản sao thứ nhất");
    EXPECT_EQ(item_of(2), "Bản sao thứ hai");
    EXPECT_EQ(item_of(3), "Bản sao thứ ba");
    EXPECT_EQ(item_of({}), "Bản sao thứ ba");
    const auto o = data(d.code, "02", 2);
    EXPECT_EQ(o.at("note").as_uint64(), 2u);
    EXPECT_EQ(o.at("notes").as_uint64(), 3u);
    const auto fourth = paper(d.code, "02", 4);
    ASSERT_EQ(refused_with(fourth), "slip.note");
    EXPECT_EQ(fourth.error().kind, ErrorKind::not_found);
    EXPECT_NE(fourth.error().vi.find("từ 1 đến 3"), std::string::npos);
    EXPECT_EQ(refused_with(paper(d.code, "04", 1)), "slip.none");
    EXPECT_EQ(refused_with(paper(d.code, "01", 2)), "slip.note");
    EXPECT_TRUE(ok(paper(d.code, "01", 1)));
    EXPECT_EQ(refused_with(paper(d.code, "08")), "slip.form");
}

TEST_P(SlipsLoad, AnErasedPersonsTypedPapersAreGoneAndTheReceiptIsBlank) {
    auto d = world->working();
    ASSERT_TRUE(ok(ask_for(d.code, "Bản sao")));
    ASSERT_TRUE(ok(world->store().write(
        [&](store::Transaction& tx) { return world->vault().erase_subject(tx, d.subject, world->now()); })));
    EXPECT_EQ(refused_with(paper(d.code, "02")), "subject.erased");
    const auto o = data(d.code, "01");
    EXPECT_TRUE(o.at("applicant").at("name").is_null());
    EXPECT_EQ(text(o, "due"), to_rfc3339_local(*d.due));
}

TEST_P(SlipsLoad, TheRegisterTellsHowTheResultWasReturned) {
    std::map<std::string, std::string> methods;
    for (const char* method : {"desk", "post", "electronic"}) {
        const auto d = world->finished();
        Delivery delivery;
        delivery.method = method;
        delivery.tracking = "EV000000000VN";
        const auto done = world->run(
            [&](auto& tx, auto& ctx, Instant t) { return deliver(tx, ctx, world->system(), {d.code}, delivery, t); });
        ASSERT_TRUE(ok(done));
        methods[d.code.value] = method;
    }
    methods[world->working().code.value] = "";
    const auto slip = book(day(11, 16), day(11, 16));
    ASSERT_TRUE(ok(slip));
    ASSERT_EQ(slip->rows.size(), 4u);
    for (const auto& row : slip->rows) {
        EXPECT_EQ(row.method, methods.at(row.code));
        EXPECT_EQ(row.applicant, "Người Nộp Thử");
    }
    EXPECT_EQ(subjects.size(), 4u);
    const auto document = to_document(*slip);
    std::multiset<std::string> words;
    for (const auto& block : document.blocks)
        if (const auto* table = std::get_if<Table>(&block))
            for (const auto& row : table->rows) words.insert(row.at(9));
    EXPECT_EQ(words, (std::multiset<std::string>{"", "Bưu chính công ích", "Trực tiếp", "Trực tuyến"}));
}

TEST_P(SlipsLoad, ALongRegisterComesInPartsThatSayTheyAreParts) {
    for (int i = 0; i < 5; ++i) {
        (void)world->received();
        if (i % 2 == 1) world->clock().advance(std::chrono::minutes{5});
    }
    std::vector<std::string> codes;
    std::string cursor;
    for (int part = 0; part < 3; ++part) {
        const auto slip = book(day(11, 16), day(11, 20), cursor, 2);
        ASSERT_TRUE(ok(slip));
        EXPECT_EQ(slip->first_number, 2 * part + 1);
        for (const auto& row : slip->rows) codes.push_back(row.code);
        std::string said;
        std::string first_number;
        const auto document = to_document(*slip);
        for (const auto& block : document.blocks) {
            if (const auto* p = std::get_if<Paragraph>(&block)) said += p->text + "\n";
            if (const auto* table = std::get_if<Table>(&block)) first_number = table->rows.at(0).at(0);
        }
        EXPECT_EQ(first_number, std::to_string(2 * part + 1));
        EXPECT_NE(said.find("một phần của sổ"), std::string::npos) << said;
        EXPECT_EQ(said.find("SỔ CÒN TIẾP") != std::string::npos, part < 2) << said;
        EXPECT_EQ(to_json(*slip).at("next").is_null(), part == 2);
        cursor = slip->next;
    }
    EXPECT_EQ(codes.size(), 5u);
    EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 5u);
    const auto whole = book(day(11, 16), day(11, 20), {}, 5);
    ASSERT_TRUE(ok(whole));
    EXPECT_TRUE(whole->next.empty());
    for (size_t i = 0; i < 5; ++i) EXPECT_EQ(whole->rows.at(i).code, codes.at(i));
    const auto blocks = to_document(*whole).blocks;
    EXPECT_EQ(std::get<Paragraph>(blocks.at(0)).text, "Từ ngày 16/11/2026 đến ngày 20/11/2026");
    EXPECT_TRUE(std::holds_alternative<Table>(blocks.at(1)));
    for (const char* bad : {"x", "1.2", "1.2.", "-1.2.c", "1.x.c", "..", "99999999999999999999.1.c"})
        EXPECT_EQ(refused_with(book(day(11, 16), day(11, 20), bad)), "cursor.invalid") << bad;
}

class SlipsOfBefore : public SlipsLoad {
  protected:
    [[nodiscard]] Instant start() const override { return at_local(day(6, 27, 2025), 8); }
};
INSTANTIATE_TEST_SUITE_P(Engines, SlipsOfBefore, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(SlipsOfBefore, PapersBearTheNamesOfTheirOwnDay) {
    auto f = world->filing(of_district);
    f.place = UnitId{"vn-461"};
    const auto filed = world->file(f);
    ASSERT_TRUE(ok(filed));
    const auto code = filed->code;
    const auto received =
        world->run([&](auto& tx, auto& ctx, Instant t) { return receive(tx, ctx, world->system(), {code}, {}, t); });
    ASSERT_TRUE(ok(received));
    ASSERT_TRUE(
        ok(world->run([&](auto& tx, auto& ctx, Instant t) { return transfer(tx, ctx, world->system(), {code}, t); })));
    const auto system_asks = [&](const char* item) {
        return world->run([&](auto& tx, auto& ctx, Instant t) {
            return request_supplement(tx, ctx, world->system(), {code}, {{item}, "Thiếu", ""}, t);
        });
    };
    const auto system_answers = [&] {
        return world->run([&](auto& tx, auto& ctx, Instant t) {
            return answer_supplement(tx, ctx, world->system(), {code}, {}, "", t);
        });
    };
    ASSERT_TRUE(ok(system_asks("Bản sao")));
    ASSERT_TRUE(ok(system_answers()));
    const std::string then = agency_name(received->reception, day(6, 27, 2025));
    EXPECT_EQ(text(data(code, "01"), "agency"), then);
    const auto receipt = data(code, "01");
    const auto request = data(code, "02");

    world->clock().set(at_local(day(7, 1, 2025), 0));
    ASSERT_TRUE(ok(world->store().write(
        [&](store::Transaction& tx) { return rehome(tx, world->context(), world->system(), world->now()); })));
    world->clock().set(at_local(day(7, 1, 2025), 9));
    const auto moved = world->stored(code);
    ASSERT_NE(moved.reception, received->reception);
    const std::string now = agency_name(moved.reception, day(7, 1, 2025));
    ASSERT_NE(now, then);
    ASSERT_TRUE(ok(system_asks("Bản sao mới")));

    EXPECT_EQ(data(code, "01"), receipt);
    auto printed_again = data(code, "02", 1);
    EXPECT_EQ(printed_again.at("notes").as_uint64(), 2u);
    printed_again["notes"] = request.at("notes");
    EXPECT_EQ(printed_again, request);
    EXPECT_EQ(text(request, "agency"), then);
    EXPECT_EQ(text(data(code, "02", 2), "agency"), now);
    const auto control = data(code, "06");
    EXPECT_EQ(text(control, "agency"), now);
    EXPECT_EQ(text(control, "deciding_agency"), agency_name(moved.lead, day(7, 1, 2025)));
    // Work that was done before stands under the name of the body that did it.
    EXPECT_TRUE(text(control.at("rows").as_array().at(0).as_object(), "unit").starts_with(then));
}

}  // namespace
}  // namespace hl::dossiers::test
