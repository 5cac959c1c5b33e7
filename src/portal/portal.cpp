#include "portal/portal.h"

#include "base/files.h"
#include "http/parse.h"
#include "portal/portal_pages.h"

namespace hl::portal {

Result<std::map<std::string, std::string>> form_fields(const http::Request& request) {
    if (!request.header("Content-Type").starts_with("application/x-www-form-urlencoded"))
        return Error{ErrorKind::unsupported, "http.media_type", "Hãy gửi biểu mẫu bằng nút trên trang.",
                     "Send the form with the button on the page."};
    // The body has the grammar of a query.
    auto parsed = http::parse_target("/?" + request.body);
    if (!parsed.ok())
        return Error{ErrorKind::malformed, "form.malformed", "Không đọc được biểu mẫu. Hãy tải lại trang và thử lại.",
                     "The form cannot be read. Load the page again and retry."};
    std::map<std::string, std::string> fields;
    for (auto& [name, value] : parsed->query) fields.insert_or_assign(name, std::move(value));
    return fields;
}

void add_portal(http::Router& router, PortalParts given) {
    const auto parts = std::make_shared<const PortalParts>(std::move(given));
    using Make = http::Response (*)(const PortalParts&, const http::Request&);
    const auto on = [&](Make make) { return [parts, make](const http::Request& r) { return make(*parts, r); }; };
    // Those that ask the statistics or write run on the worker pool: they would hold up other people's connections.
    constexpr bool slow = true;
    router.get("/", on(home_page), slow);
    router.get("/thu-tuc", on(catalogue_page));
    router.get("/thu-tuc/{code}", on(procedure_page));
    router.get("/tra-cuu", on(tracking_page));
    router.post("/tra-cuu", on(tracked_page), slow);
    router.get("/cong-khai", on(figures_page), slow);
    router.otherwise([parts](const http::Request& request) {
        return parts->pages->problem(
            request, {ErrorKind::not_found, "http.not_found", "Không có trang này. Địa chỉ có thể đã đổi hoặc gõ nhầm.",
                      "There is no such page. The address may have changed or been mistyped."});
    });
}

}  // namespace hl::portal
