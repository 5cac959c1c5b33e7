// Signing in and out on the citizen's pages: by password where an account has one (a demonstration's has), else by the
// OpenID Connect providers of the installation; citizens' accounts come from the national one (Decision
// 29/2026/QĐ-TTg). The session is the API's: one cookie, one lock-out, one log.
#include "base/json.h"
#include "portal/portal_pages.h"

namespace hl::portal {

namespace {

constexpr size_t most_kept = 64 * 1024;  // of typed text carried over a sign-in
constexpr size_t longest_login = 100;
constexpr size_t longest_password = 1000;

std::string shown_name(const std::string& provider) {
    return provider == "vneid" ? "VNeID" : provider;
}

struct Asked {
    std::string where, login, kept, to;
    bool code = false;
    std::optional<std::string> fault{};
    std::string field{"#ten"};
    bool lapsed = false;
};

http::Response form_page(const Portal& portal, const http::Request& request, const Visitor& visitor, const Asked& asked,
                         int status) {
    const auto lang = Pages::language(request);
    const auto& pages = *portal.pages;
    auto data = data_for(visitor);
    data.set("where", asked.where);
    put(data, "login", asked.login);
    put(data, "kept", asked.kept);
    put(data, "to", asked.to);
    data.set("code", asked.code);
    data.set("lapsed", asked.lapsed || visitor.lapsed);
    data.set("filing", asked.where.starts_with("/nop/"));
    Data providers{Data::type::list};
    for (const auto& name : portal.providers) {
        Data one;
        one.set("name", shown_name(name));
        one.set("link", fmt::format("/api/v1/oidc/{}/start?return_to={}", encoded(name), encoded(asked.where)));
        providers.push_back(one);
    }
    data.set("providers", providers);
    data.set("any_providers", !portal.providers.empty());
    auto title = pages.text(lang, "sign_in_title");
    std::vector<Fault> faults;
    if (asked.fault) {
        faults.push_back({*asked.fault, asked.field});
        title = pages.text(lang, "error_prefix") + " " + title;
    }
    set_faults(data, faults);
    return pages.page(request, "sign_in", title, data, status);
}

http::Response sign_in_page(const Portal& portal, const http::Request& request, Visitor& visitor) {
    const auto where = local_path(request.query_value("tiep").value_or("/ho-so"));
    if (visitor.citizen()) return redirect(where);
    return form_page(portal, request, visitor, {where, {}, {}, {}}, 200);
}

/// After a sign-in in the middle of a form: one more press sends what was typed before, under the new session.
http::Response kept_page(const Portal& portal, const http::Request& request, const access::SignedIn& in,
                         const std::string& to, const json::object& kept) {
    const auto lang = Pages::language(request);
    Data data, fields{Data::type::list};
    data.set("personal", true);
    data.set("signed_in", true);
    put(data, "me", in.actor.name);
    data.set("csrf", in.csrf);
    data.set("to", to);
    for (const auto& [name, values] : kept) {
        if (!values.is_array()) continue;
        for (const auto& value : values.get_array()) {
            if (!value.is_string()) continue;
            Data one;
            one.set("name", std::string{name});
            one.set("value", std::string{value.get_string()});
            fields.push_back(one);
        }
    }
    data.set("fields", fields);
    return portal.pages->page(request, "kept", portal.pages->text(lang, "kept_title"), data);
}

http::Response signing_in(const Portal& portal, const http::Request& request, Visitor& visitor, const Form& form) {
    Asked asked{local_path(form.get("tiep")), form.get("ten").substr(0, longest_login), form.get("giu"),
                form.get("toi"), form.has("ma")};
    const auto lang = Pages::language(request);
    const auto& pages = *portal.pages;
    const auto password = form.get("mat-khau");
    if (asked.kept.size() > most_kept) asked.kept.clear();
    if (asked.login.empty() || password.empty() || password.size() > longest_password) {
        asked.fault = pages.text(lang, asked.login.empty() ? "sign_in_no_login" : "sign_in_no_password");
        if (!asked.login.empty()) asked.field = "#mat-khau";
        return form_page(portal, request, visitor, asked, 422);
    }
    const auto code = form.get("ma");
    auto in = portal.sessions.sign_in(asked.login, password, code.empty() ? std::nullopt : std::optional{code},
                                      request.remote);
    if (!in.ok()) {
        if (in.error().kind != ErrorKind::unauthenticated) return pages.problem(request, in.error());
        asked.code = asked.code || in.error().code == "access.code_needed";
        asked.field = in.error().code == "access.code_needed" ? "#ma" : "#ten";
        asked.fault = hl::portal::in(lang, in.error());
        return form_page(portal, request, visitor, asked, 401);
    }
    http::Response response = redirect(asked.where);
    if (in->actor.kind != access::ActorKind::citizen) {
        response = redirect("/app/desk");
    } else {
        visitor.actor = in->actor;
        adopt_drafts(portal, visitor, request);
        if (!asked.kept.empty()) {
            const auto kept = parse_json(asked.kept);
            if (kept.ok() && kept->is_object())
                response = kept_page(portal, request, *in, local_path(asked.to), kept->get_object());
        }
    }
    response.headers.push_back(
        {"Set-Cookie", access::session_cookie(request, in->token, portal.sessions.policy().session_life)});
    return response;
}

http::Response signing_out(const Portal& portal, const http::Request& request, Visitor& visitor, const Form&) {
    const auto done = portal.sessions.sign_out(access::session_token(request));
    if (!done.ok()) return portal.pages->problem(request, done.error());
    visitor.actor = {};
    const auto lang = Pages::language(request);
    Data data;
    auto response = portal.pages->page(request, "signed_out", portal.pages->text(lang, "signed_out_title"), data);
    response.headers.push_back({"Set-Cookie", access::session_cookie(request, "", std::chrono::seconds{0})});
    return response;
}

}  // namespace

http::Response sign_in_again(const Portal& portal, const http::Request& request, const Visitor& visitor,
                             const Form& form) {
    Asked asked;
    asked.where = local_path(request.path);
    asked.to = request.path;
    asked.kept = json::serialize(form.kept());
    if (asked.kept.size() > most_kept) asked.kept.clear();
    asked.lapsed = true;
    return form_page(portal, request, visitor, asked, 401);
}

std::vector<PersonalRoute> sign_in_routes() {
    return {{"/dang-nhap", sign_in_page, signing_in, false, false}, {"/dang-xuat", nullptr, signing_out, false, false}};
}

}  // namespace hl::portal
