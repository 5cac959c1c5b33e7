// A clerk asks the national store for a person's papers: for one in front of him by number and procedure, or for the
// applicant of a dossier. What he takes of it he says himself, in the command that receives or completes the dossier.
#include "dossiers/known.h"
#include "dossiers/own.h"
#include "dossiers/queries.h"
#include "links/connector/commands.h"
#include "links/connector/journal.h"
#include "links/connector/views.h"
#include "links/portal/papers.h"
#include "links/portal/routes_own.h"

namespace hl::links::portal {

namespace {

using access::Answer;
using access::Call;
using access::Right;
using connector::text_or_null;

constexpr std::string_view purpose = "dùng lại giấy tờ đã có trong kho dữ liệu quốc gia khi tiếp nhận hồ sơ";

struct Asked {
    ResultsQuestion question;
    SubjectId subject;  // whose key seals the exchange; empty: nobody known here
};

/// For the applicant of a dossier: his number does not leave the server for that.
Result<Asked> of_dossier(const RouteParts& parts, store::Reader& reader, const Call& call, const std::string& code) {
    const auto ctx = parts.context();
    TRY(const auto d, dossiers::find_dossier(reader, call.actor, code, call.now));
    TRY_VOID(may_take_papers(call.actor, d, call.now));
    TRY(const auto person, dossiers::person_of(reader, ctx, d));
    if (person.applicant.id_kind != "personal_id")
        return Error{ErrorKind::conflict, "results.number",
                     "Người nộp không có số định danh cá nhân trong hồ sơ nên không tra kho quốc gia được.",
                     "The applicant has no personal number in the dossier: the national store cannot be asked."};
    Asked out;
    out.question.owner = person.applicant.id_number;
    out.question.name = person.applicant.name;
    out.question.procedure = d.procedure;
    out.question.channel = d.channel;
    out.subject = d.subject;
    return out;
}

Result<Asked> typed(const RouteParts& parts, store::Reader& reader, const Call& call, JsonReader& in) {
    const auto ctx = parts.context();
    Asked out;
    auto& q = out.question;
    q.owner = in.text("owner", 20);
    q.name = in.text("name", 800);
    q.requester = in.optional_text("requester", 20).value_or("");
    q.procedure = in.id<ProcedureCode>("procedure");
    for (const auto& [value, at] : in.array("results", 50)) {
        JsonReader r(*value, at);
        q.kinds.push_back({r.text("code", 100), r.optional_text("number", 200).value_or("")});
        in.absorb(std::move(r));
    }
    TRY_VOID(in.finish());
    if (!access::require_anywhere(call.actor, Right::handle_dossier, call.now).ok())
        TRY_VOID(access::require_anywhere(call.actor, Right::receive_dossier, call.now));
    // For a procedure of ours that is in force, and for nothing else.
    TRY_VOID(ctx.catalogue->valid(q.procedure, call.now));
    if (q.owner.size() == 12) {
        const auto known = dossiers::known_person(reader, ctx, access::Actor::system("links.portal", ctx.directory),
                                                  q.owner, call.now);
        if (known.ok() && *known) out.subject = (*known)->from.subject;
    }
    return out;
}

json::object view(const StoredResults& found) {
    json::array items;
    for (const auto& r : found.items) {
        json::array files;
        for (const auto& f : r.files) files.push_back(text_or_null(f));
        items.push_back({{"code", text_or_null(r.code)},
                         {"name", text_or_null(r.name)},
                         {"number", text_or_null(r.number)},
                         {"agency", text_or_null(r.agency)},
                         {"files", std::move(files)}});
    }
    return {
        {"items", std::move(items)}, {"unreadable", found.unreadable}, {"asked_at", to_rfc3339_local(found.asked_at)}};
}

Result<Answer> ask(const RouteParts& parts, const Call& call) {
    if (!parts.connector)
        return Error{ErrorKind::unavailable, "portal.not_connected",
                     "Chưa nối với Cổng Dịch vụ công quốc gia nên không tra kho giấy tờ được.",
                     "The national portal is not connected: its store of papers cannot be asked."};
    JsonReader in(call.body);
    const auto code = in.optional_text("dossier", 80).value_or("");
    TRY(const auto asked, parts.store.read([&](store::Reader& reader) -> Result<Asked> {
        if (const auto resting = connector::paused(reader, "portal"))
            return Error{ErrorKind::unavailable, "portal.paused",
                         "Kết nối với Cổng đang tạm dừng. Nhận giấy tờ như thường lệ.",
                         "The connection to the portal is paused. Take the papers as usual."};
        if (code.empty()) return typed(parts, reader, call, in);
        TRY_VOID(in.finish());
        return of_dossier(parts, reader, call, code);
    }));
    TRY(const auto p, parts.connector->profile(call.now));
    // What cannot be asked is refused before anything is logged as read.
    TRY_VOID(results_body(asked.question, *p));
    // The question itself tells the portal of somebody: logged before it goes out.
    const auto about =
        asked.subject.empty() ? "số " + parts.vault.blind("id_number", asked.question.owner) : asked.subject.value;
    TRY_VOID(parts.store.write([&](store::Transaction& tx) -> Result<void> {
        access::log_read(tx, {call.actor.label(), std::string{purpose}, "national_results", about,
                              call.request.request_id, call.now});
        return Nothing{};
    }));
    auto line = parts.line();
    const auto found = parts.connector->find_results(line, asked.question);
    const auto exchanges = line.take();
    TRY_VOID(parts.store.write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& e : exchanges)
            TRY_VOID(connector::write_journal(
                tx, parts.vault, "portal",
                {code, 0, asked.subject, found.ok() ? "accepted" : "again", found.ok() ? "" : found.error().code, e}));
        return Nothing{};
    }));
    if (!found.ok()) return found.error();
    Answer answer{view(*found)};
    answer.headers = {{"Cache-Control", "no-store"}};
    return answer;
}

Result<Answer> take(const RouteParts& parts, store::Transaction& tx, const Call& call) {
    JsonReader in(call.body);
    const auto code = in.text("dossier", 80);
    TakenPapers papers;
    for (const auto& [value, at] : in.array("papers", 50)) {
        JsonReader r(*value, at);
        const auto component = r.text("component", 100);
        papers[component] = r.text("code", 100);
        in.absorb(std::move(r));
    }
    TRY_VOID(in.finish());
    TRY(const auto taken, take_papers(tx, parts.context(), call.actor, code, papers, call.now));
    json::array out;
    for (const auto& [component, result] : taken) out.push_back({{"component", component}, {"code", result}});
    return Answer{json::object{{"dossier", code}, {"papers", std::move(out)}}};
}

}  // namespace

void add_result_routes(access::Api& api, const RouteParts& parts) {
    access::RouteOptions options;
    options.purpose = purpose;
    // The number is in the body: addresses end up in logs.
    api.raw(
        "POST", "/api/v1/national-results", [parts](const Call& call) { return ask(parts, call); }, options);
    api.command("POST", "/api/v1/national-results/taken",
                [parts](store::Transaction& tx, const Call& call) { return take(parts, tx, call); });
}

}  // namespace hl::links::portal
