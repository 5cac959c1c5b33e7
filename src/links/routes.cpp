#include "links/routes.h"

namespace hl::links {

namespace {

namespace json = boost::json;

json::value or_null(const std::optional<std::string>& text) {
    return text ? json::value(*text) : json::value();
}

Result<access::Answer> business(const std::optional<BusinessSource>& source, const access::Call& call) {
    // Who receives or works on dossiers; the exchange itself is logged and signed on both sides.
    if (!access::require_anywhere(call.actor, access::Right::handle_dossier, call.now).ok())
        TRY_VOID(access::require_anywhere(call.actor, access::Right::receive_dossier, call.now));
    if (!source)
        return Error{ErrorKind::unavailable, "business.not_configured",
                     "Chưa nối với cơ sở dữ liệu đăng ký kinh doanh. Quản trị viên khai business_register trong tệp "
                     "cấu hình.",
                     "No register of businesses is connected. An administrator sets business_register."};
    TRY(const auto found, look_up(*source, call.param("code"), call.actor.label()));
    access::Answer answer;
    answer.headers = {{"Cache-Control", "no-store"}};
    answer.value =
        json::object{{"code", found.code},
                     {"name", found.name},
                     {"status", or_null(found.status)},
                     {"address", or_null(found.address)},
                     {"message_id", found.message_id.empty() ? json::value() : json::value(found.message_id)},
                     {"asked_at", to_rfc3339(call.now)}};
    return answer;
}

}  // namespace

void add_routes(access::Api& api, const BusinessRegister& business_register) {
    api.raw("GET", "/api/v1/businesses/{code}",
            [&business_register](const access::Call& call) { return business(business_register.source(), call); });
}

}  // namespace hl::links
