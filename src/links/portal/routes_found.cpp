// HTTP face of finding an earlier answer: never who asked, nor what he wrote.
#include "access/query_values.h"
#include "base/text.h"
#include "links/connector/views.h"
#include "links/portal/questions_found.h"
#include "links/portal/routes_own.h"

namespace hl::links::portal {

namespace {

using access::Answer;
using access::Call;
using connector::at_or_null;
using connector::text_or_null;

constexpr std::string_view purpose = "tìm câu trả lời đã có để dùng lại";

Result<std::optional<Date>> day_in_query(const Call& call, std::string_view name) {
    const auto text = call.request.query_value(name).value_or("");
    if (text.empty()) return std::optional<Date>{};
    const auto day = parse_date(text);
    if (day.ok()) return std::optional{*day};
    return Error{ErrorKind::invalid, "query.date", "Ngày ghi như 2026-11-29.", "A day is written like 2026-11-29.",
                 fmt::format("/query/{}", name)};
}

Result<FoundQuery> query_of(const RouteParts& parts, store::Reader& reader, const Call& call) {
    FoundQuery q;
    const auto value = [&](std::string_view name) { return std::string{call.request.query_value(name).value_or("")}; };
    // The centre may look at every agency's; others at their own.
    const AgencyId agency{value("agency")};
    const bool all = gives_out(parts, reader, call);
    if (agency.empty() && !all) TRY_VOID(may_answer(call.actor, agency, call.now));
    if (!agency.empty()) {
        if (!all) TRY_VOID(may_answer(call.actor, agency, call.now));
        q.agency = agency;
    }
    q.words = value("words");
    if (text::length(q.words) > 200)
        return Error{ErrorKind::invalid, "query.words", "Từ cần tìm dài quá 200 ký tự.",
                     "The words to look for are longer than 200 characters.", "/query/words"};
    q.procedure = value("procedure");
    const auto state = value("state");
    q.state = question_state_from(state.empty() ? "answered" : state);
    if (!q.state && state != "any")
        return Error{ErrorKind::invalid, "query.state", "state không đúng.",
                     "state is answered, answered_there, assigned, waiting or any.", "/query/state"};
    TRY(q.from, day_in_query(call, "from"));
    TRY(q.to, day_in_query(call, "to"));
    q.except = value("except");
    q.cursor = value("cursor");
    TRY(const auto limit, access::number_in_query(call, "limit", 10, 1, 50));
    q.limit = static_cast<int>(limit);
    return q;
}

Result<Answer> found(const RouteParts& parts, store::Reader& reader, const Call& call) {
    TRY(const auto query, query_of(parts, reader, call));
    TRY(const auto page, look_for_questions(reader, parts.vault, query));
    json::array items;
    std::string subjects;
    for (const auto& q : page.items) {
        const auto answer = answer_of(reader, parts.vault, q);
        if (!answer.ok() && answer.error().code != "subject.erased") return answer.error();
        const bool told = answer.ok() && !answer->empty();
        if (told) subjects += (subjects.empty() ? "" : " ") + q.subject.value;
        items.push_back({{"id", q.id},
                         {"state", to_string(q.state)},
                         {"agency", text_or_null(q.agency.value)},
                         {"procedure", text_or_null(q.procedure)},
                         {"received_at", to_rfc3339_local(q.received_at)},
                         {"answered_at", at_or_null(q.answered_at)},
                         {"answer", told ? json::value(*answer) : json::value()},
                         {"from", text_or_null(q.answer_from)}});
    }
    Answer out{json::object{{"items", std::move(items)}, {"next", text_or_null(page.next)}}};
    out.headers = {{"Cache-Control", "no-store"}};
    // An answer is sealed with its question: reading it is a reading of his data.
    if (!subjects.empty())
        out.reads = {
            {call.actor.label(), std::string{purpose}, "portal_question", subjects, call.request.request_id, call.now}};
    return out;
}

}  // namespace

void add_found_routes(access::Api& api, const RouteParts& parts) {
    access::RouteOptions reading;
    reading.purpose = purpose;
    api.query(
        "/api/v1/portal-answers",
        [parts](store::Reader& reader, const Call& call) { return found(parts, reader, call); }, reading);
}

}  // namespace hl::links::portal
