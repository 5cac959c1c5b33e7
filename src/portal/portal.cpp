#include "portal/portal.h"

#include "base/files.h"
#include "http/parse.h"
#include "portal/portal_pages.h"

namespace hl::portal {

namespace {

constexpr size_t most_tries = 10;
constexpr std::chrono::minutes tries_window{60};

}  // namespace

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
    const auto throttle = std::make_shared<dossiers::Throttle>(most_tries, tries_window);
    const auto page = [&](const std::string& path, http::Response (*make)(const PortalParts&, const http::Request&)) {
        router.get(path, [parts, make](const http::Request& request) { return make(*parts, request); });
    };
    page("/", home_page);
    page("/thu-tuc", catalogue_page);
    page("/thu-tuc/{code}", procedure_page);
    page("/tra-cuu", tracking_page);
    page("/cong-khai", figures_page);
    router.post("/tra-cuu",
                [parts, throttle](const http::Request& request) { return tracked_page(*parts, *throttle, request); });
    router.otherwise([parts](const http::Request& request) {
        return parts->pages->problem(
            request, {ErrorKind::not_found, "http.not_found", "Không có trang này. Địa chỉ có thể đã đổi hoặc gõ nhầm.",
                      "There is no such page. The address may have changed or been mistyped."});
    });
}

}  // namespace hl::portal
