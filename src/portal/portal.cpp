#include "portal/portal.h"

#include "base/files.h"
#include "http/parse.h"
#include "portal/portal_pages.h"

namespace hl::portal {

namespace {

constexpr size_t most_form = 512 * 1024;
constexpr size_t form_slack = 64 * 1024;                   // around the bytes of a file
constexpr std::chrono::milliseconds upload_time{300'000};  // 20 MB over a weak line

void finish(http::Response& response, const Visitor& visitor) {
    // Another page's own Cache-Control stays; pages of a person are never kept by anybody on the way.
    response.set("Cache-Control", "private, no-store");
    for (const auto& cookie : visitor.cookies) response.headers.push_back(cookie);
}

http::Response made(const Portal& portal, const PersonalRoute& route, const http::Request& request) {
    auto visitor = visitor_of(portal, request);
    if (!visitor.ok()) return portal.pages->problem(request, visitor.error());
    auto response =
        route.citizens_only && !visitor->citizen() ? to_sign_in(request) : route.get(portal, request, *visitor);
    finish(response, *visitor);
    return response;
}

http::Response acted(const Portal& portal, const PersonalRoute& route, const http::Request& request) {
    auto visitor = visitor_of(portal, request);
    if (!visitor.ok()) return portal.pages->problem(request, visitor.error());
    const auto form = read_form(request);
    if (!form.ok()) return portal.pages->problem(request, form.error());
    auto response = [&] {
        if (const auto good = check_mark(*visitor, *form, request); !good.ok())
            return portal.pages->problem(request, good.error());
        if (route.citizens_only && !visitor->citizen()) return sign_in_again(portal, request, *visitor, *form);
        return route.post(portal, request, *visitor, *form);
    }();
    finish(response, *visitor);
    return response;
}

void add_personal(http::Router& router, const std::shared_ptr<const Portal>& portal, const PersonalRoute& route) {
    if (route.get)
        router.get(
            route.pattern, [portal, route](const http::Request& r) { return made(*portal, route, r); }, true);
    if (!route.post) return;
    http::Route post{"POST", route.pattern,
                     [portal, route](http::Request&& r, http::Responder respond) { respond(acted(*portal, route, r)); },
                     true, most_form};
    if (route.files) {
        post.max_body = static_cast<size_t>(portal->files->rules().most_bytes) + form_slack;
        post.body_time = upload_time;
        // Nobody unknown makes the server hold a large body.
        post.admit = [portal](const http::Request& r) -> std::optional<http::Response> {
            const auto visitor = visitor_of(*portal, r);
            if (!visitor.ok()) return portal->pages->problem(r, visitor.error());
            if (visitor->citizen()) return std::nullopt;
            return to_sign_in(r);
        };
    }
    router.add(std::move(post));
}

}  // namespace

Result<std::map<std::string, std::string>> form_fields(const http::Request& request) {
    TRY(auto form, read_form(request));
    std::map<std::string, std::string> fields;
    for (const auto& [name, value] : form.fields) fields.insert_or_assign(name, value);
    return fields;
}

http::Response not_here(const Portal& portal, const http::Request& request) {
    return portal.pages->problem(
        request, {ErrorKind::not_found, "http.not_found", "Không có trang này. Địa chỉ có thể đã đổi hoặc gõ nhầm.",
                  "There is no such page. The address may have changed or been mistyped."});
}

void add_portal(http::Router& router, PortalParts given) {
    const auto portal = std::make_shared<const Portal>(std::move(given));
    using Make = http::Response (*)(const PortalParts&, const http::Request&);
    const auto on = [&](Make make) { return [portal, make](const http::Request& r) { return make(*portal, r); }; };
    // Those that ask the statistics or write run on the worker pool: they would hold up other people's connections.
    constexpr bool slow = true;
    router.get("/", on(home_page), slow);
    router.get("/thu-tuc", on(catalogue_page));
    router.get("/thu-tuc/{code}", on(procedure_page));
    router.get("/tra-cuu", on(tracking_page));
    router.post("/tra-cuu", on(tracked_page), slow);
    router.get("/cong-khai", on(figures_page), slow);
    for (const auto& routes : {sign_in_routes(), filing_routes(), own_routes()})
        for (const auto& route : routes) add_personal(router, portal, route);
    router.otherwise([portal](const http::Request& request) { return not_here(*portal, request); });
}

}  // namespace hl::portal
