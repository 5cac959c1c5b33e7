#include "procedures/routes.h"

#include <charconv>

#include "base/crypto.h"
#include "base/text.h"
#include "procedures/difference.h"
#include "procedures/draft_sheet.h"
#include "procedures/draw.h"
#include "procedures/form_schema.h"
#include "procedures/proposals.h"

namespace hl::procedures {

namespace {

using access::Answer;
using access::Call;

json::value text_or_null(const std::string& s) {
    return s.empty() ? json::value{} : json::value_from(s);
}
json::value time_or_null(const std::optional<LegalTime>& t) {
    return t ? json::value(to_json(*t)) : json::value{};
}
json::value instant_or_null(const std::optional<Instant>& t) {
    return t ? json::value_from(to_rfc3339_local(*t)) : json::value{};
}

json::object release_json(const Release& r) {
    return {{"release", r.id.value},
            {"procedure", r.procedure.value},
            {"number", r.number},
            {"valid_from", to_rfc3339_local(r.valid_from)},
            {"valid_to", instant_or_null(r.valid_to)},
            {"published_at", to_rfc3339(r.published_at)},
            {"published_by", r.published_by},
            {"approved_by", text_or_null(r.approved_by)},
            {"card", r.card_hash},
            {"form", r.form_hash},
            {"flow", r.flow_hash},
            {"rules", r.rules_hash}};
}

json::object summary_json(const Release& r) {
    json::array channels;
    for (const auto& c : r.card.channels)
        channels.push_back(json::object{
            {"channel", to_string(c.channel)}, {"level", text_or_null(c.level)}, {"time", time_or_null(c.time)}});
    return {{"code", r.procedure.value},
            {"release", r.id.value},
            {"name", r.card.name},
            {"name_en", text_or_null(r.card.name_en)},
            {"level", to_string(r.card.level)},
            {"sector", json::object{{"code", r.card.sector}, {"name", r.card.sector_name}}},
            {"channels", std::move(channels)}};
}

json::object finding_json(const Finding& f) {
    return {{"severity", to_string(f.severity)}, {"code", f.code}, {"place", f.place}, {"vi", f.vi}, {"en", f.en}};
}
json::object error_json(const Error& e) {
    return {{"code", e.code}, {"place", e.at}, {"vi", e.vi}, {"en", e.en}};
}

json::object decision_json(const Release& release, const Decision& d, const std::vector<Error>& problems) {
    json::array components;
    for (const auto& c : d.components)
        components.push_back(json::object{{"id", c.id},
                                          {"name", c.name},
                                          {"originals", c.originals},
                                          {"copies", c.copies},
                                          {"required", c.required},
                                          {"show_only", c.show_only},
                                          {"reuse", c.reuse}});
    json::value charges;
    json::value total;
    if (d.charges) {
        json::array list;
        int64_t sum = 0;
        bool known = true;
        for (const auto& c : *d.charges) {
            list.push_back(json::object{{"id", c.id},
                                        {"name", c.name},
                                        {"kind", text_or_null(c.kind)},
                                        {"amount", c.amount ? json::value(*c.amount) : json::value{}}});
            known = known && c.amount && !__builtin_add_overflow(sum, *c.amount, &sum);
        }
        charges = std::move(list);
        if (known) total = sum;  // one unknown amount makes the sum unknown
    }
    json::value competent;
    if (d.competent)
        competent = json::object{{"function", text_or_null(d.competent->function)},
                                 {"agency", text_or_null(d.competent->agency)}};
    json::array wrong;
    for (const auto& e : problems)
        wrong.push_back(json::object{{"pointer", e.at}, {"code", e.code}, {"vi", e.vi}, {"en", e.en}});
    return {{"release", release.id.value},      {"problems", std::move(wrong)}, {"components", std::move(components)},
            {"charges", std::move(charges)},    {"total", std::move(total)},    {"time", time_or_null(d.time)},
            {"competent", std::move(competent)}};
}

Error bad_query(std::string name, std::string vi, std::string en) {
    return {ErrorKind::invalid, "query.invalid", std::move(vi), std::move(en), "/query/" + name};
}

class Routes {
  public:
    explicit Routes(RouteContext context) : c_(std::move(context)) {}

    /// GET /api/v1/procedures?search&sector&level&cursor&limit: valid now; by words best first, else by code.
    Result<Answer> list(store::Reader&, const Call& call) const {
        const auto& q = call.request;
        size_t limit = 50;
        if (const auto v = q.query_value("limit")) {
            const auto [end, problem] = std::from_chars(v->data(), v->data() + v->size(), limit);
            if (problem != std::errc{} || end != v->data() + v->size() || limit < 1 || limit > 200)
                return bad_query("limit", "limit phải từ 1 đến 200.", "limit must be from 1 to 200");
        }
        std::optional<Level> level;
        if (const auto v = q.query_value("level")) {
            level = level_from(*v);
            if (!level)
                return bad_query("level", "level phải là commune hoặc province.", "level must be commune or province");
        }
        const auto sector = q.query_value("sector");
        const auto search = q.query_value("search").value_or("");
        if (search.size() > 300) return bad_query("search", "Từ khóa dài quá.", "the search words are too long");
        const auto catalogue = c_.catalogue();
        auto found =
            text::trim(search).empty() ? catalogue->all_valid(call.now) : catalogue->find(search, call.now, 10'000);
        std::erase_if(found, [&](const ReleasePtr& r) {
            return (level && r->card.level != *level) || (sector && r->card.sector != *sector);
        });
        // The cursor is the last code seen: it stays right when procedures are published in between.
        size_t from = 0;
        if (const auto cursor = q.query_value("cursor")) {
            const auto code = crypto::from_base64url(*cursor);
            const auto at = std::find_if(found.begin(), found.end(),
                                         [&](const ReleasePtr& r) { return code && r->procedure.value == *code; });
            if (at == found.end())
                return bad_query("cursor", "Con trỏ trang không còn đúng. Hãy tải lại từ đầu.",
                                 "the cursor is not valid any more; start again");
            from = static_cast<size_t>(at - found.begin()) + 1;
        }
        json::array items;
        const size_t to = std::min(found.size(), from + limit);
        for (size_t i = from; i < to; ++i) items.push_back(summary_json(*found[i]));
        return Answer{json::object{
            {"items", std::move(items)},
            {"next", to < found.size() ? json::value_from(crypto::to_base64url(found[to - 1]->procedure.value))
                                       : json::value{}}}};
    }

    /// GET /api/v1/procedures/{code}?release: all of one release, the valid one when none is named.
    Result<Answer> show(store::Reader&, const Call& call) const {
        TRY(auto release, wanted(call, call.request.query_value("release")));
        const Rules rules{release->clock, release->tables};
        Answer answer{json::object{{"release", release_json(*release)},
                                   {"card", to_json(release->card)},
                                   {"form", to_json(release->form)},
                                   {"flow", to_json(release->flow)},
                                   {"rules", to_json(rules)}}};
        answer.headers.push_back({"ETag", "\"" + release->id.value + "\""});
        return answer;
    }

    /// GET /api/v1/procedures/{code}/form?release: the form alone, as a schema that browsers draw and judge by.
    Result<Answer> form(const Call& call) const {
        TRY(auto release, wanted(call, call.request.query_value("release")));
        TRY(auto schema,
            form_schema_json(release->form, release->card.name, "urn:hienluong:form:" + release->id.value));
        Answer answer{std::move(schema)};
        // By content: a server that writes the same form otherwise must not be answered from an old copy.
        answer.headers.push_back(
            {"ETag", "\"" + crypto::to_hex(crypto::sha256(canonical_json(answer.value))).substr(0, 24) + "\""});
        return answer;
    }

    Result<Answer> releases(store::Reader&, const Call& call) const {
        const auto history = c_.catalogue()->history(ProcedureCode{call.param("code")});
        if (history.empty()) return unknown(call.param("code"));
        json::array items;
        for (const auto& r : history) items.push_back(release_json(*r));
        return Answer{json::object{{"items", std::move(items)}}};
    }

    Result<Answer> picture(const Call& call, bool bpmn) const {
        TRY(auto release, wanted(call, call.request.query_value("release")));
        Answer answer;
        answer.headers.push_back({"Content-Type", bpmn ? "application/xml" : "image/svg+xml"});
        answer.headers.push_back({"ETag", "\"" + release->id.value + (bpmn ? "-bpmn\"" : "-svg\"")});
        answer.bytes = bpmn ? export_bpmn(*release) : draw_svg(*release);
        return answer;
    }

    /// POST /api/v1/procedures/{code}/decide: what these answers ask for. Incomplete answers are answered too, with
    /// their problems, so that a form can show the consequences while it is filled in.
    Result<Answer> decide_for(const Call& call) const {
        JsonReader in(call.body);
        Answers answers;
        if (const auto* fields = in.raw("fields")) {
            if (fields->is_object())
                answers.fields = fields->get_object();
            else
                in.fail("fields", "json.type", "Phải là nhóm trường: giá trị.", "must be an object");
        }
        answers.channel =
            channel_from(in.one_of("channel", {"desk", "online", "post"}, "desk")).value_or(Channel::desk);
        answers.subject_kind = in.optional_text("subject_kind", 40).value_or("citizen");
        answers.place = UnitId{in.optional_text("place", 100).value_or("")};
        const auto release_id = in.optional_text("release", 100);
        TRY_VOID(in.finish());
        TRY(auto release, wanted(call, release_id));
        const auto problems = check_answers(*release, answers.fields, local_date(call.now));
        TRY(auto decision, decide(*release, answers));
        return Answer{decision_json(*release, decision, problems)};
    }

    /// POST /api/v1/procedures/check: everything that is wrong with a sheet, and what it would change.
    Result<Answer> check(store::Transaction& tx, const Call& call) const {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_procedures, call.now));
        JsonReader in(call.body);
        const auto text = verbatim(in, "text");
        const auto file = in.optional_text("file", 200).value_or("sheet.yaml");
        TRY_VOID(in.finish());
        const auto checked = check_sheet(tx, text, file, *c_.catalogue(), c_.organisation().get(), call.now);
        json::array errors;
        json::array findings;
        json::array changes;
        for (const auto& e : checked.errors) errors.push_back(error_json(e));
        for (const auto& f : checked.findings) findings.push_back(finding_json(f));
        if (checked.draft)
            for (const auto& c : describe_changes(tx, ProcedurePack{{}, {*checked.draft}}))
                changes.push_back(json::value_from(c));
        json::value differs, picture;
        if (checked.draft) {
            TRY(const auto found, difference(tx, *checked.draft));
            if (found) differs = view(*found);
            if (!checked.draft->flow.stages.empty()) picture = draw_svg(release_of(*checked.draft));
        }
        return Answer{json::object{{"publishable", checked.publishable()},
                                   {"errors", std::move(errors)},
                                   {"findings", std::move(findings)},
                                   {"changes", std::move(changes)},
                                   {"difference", std::move(differs)},
                                   {"flow_svg", std::move(picture)}}};
    }

    /// GET /api/v1/procedures/{code}/sheet: the newest release as a sheet to change, and what a sheet may name.
    Result<Answer> sheet(store::Reader& reader, const Call& call) const {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_procedures, call.now));
        const auto history = c_.catalogue()->history(ProcedureCode{call.param("code")});
        if (history.empty()) return unknown(call.param("code"));
        const auto& newest = *history.front();
        std::vector<Error> damaged;
        const auto templates = load_templates(reader, damaged);
        if (!damaged.empty()) return damaged.front();
        const auto text = published_sheet(reader, newest.id);
        auto draft = draft_of(newest, templates);
        TRY(draft.samples, samples_of(reader, newest.id));
        TRY(auto value, sheet_json(text ? *text : write_procedure(draft)));
        json::array choices;
        for (const auto& [id, t] : templates.by_id) choices.push_back(view(t));
        json::array functions;
        for (const auto& [id, name] : templates.functions.names)
            functions.push_back(json::object{{"id", id}, {"name", name}});
        return Answer{json::object{{"release", newest.id.value},
                                   {"valid_from", to_rfc3339_local(newest.valid_from)},
                                   {"as_published", text.has_value()},
                                   {"sheet", std::move(value)},
                                   {"templates", std::move(choices)},
                                   {"functions", std::move(functions)}}};
    }

    /// POST /api/v1/procedures/publish and /proposals: body {text, valid_from?}.
    Result<Answer> transition(store::Transaction& tx, const Call& call) const {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_procedures, call.now));
        JsonReader in(call.body);
        const auto from = in.id<ReleaseId>("from"), to = in.id<ReleaseId>("to");
        Basis basis;
        basis.act = in.text("act", 300);
        basis.article = in.optional_text("article", 300).value_or("");
        const auto applies_from = in.optional_instant("applies_from");
        TRY_VOID(in.finish());
        TRY(const auto t,
            add_transition(tx, from, to, basis, applies_from.value_or(call.now), call.actor.label(), call.now));
        return Answer{json::object{{"id", t.id},
                                   {"from", t.from.value},
                                   {"to", t.to.value},
                                   {"act", t.act},
                                   {"article", text_or_null(t.article)},
                                   {"applies_from", to_rfc3339_local(t.applies_from)},
                                   {"decided_by", t.decided_by},
                                   {"decided_at", to_rfc3339_local(t.decided_at)}},
                      201};
    }
    Result<Answer> publish_sheet(store::Transaction& tx, const Call& call, bool only_propose) const {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_procedures, call.now));
        if (c_.four_eyes && !only_propose)
            return Error{ErrorKind::conflict, "procedure.approver_missing",
                         "Phải có người thứ hai duyệt: hãy gửi đề nghị công bố, người khác sẽ công bố.",
                         "a second person must publish: send it as a proposal"};
        JsonReader in(call.body);
        const auto text = verbatim(in, "text");
        const auto valid_from = in.optional_instant("valid_from");
        TRY_VOID(in.finish());
        const auto checked = check_sheet(tx, text, "sheet.yaml", *c_.catalogue(), c_.organisation().get(), call.now);
        if (!checked.publishable()) return refusal(checked);
        const auto& draft = *checked.draft;
        if (!valid_from && !draft.valid_from)
            return Error{ErrorKind::invalid, "procedure.validity", "Thiếu ngày có hiệu lực.",
                         "the start of validity is missing"};
        const auto from = valid_from ? *valid_from : at_local(*draft.valid_from, 0);
        if (only_propose)
            return Answer{proposal_json(propose(tx, draft, text, from, call.actor.label(), call.now)), 201};
        TRY(auto id, publish(tx, draft, {call.actor.label()}, from, call.now));
        return published(tx, id);
    }

    Result<Answer> proposals(store::Reader& reader, const Call& call) const {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_procedures, call.now));
        json::array items;
        for (const auto& p : open_proposals(reader)) items.push_back(proposal_json(p));
        return Answer{json::object{{"items", std::move(items)}}};
    }

    /// POST /api/v1/procedures/proposals/{id}/publish: by another person than the one who proposed it.
    Result<Answer> approve(store::Transaction& tx, const Call& call) const {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_procedures, call.now));
        const auto proposal = find_proposal(tx, call.param("id"));
        if (!proposal)
            return Error{ErrorKind::not_found, "procedure.proposal_unknown", "Không có đề nghị này.",
                         "no such proposal"};
        // Judged again: the organisation or the catalogue may have changed since.
        const auto checked =
            check_sheet(tx, proposal->text, "sheet.yaml", *c_.catalogue(), c_.organisation().get(), call.now);
        if (!checked.publishable()) return refusal(checked);
        TRY(auto id, publish_proposal(tx, *proposal, *checked.draft, call.actor.label(), call.now));
        return published(tx, id);
    }

    /// POST /api/v1/procedures/proposals/{id}/withdraw: by who proposed it, or another administrator who turns it down.
    Result<Answer> withdraw(store::Transaction& tx, const Call& call) const {
        TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_procedures, call.now));
        JsonReader in(call.body);
        const auto reason = in.text("reason", 500);
        TRY_VOID(in.finish());
        TRY_VOID(withdraw_proposal(tx, call.param("id"), call.actor.label(), reason, call.now));
        return Answer{{}, 204};
    }

  private:
    static Error unknown(const std::string& code) {
        return {ErrorKind::not_found, "procedure.unknown", "Không có thủ tục mã " + code + ".", "no procedure " + code};
    }
    Result<ReleasePtr> wanted(const Call& call, const std::optional<std::string>& release_id) const {
        const auto catalogue = c_.catalogue();
        const ProcedureCode code{call.param("code")};
        if (!release_id) return catalogue->valid(code, call.now);
        TRY(auto release, catalogue->release(ReleaseId{*release_id}));
        if (release->procedure != code) return unknown(code.value);
        return release;
    }
    static json::object proposal_json(const Proposal& p) {
        return {{"id", p.id},
                {"procedure", p.procedure},
                {"name", p.name},
                {"text", p.text},
                {"valid_from", to_rfc3339_local(p.valid_from)},
                {"proposed_by", p.proposed_by},
                {"proposed_at", to_rfc3339(p.proposed_at)},
                {"state", p.state}};
    }
    Result<Answer> published(store::Transaction& tx, const ReleaseId& id) const {
        if (c_.changed) tx.after_commit(c_.changed);
        return Answer{json::object{{"release", id.value}}, 201};
    }

    RouteContext c_;
};

}  // namespace

void add_routes(access::Api& api, RouteContext context) {
    const auto routes = std::make_shared<const Routes>(std::move(context));
    access::RouteOptions open;
    open.who = access::Who::anyone;
    access::RouteOptions sheets;
    sheets.max_body = 3u << 20;
    api.query(
        "/api/v1/procedures", [routes](store::Reader& r, const Call& c) { return routes->list(r, c); }, open);
    api.query("/api/v1/procedures/proposals",
              [routes](store::Reader& r, const Call& c) { return routes->proposals(r, c); });
    api.query(
        "/api/v1/procedures/{code}", [routes](store::Reader& r, const Call& c) { return routes->show(r, c); }, open);
    api.query(
        "/api/v1/procedures/{code}/releases",
        [routes](store::Reader& r, const Call& c) { return routes->releases(r, c); }, open);
    api.query("/api/v1/procedures/{code}/sheet",
              [routes](store::Reader& r, const Call& c) { return routes->sheet(r, c); });
    api.query(
        "/api/v1/procedures/{code}/form", [routes](store::Reader&, const Call& c) { return routes->form(c); }, open);
    api.query(
        "/api/v1/procedures/{code}/flow.svg",
        [routes](store::Reader&, const Call& c) { return routes->picture(c, false); }, open);
    api.query(
        "/api/v1/procedures/{code}/flow.bpmn",
        [routes](store::Reader&, const Call& c) { return routes->picture(c, true); }, open);
    api.command(
        "POST", "/api/v1/procedures/{code}/decide",
        [routes](store::Transaction&, const Call& c) { return routes->decide_for(c); }, open);
    api.command(
        "POST", "/api/v1/procedures/check",
        [routes](store::Transaction& tx, const Call& c) { return routes->check(tx, c); }, sheets);
    api.command(
        "POST", "/api/v1/procedures/publish",
        [routes](store::Transaction& tx, const Call& c) { return routes->publish_sheet(tx, c, false); }, sheets);
    api.command("POST", "/api/v1/procedures/transitions",
                [routes](store::Transaction& tx, const Call& c) { return routes->transition(tx, c); });
    api.command(
        "POST", "/api/v1/procedures/proposals",
        [routes](store::Transaction& tx, const Call& c) { return routes->publish_sheet(tx, c, true); }, sheets);
    api.command("POST", "/api/v1/procedures/proposals/{id}/withdraw",
                [routes](store::Transaction& tx, const Call& c) { return routes->withdraw(tx, c); });
    api.command("POST", "/api/v1/procedures/proposals/{id}/publish",
                [routes](store::Transaction& tx, const Call& c) { return routes->approve(tx, c); });
}

}  // namespace hl::procedures
