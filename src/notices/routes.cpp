#include "notices/routes.h"

#include <algorithm>

#include "notices/bounce.h"

namespace hl::notices {

namespace {

using access::Answer;
using access::Call;

json::object validity(const Date& from, const std::optional<Date>& to) {
    return {{"from", to_iso(from)}, {"to", to ? json::value(to_iso(*to)) : json::value()}};
}

json::object view(const Texts& t) {
    return {{"subject", t.subject}, {"mail", t.mail}, {"brief", t.brief}};
}

json::array words_of(const std::vector<Way>& ways) {
    json::array out;
    for (const auto way : ways) out.push_back(json::string(to_string(way)));
    return out;
}

std::string clock_of(int minutes) {
    return fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
}

Result<Answer> all_texts(store::Reader& reader, Books& books, const Call& call) {
    TRY_VOID(access::require(call.actor, access::Right::manage_links, {}, call.now));
    TRY(const auto book, books.present(reader));
    const auto today = local_date(call.now);
    json::array kinds;
    for (const auto& row : kind_table()) {
        json::object kind{{"kind", row.kind}, {"vi", row.vi}, {"en", row.en}, {"text", nullptr}};
        if (const auto* t = book->find(row.kind, today))
            kind["text"] = json::object{
                {"file", t->file}, {"valid", validity(t->from, t->to)}, {"vi", view(t->vi)}, {"en", view(t->en)}};
        kinds.push_back(std::move(kind));
    }
    json::value rules;
    if (const auto* r = book->rules_at(today))
        rules = json::object{{"id", r->id},
                             {"valid", validity(r->from, r->to)},
                             {"quiet_from", clock_of(r->quiet_from)},
                             {"quiet_to", clock_of(r->quiet_to)},
                             {"quiet_ways", words_of(r->quiet_ways)},
                             {"order", words_of(r->order)},
                             {"stale_hours", r->stale_hours},
                             {"overdue_days", r->overdue_days},
                             {"brief_longest", r->brief_longest}};
    json::array gateways;
    for (const auto& g : book->gateways) {
        json::array unverified;
        for (const auto& u : g.unverified) unverified.push_back(json::string(u));
        gateways.push_back({{"way", to_string(g.way)},
                            {"file", g.file},
                            {"valid", validity(g.from, g.to)},
                            {"unverified", std::move(unverified)}});
    }
    return Answer{json::object{{"hash", book->hash}, {"kinds", kinds}, {"rules", rules}, {"gateways", gateways}}};
}

/// With made-up values: no dossier and no person is looked at.
Result<Answer> preview(store::Reader& reader, Books& books, const Call& call) {
    TRY_VOID(access::require(call.actor, access::Right::manage_links, {}, call.now));
    TRY(const auto book, books.present(reader));
    const auto kind = call.request.query_value("kind").value_or("");
    const auto language = call.request.query_value("language") == "en" ? std::string{"en"} : std::string{"vi"};
    Date on = local_date(call.now);
    if (const auto typed = call.request.query_value("on").value_or(""); !typed.empty()) {
        TRY(on, parse_date(typed));
    }
    const auto* texts = book->find(kind, on);
    const auto* rules = book->rules_at(on);
    if (!texts || !rules)
        return Error{ErrorKind::not_found, "notices.no_text", "Ngày ấy không có mẫu tin cho loại này.",
                     "There is no text of this kind on that day.", "kind"};
    const bool vi = language == "vi";
    const std::string link = "https://mot-cua.example/tra-cuu?ma=H50.00.00-000000-0000";
    const Values values = {{"code", "H50.00.00-000000-0000"},
                           {"procedure", vi ? "(tên thủ tục)" : "(name of the procedure)"},
                           {"agency", vi ? "(tên cơ quan)" : "(name of the agency)"},
                           {"due", to_vietnamese(at_local(add_days(on, 5), 17))},
                           {"old_due", to_vietnamese(at_local(add_days(on, 2), 17))},
                           {"link", link}};
    const auto said = say(vi ? texts->vi : texts->en, *rules, values);
    auto mail = mail_of(said, language, link, "https://mot-cua.example/thoi-nhan-tin");
    return Answer{json::object{{"kind", kind},
                               {"language", language},
                               {"subject", said.subject},
                               {"text", said.mail},
                               {"html", html_of(mail)},
                               {"brief", said.brief},
                               {"brief_length", static_cast<int64_t>(said.brief.size())}}};
}

Result<SubjectId> own_subject(const Call& call) {
    if (call.actor.subject.empty())
        return Error{ErrorKind::denied, "notices.not_citizen",
                     "Chỉ người dân đăng nhập mới chọn cách nhận tin của mình.",
                     "Only a person who is signed in for himself chooses how he is told."};
    return call.actor.subject;
}

json::object view(const Choice& c) {
    return {{"way", c.none  ? "none"
                    : c.way ? std::string{to_string(*c.way)}
                            : std::string{}},
            {"language", c.language},
            {"source", c.source},
            {"changed_at", c.changed_at ? json::value(to_rfc3339(*c.changed_at)) : json::value()}};
}

Result<Answer> put_own(store::Transaction& tx, const Call& call) {
    TRY(const auto subject, own_subject(call));
    JsonReader body(call.body);
    const auto way = body.one_of("way", {"", "mail", "sms", "zalo", "none"}, "");
    const auto language = body.one_of("language", {"vi", "en"}, "vi");
    TRY_VOID(body.finish());
    TRY_VOID(choose(tx, subject, way, language, "self", call.actor.label(), call.now));
    return Answer{view(choice_of(tx, subject))};
}

Answer page(std::string_view title, std::string_view body) {
    Answer out;
    out.bytes = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" "
        "content=\"noindex\"><title>{0}</title></head>\n<body><main><h1>{0}</h1>\n{1}</main></body></html>\n",
        title, body);
    out.headers = {{"Content-Type", "text/html; charset=utf-8"},
                   {"Cache-Control", "no-store"},
                   {"Referrer-Policy", "no-referrer"}};
    return out;
}

Result<Answer> ask_to_sign_out(const store::Vault& vault, const Call& call) {
    const auto token = call.request.query_value("token").value_or("");
    TRY_VOID([&]() -> Result<void> {
        TRY(const auto subject, subject_of_token(vault, token));
        (void)subject;
        return Nothing{};
    }());
    // Only asking: programs that look at links in mails must not sign people out.
    return page("Thôi nhận tin",
                fmt::format("<p>Bạn sẽ không nhận tin về hồ sơ của mình nữa. Tra cứu hồ sơ vẫn dùng được.</p>\n"
                            "<p lang=\"en\">You will get no more messages about your dossiers. Looking them up still "
                            "works.</p>\n<form method=\"post\" action=\"/api/v1/notices/unsubscribe?token={}\">"
                            "<button type=\"submit\">Thôi nhận tin <span lang=\"en\">(Stop messages)</span></button>"
                            "</form>\n",
                            token));
}

Result<Answer> sign_out(store::Transaction& tx, const store::Vault& vault, const Call& call) {
    TRY(const auto subject, subject_of_token(vault, call.request.query_value("token").value_or("")));
    const auto before = choice_of(tx, subject);
    if (!before.none) TRY_VOID(choose(tx, subject, "none", before.language, "link", "anonymous", call.now));
    return page("Đã thôi nhận tin",
                "<p>Bạn sẽ không nhận tin nữa. Muốn nhận lại, hãy đăng nhập Cổng và chọn cách nhận tin.</p>\n"
                "<p lang=\"en\">You will get no more messages. To have them again, sign in at the portal and choose "
                "how.</p>\n");
}

Result<Answer> report(store::Transaction& tx, const store::Vault& vault, const Call& call) {
    TRY_VOID(access::require(call.actor, access::Right::manage_links, {}, call.now));
    TRY(const auto parsed, parse_report(call.request.body));
    TRY_VOID(take_report(tx, vault, parsed, call.actor.label(), call.now));
    return Answer{json::object{{"key", parsed.key}, {"status", parsed.status}, {"permanent", parsed.permanent}}};
}

Result<Answer> list_bounces(store::Reader& reader, const Call& call) {
    TRY_VOID(access::require(call.actor, access::Right::manage_links, {}, call.now));
    json::array items;
    for (const auto& b : bounces(reader, 0, 100))
        items.push_back({{"key", b.key}, {"status", b.status}, {"permanent", b.permanent}, {"at", to_rfc3339(b.at)}});
    return Answer{json::object{{"items", std::move(items)}}};
}

}  // namespace

void add_routes(access::Api& api, const RouteParts& parts) {
    auto& books = parts.books;
    auto& vault = parts.vault;
    access::RouteOptions open;
    open.who = access::Who::anyone;
    access::RouteOptions open_form = open;
    open_form.raw_body = true;
    open_form.max_body = 4096;
    access::RouteOptions raw;
    raw.raw_body = true;
    access::RouteOptions own;
    own.who = access::Who::citizen_or_officer;
    api.query("/api/v1/notices/texts",
              [&books](store::Reader& r, const Call& call) { return all_texts(r, books, call); });
    api.query("/api/v1/notices/preview",
              [&books](store::Reader& r, const Call& call) { return preview(r, books, call); });
    api.query("/api/v1/notices/bounces", list_bounces);
    api.command(
        "POST", "/api/v1/notices/bounces",
        [&vault](store::Transaction& tx, const Call& call) { return report(tx, vault, call); }, raw);
    api.query(
        "/api/v1/notices/choice",
        [](store::Reader& r, const Call& call) -> Result<Answer> {
            TRY(const auto subject, own_subject(call));
            return Answer{view(choice_of(r, subject))};
        },
        own);
    api.command("PUT", "/api/v1/notices/choice", put_own, own);
    api.query(
        "/api/v1/notices/unsubscribe",
        [&vault](store::Reader&, const Call& call) { return ask_to_sign_out(vault, call); }, open);
    api.command(
        "POST", "/api/v1/notices/unsubscribe",
        [&vault](store::Transaction& tx, const Call& call) { return sign_out(tx, vault, call); }, open_form);
}

}  // namespace hl::notices
