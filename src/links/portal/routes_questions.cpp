// HTTP face of citizens' questions.
#include "access/query_values.h"
#include "links/connector/views.h"
#include "links/portal/fields.h"
#include "links/portal/routes_own.h"

namespace hl::links::portal {

namespace {

using access::Answer;
using access::Call;
using access::Right;
using connector::at_or_null;
using connector::text_or_null;

constexpr std::string_view reading_purpose = "trả lời câu hỏi của công dân";
constexpr size_t excerpt = 160;

Error not_connected() {
    return {ErrorKind::unavailable, "portal.not_connected",
            "Chưa nối với Cổng Dịch vụ công quốc gia. Quản trị viên khai links: portal trong tệp cấu hình.",
            "The national portal is not connected. An administrator sets links: portal."};
}

/// Rules of today; nothing when the portal is not connected or the mapping has none.
const QuestionRules* rules_of(const RouteParts& parts, store::Reader& reader, Instant now,
                              std::shared_ptr<const Profile>& keeps) {
    if (!parts.connector) return nullptr;
    auto p = parts.connector->profile(reader, now);
    if (!p.ok()) return nullptr;
    keeps = *p;
    return keeps->questions ? &*keeps->questions : nullptr;
}

/// Where the answer stands on its way.
json::value sending_of(store::Reader& reader, const Question& q) {
    if (q.answers == 0) return nullptr;
    const auto rows = connector::find_messages(reader, {"portal", {}, std::string{question_key} + q.id, 0, 1});
    // Not in the outbox yet: the follower comes in a moment.
    if (rows.empty()) return json::object{{"state", "queued"}, {"at", nullptr}, {"reason", nullptr}};
    const auto& m = rows.front();
    json::value reason;
    if (!m.reason_code.empty())
        reason = json::object{
            {"code", m.reason_code}, {"datum", text_or_null(m.reason_datum)}, {"vi", m.reason.vi}, {"en", m.reason.en}};
    return json::object{
        {"state", connector::to_string(m.state)}, {"at", at_or_null(m.accepted_at)}, {"reason", std::move(reason)}};
}

json::object line_of(const Question& q, Instant now) {
    json::value rule;
    if (!q.due_rule.empty()) rule = q.due_rule;
    const bool open = q.state < QuestionState::answered;
    return {{"id", q.id},
            {"state", to_string(q.state)},
            {"agency", text_or_null(q.agency.value)},
            {"rule", q.rule},
            {"unit", q.unit},
            {"unit_name", text_or_null(q.unit_name)},
            {"procedure", text_or_null(q.procedure)},
            {"received_at", to_rfc3339_local(q.received_at)},
            {"assigned_at", at_or_null(q.assigned_at)},
            {"assign_due", at_or_null(q.state == QuestionState::waiting ? q.assign_due : std::nullopt)},
            {"due", at_or_null(q.due)},
            {"due_rule", std::move(rule)},
            {"late", q.due && (open ? now : q.answered_at.value_or(now)) > *q.due},
            {"answers", q.answers},
            {"answered_at", at_or_null(q.answered_at)},
            {"changed", q.changed},
            {"erased_at", at_or_null(q.erased_at)},
            {"version", q.version}};
}

access::PersonalRead read_of(const Call& call, const std::string& subjects) {
    return {call.actor.label(), std::string{reading_purpose}, "portal_question",
            subjects,           call.request.request_id,      call.now};
}

/// A question whose agency the actor may answer for, or that waits and he may give out.
Result<void> may_read(const RouteParts& parts, store::Reader& reader, const Call& call, const Question& q) {
    if (gives_out(parts, reader, call)) return Nothing{};
    // Who may not see it learns no more than that there is none for him.
    if (q.agency.empty()) return access::require(call.actor, Right::reassign_dossier, AgencyId{}, call.now);
    return may_answer(call.actor, q.agency, call.now);
}

json::array can_do(const RouteParts& parts, store::Reader& reader, const Call& call, const Question& q, bool erased) {
    json::array can;
    if (erased) return can;
    const bool open = q.state < QuestionState::answered;
    const bool own = !q.agency.empty() && may_answer(call.actor, q.agency, call.now).ok();
    if (open && gives_out(parts, reader, call)) can.emplace_back("assign");
    if (open && own) can.emplace_back("give_back");
    if (own && q.state != QuestionState::answered_there && !call.actor.officer.empty())
        can.emplace_back(q.answers > 0 ? "correct" : "answer");
    if (may_erase(call.actor, call.now).ok()) can.emplace_back("erase");
    return can;
}

/// Whoever looks after the partners sees where it stands, and nothing of what was written, unless he may read it, too.
Result<Answer> shown(const RouteParts& parts, store::Reader& reader, const Call& call, const Question& q) {
    const auto may = may_read(parts, reader, call, q);
    const bool erases = may_erase(call.actor, call.now).ok();
    if (!may.ok() && !erases) return may.error();
    auto out = line_of(q, call.now);
    const auto contents = contents_of(reader, parts.vault, q);
    if (!contents.ok() && contents.error().code != "subject.erased") return contents.error();
    const bool erased = !contents.ok();
    out["can"] = can_do(parts, reader, call, q, erased);
    out["sending"] = sending_of(reader, q);
    out["erased"] = erased;
    out["answer_from"] = text_or_null(q.answer_from);
    out["hidden"] = !may.ok();
    out["erasure"] = nullptr;
    out["question"] = nullptr;
    out["answer"] = nullptr;
    out["note"] = nullptr;
    bool why_shown = false;
    if (erases) {
        TRY(const auto why, erasure_of(reader, parts.vault, q.id));
        why_shown = why.has_value();
        if (why)
            out["erasure"] = json::object{
                {"at", to_rfc3339_local(why->at)}, {"actor", why->actor}, {"reason", text_or_null(why->reason)}};
    }
    const bool opened = contents.ok() && may.ok();
    if (opened) {
        out["question"] = json::object{{"name", text_or_null(contents->name)},
                                       {"email", text_or_null(contents->email)},
                                       {"phone", text_or_null(contents->phone)},
                                       {"address", text_or_null(contents->address)},
                                       {"text", contents->text}};
        TRY(const auto answer, answer_of(reader, parts.vault, q));
        TRY(const auto note, note_of(reader, parts.vault, q));
        out["answer"] = text_or_null(answer);
        out["note"] = text_or_null(note);
    }
    Answer answer{std::move(out)};
    answer.headers = {{"Cache-Control", "no-store"}, {"ETag", fmt::format("\"{}\"", q.version)}};
    // Why somebody was erased may say who he was.
    if (opened || why_shown) answer.reads = {read_of(call, q.subject.value)};
    return answer;
}

Result<Answer> list(const RouteParts& parts, store::Reader& reader, const Call& call) {
    std::shared_ptr<const Profile> keeps;
    const auto* rules = rules_of(parts, reader, call.now, keeps);
    const bool gives_out = rules && may_assign(call.actor, *rules, call.now).ok();
    const AgencyId agency{call.request.query_value("agency").value_or("")};
    const auto state = call.request.query_value("state").value_or("open");
    if (state != "open" && state != "over" && state != "waiting")
        return Error{ErrorKind::invalid, "query.state", "state không đúng.", "state is open, waiting or over.",
                     "/query/state"};
    QuestionQuery q;
    if (state == "waiting") {
        if (!rules) return not_connected();
        TRY_VOID(may_assign(call.actor, *rules, call.now));
    } else {
        TRY_VOID(may_answer(call.actor, agency, call.now));
        q.agency = agency;
    }
    q.open = state != "over";
    q.cursor = call.request.query_value("cursor").value_or("");
    TRY(const auto limit, access::number_in_query(call, "limit", 50, 1, 200));
    q.limit = static_cast<int>(limit);
    TRY(const auto page, find_questions(reader, q));
    json::array items;
    std::string subjects;
    for (const auto& row : page.items) {
        auto line = line_of(row, call.now);
        const auto contents = contents_of(reader, parts.vault, row);
        line["excerpt"] = contents.ok() ? json::value(cut(contents->text, excerpt)) : json::value();
        if (contents.ok()) subjects += (subjects.empty() ? "" : " ") + row.subject.value;
        items.push_back(std::move(line));
    }
    // Counted is what he may see: of the others nothing is known here, which is not zero.
    const bool own = !agency.empty() && may_answer(call.actor, agency, call.now).ok();
    const auto of_agency = own ? count_questions(reader, agency, call.now) : QuestionCounts{};
    const auto of_centre = gives_out ? count_questions(reader, AgencyId{}, call.now) : QuestionCounts{};
    Answer answer{
        json::object{{"connected", rules != nullptr},
                     {"gives_out", gives_out},
                     {"counts", json::object{{"open", own ? json::value(of_agency.open) : json::value()},
                                             {"over", own ? json::value(of_agency.over) : json::value()},
                                             {"waiting", gives_out ? json::value(of_centre.open) : json::value()},
                                             {"overdue", of_agency.overdue + of_centre.overdue},
                                             {"changed", of_agency.changed}}},
                     {"items", std::move(items)},
                     {"next", text_or_null(page.next)}}};
    answer.headers = {{"Cache-Control", "no-store"}};
    if (!subjects.empty()) answer.reads = {read_of(call, subjects)};
    return answer;
}

Result<Answer> assign(const RouteParts& parts, store::Transaction& tx, const Call& call) {
    JsonReader in(call.body);
    Assignment a;
    a.agency = AgencyId{in.optional_text("agency", 100).value_or("")};
    a.note = in.optional_text("note", 4000).value_or("");
    TRY_VOID(in.finish());
    TRY(a.version, access::version_in_if_match(call));
    std::shared_ptr<const Profile> keeps;
    const auto* rules = rules_of(parts, tx, call.now, keeps);
    if (!rules) return not_connected();
    TRY(const auto q, assign_question(tx, parts.context(), call.actor, *rules, call.param("id"), a, call.now));
    // The bare line: who gave it back may see the question no more.
    return Answer{json::object{{"id", q.id}, {"state", to_string(q.state)}}};
}

Result<Answer> give_answer(const RouteParts& parts, store::Transaction& tx, const Call& call) {
    JsonReader in(call.body);
    const auto* raw = in.raw("text");
    Answering answering;
    if (raw && raw->is_string())
        answering.text = std::string{raw->get_string()};
    else
        in.fail("text", "json.text", "Hãy ghi câu trả lời.", "The answer is missing.");
    answering.from = in.optional_text("from", 64).value_or("");
    TRY_VOID(in.finish());
    if (!parts.connector) return not_connected();
    TRY(answering.version, access::version_in_if_match(call));
    TRY(const auto q, answer_question(tx, parts.context(), call.actor, call.param("id"), answering, call.now));
    return Answer{json::object{{"id", q.id}, {"state", to_string(q.state)}, {"answers", q.answers}}};
}

Result<Answer> erase(const RouteParts& parts, store::Transaction& tx, const Call& call) {
    JsonReader in(call.body);
    Erasing e;
    e.reason = in.text("reason", 2000);
    e.unsent = in.boolean("unsent", false);
    TRY_VOID(in.finish());
    TRY(e.version, access::version_in_if_match(call));
    TRY(const auto q, erase_question(tx, parts.vault, call.actor, call.param("id"), e, call.now));
    return Answer{json::object{{"id", q.id}, {"state", to_string(q.state)}}};
}

}  // namespace

bool gives_out(const RouteParts& parts, store::Reader& reader, const Call& call) {
    std::shared_ptr<const Profile> keeps;
    const auto* rules = rules_of(parts, reader, call.now, keeps);
    return rules && may_assign(call.actor, *rules, call.now).ok();
}

void add_question_routes(access::Api& api, const RouteParts& parts) {
    access::RouteOptions reading;
    reading.purpose = reading_purpose;
    api.query(
        "/api/v1/portal-questions",
        [parts](store::Reader& reader, const Call& call) { return list(parts, reader, call); }, reading);
    api.query(
        "/api/v1/portal-questions/{id}",
        [parts](store::Reader& reader, const Call& call) -> Result<Answer> {
            TRY(const auto q, load_question(reader, call.param("id")));
            return shown(parts, reader, call, q);
        },
        reading);
    api.command("POST", "/api/v1/portal-questions/{id}/assign",
                [parts](store::Transaction& tx, const Call& call) { return assign(parts, tx, call); });
    api.command("POST", "/api/v1/portal-questions/{id}/answer",
                [parts](store::Transaction& tx, const Call& call) { return give_answer(parts, tx, call); });
    api.command("POST", "/api/v1/portal-questions/{id}/erasure",
                [parts](store::Transaction& tx, const Call& call) { return erase(parts, tx, call); });
}

}  // namespace hl::links::portal
