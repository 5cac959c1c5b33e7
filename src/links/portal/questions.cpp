// Rows of questions, and what the portal lists taken in.
#include "links/portal/questions.h"

#include "links/portal/questions_own.h"

namespace hl::links::portal {

using own::question_from;

namespace {

constexpr std::string_view select_one = "SELECT " HL_QUESTION_COLUMNS " FROM portal_question WHERE id = ?";
constexpr std::string_view lock_one = "SELECT " HL_QUESTION_COLUMNS " FROM portal_question WHERE id = ? FOR UPDATE";
constexpr std::string_view insert_question =
    "INSERT INTO portal_question (id, subject, content, print, unit, unit_name, sector, procedure, agency, rule, "
    "state, received_at, assigned_at, assign_due, due, due_rule, answers, answered_by, changed, version) VALUES (?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', 0, 1) ON CONFLICT (id) DO NOTHING";
constexpr std::string_view update_question =
    "UPDATE portal_question SET agency = ?, rule = ?, state = ?, assigned_at = ?, answers = ?, answered_at = ?, "
    "answered_by = ?, changed = ?, answer_from = ?, version = ? WHERE id = ?";
constexpr std::string_view put_content = "UPDATE portal_question SET content = ?, print = ? WHERE id = ?";

std::string content_text(const AskedThere& a) {
    return canonical_json(json::object{
        {"name", a.name}, {"email", a.email}, {"phone", a.phone}, {"address", a.address}, {"text", a.text}});
}

struct Given {
    AgencyId agency;
    std::string rule;
};
/// By the mapping, else by the directory's own codes where the mapping lets them count, else it waits and says why.
Given agency_for(const QuestionRules& rules, const directory::Directory& directory, const std::string& unit, Date day) {
    const auto live = [&](const AgencyId& id) -> AgencyId {
        const auto* agency = directory.agency(id);
        if (!agency) return {};
        if (agency->at(day)) return id;
        const auto* last = agency->versions.empty() ? nullptr : &agency->versions.back();
        if (!last) return {};
        const auto holder = directory.holder(id, "", last->area, day);
        return holder.ok() ? *holder : AgencyId{};
    };
    if (const auto it = rules.units.find(unit); it != rules.units.end()) {
        const auto id = live(AgencyId{it->second});
        return id.empty() ? Given{{}, "no_unit_live"} : Given{id, "mapping"};
    }
    if (rules.by_agency_code && !unit.empty())
        if (const auto* agency = directory.agency_by_code(unit, day)) {
            const auto id = live(agency->id);
            if (!id.empty()) return {id, "agency_code"};
        }
    return {{}, "unit_unknown"};
}

std::optional<Instant> due_by(const dossiers::Context& ctx, const QuestionRules::Deadline* rule, const AgencyId& agency,
                              Instant from) {
    if (!rule) return std::nullopt;
    return ctx.calendars->for_agency(agency)->end_of_workday(local_date(from), rule->working_days).at;
}

Result<std::string> sealed_column(store::Reader& reader, store::Vault& vault, const Question& q, std::string_view sql,
                                  std::string_view column) {
    if (q.erased_at) return Error{ErrorKind::not_found, "subject.erased", own::erased().vi, own::erased().en};
    const auto sealed =
        reader.first(sql, {q.id}, [](const store::Row& r) { return r.is_null(0) ? std::string{} : r.string(0); });
    if (!sealed || sealed->empty()) return std::string{};
    return vault.unseal(reader, q.subject, column, *sealed);
}

}  // namespace

std::string_view to_string(QuestionState state) {
    switch (state) {
        case QuestionState::waiting:
            return "waiting";
        case QuestionState::assigned:
            return "assigned";
        case QuestionState::answered:
            return "answered";
        case QuestionState::answered_there:
            return "answered_there";
        case QuestionState::erased:
            break;
    }
    return "erased";
}

std::optional<QuestionState> question_state_from(std::string_view word) {
    for (const auto state : {QuestionState::waiting, QuestionState::assigned, QuestionState::answered,
                             QuestionState::answered_there, QuestionState::erased})
        if (to_string(state) == word) return state;
    return std::nullopt;
}

std::string stream_of_question(std::string_view id) {
    return "portal_question:" + std::string{id};
}

namespace own {

Question question_from(const store::Row& r) {
    Question q;
    q.number = r.integer(0);
    q.id = r.string(1);
    q.subject = SubjectId{r.text(2)};
    q.print = r.string(3);
    q.unit = r.string(4);
    q.unit_name = r.string(5);
    q.sector = r.string(6);
    q.procedure = r.string(7);
    q.agency = AgencyId{r.text(8)};
    q.rule = r.string(9);
    q.state = static_cast<QuestionState>(r.integer(10));
    q.received_at = r.instant(11);
    q.assigned_at = r.optional_instant(12);
    q.assign_due = r.optional_instant(13);
    q.due = r.optional_instant(14);
    if (const auto rule = parse_json(r.text(15)); rule.ok() && rule->is_object()) q.due_rule = rule->get_object();
    q.answers = static_cast<int>(r.integer(16));
    q.answered_at = r.optional_instant(17);
    q.answered_by = OfficerId{r.text(18)};
    q.changed = r.integer(19) != 0;
    q.version = r.integer(20);
    q.erased_at = r.optional_instant(21);
    q.answer_from = r.string(22);
    return q;
}

Result<Question> lock(store::Transaction& tx, std::string_view id) {
    auto q = tx.first(lock_one, {id}, question_from);
    if (q) return std::move(*q);
    return unknown();
}

void save(store::Transaction& tx, Question& q) {
    ++q.version;
    tx.execute(update_question, {q.agency, q.rule, static_cast<int>(q.state), q.assigned_at, q.answers, q.answered_at,
                                 q.answered_by, q.changed ? 1 : 0, q.answer_from, q.version, q.id});
}

Error unknown() {
    return {ErrorKind::not_found, "question.unknown", "Không có câu hỏi này.", "There is no such question."};
}

Error erased() {
    return {ErrorKind::conflict, "question.erased",
            "Dữ liệu của câu hỏi này đã được xóa theo yêu cầu, không khôi phục được.",
            "What this question held was erased at request; it cannot be brought back."};
}

}  // namespace own

Result<Question> load_question(store::Reader& reader, std::string_view id) {
    auto q = reader.first(select_one, {id}, question_from);
    if (q) return std::move(*q);
    return own::unknown();
}

Result<Contents> contents_of(store::Reader& reader, store::Vault& vault, const Question& q) {
    TRY(const auto plain,
        sealed_column(reader, vault, q, "SELECT content FROM portal_question WHERE id = ?", own::content_column));
    TRY(const auto value, parse_json(plain));
    const auto text = [&](const char* name) {
        const auto* v = value.is_object() ? value.get_object().if_contains(name) : nullptr;
        return v && v->is_string() ? std::string{v->get_string()} : std::string{};
    };
    return Contents{text("name"), text("email"), text("phone"), text("address"), text("text")};
}

Result<std::string> answer_of(store::Reader& reader, store::Vault& vault, const Question& q) {
    return sealed_column(reader, vault, q, "SELECT answer FROM portal_question WHERE id = ?", own::answer_column);
}

Result<std::string> note_of(store::Reader& reader, store::Vault& vault, const Question& q) {
    return sealed_column(reader, vault, q, "SELECT note FROM portal_question WHERE id = ?", own::note_column);
}

namespace {

Result<Taken> take_fresh(store::Transaction& tx, const dossiers::Context& ctx, const QuestionRules& rules,
                         const AskedThere& asked, Instant now) {
    const Date day = local_date(now);
    const auto given = agency_for(rules, *ctx.directory, asked.unit, day);
    const auto subject = ctx.vault->create_subject(tx, now);
    const auto plain = content_text(asked);
    TRY(const auto sealed, ctx.vault->seal(tx, subject, own::content_column, plain));
    const auto print = ctx.vault->blind(own::content_column, plain);
    const bool waits = given.agency.empty();
    const auto* answer = rules.deadline("answer", day);
    const auto due = due_by(ctx, answer, waits ? rules.centre : given.agency, now);
    const auto assign_due = waits ? due_by(ctx, rules.deadline("assign", day), rules.centre, now) : std::nullopt;
    const auto due_rule =
        answer ? json::serialize(json::object{
                     {"working_days", answer->working_days}, {"basis", answer->basis}, {"verified", answer->verified}})
               : std::string{"{}"};
    const auto state = static_cast<int>(waits ? QuestionState::waiting : QuestionState::assigned);
    const auto assigned_at = waits ? std::optional<Instant>{} : std::optional{now};
    if (tx.execute(insert_question, {asked.id, subject, store::Blob{sealed}, print, asked.unit, asked.unit_name,
                                     asked.sector, asked.procedure, given.agency, given.rule, state, now, assigned_at,
                                     assign_due, due, due_rule}) != 1)
        tx.run_again();  // two runs at once: the other one has it
    tx.append({"portal.question_received", 1, stream_of_question(asked.id), "system:links.portal", now,
               json::object{{"question", asked.id},
                            {"unit", asked.unit},
                            {"procedure", asked.procedure},
                            {"agency", waits ? json::value() : json::value(given.agency.value)},
                            {"rule", given.rule},
                            {"due", due ? json::value(to_rfc3339(*due)) : json::value()}}});
    return Taken::fresh;
}

}  // namespace

Result<Taken> take_question(store::Transaction& tx, const dossiers::Context& ctx, const QuestionRules& rules,
                            const AskedThere& asked, Instant now) {
    auto known = tx.first(lock_one, {asked.id}, question_from);
    if (!known) {
        // Somebody has answered it before we heard of it: nobody here owes anything.
        if (asked.answered) return Taken::nothing;
        return take_fresh(tx, ctx, rules, asked, now);
    }
    auto& q = *known;
    // Erased here: what the portal still lists does not bring him back.
    if (q.erased_at) return Taken::known;
    if (asked.answered && q.state < QuestionState::answered) {
        q.state = QuestionState::answered_there;
        own::save(tx, q);
        tx.append({"portal.question_answered_there", 1, stream_of_question(q.id), "system:links.portal", now,
                   json::object{{"question", q.id}}});
        return Taken::answered_there;
    }
    const auto plain = content_text(asked);
    const auto print = ctx.vault->blind(own::content_column, plain);
    if (print == q.print) return Taken::known;
    const auto sealed = ctx.vault->seal(tx, q.subject, own::content_column, plain);
    // His key may have gone otherwise than by the command on questions.
    if (!sealed.ok()) return sealed.error().code == "subject.erased" ? Result<Taken>{Taken::known} : sealed.error();
    tx.execute(put_content, {store::Blob{*sealed}, print, q.id});
    q.print = print;
    q.changed = q.answers > 0;
    own::save(tx, q);
    tx.append({"portal.question_changed", 1, stream_of_question(q.id), "system:links.portal", now,
               json::object{{"question", q.id}, {"answered", q.answers > 0}}});
    return Taken::changed;
}

}  // namespace hl::links::portal
