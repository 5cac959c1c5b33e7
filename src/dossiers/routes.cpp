#include "dossiers/routes.h"

#include "dossiers/refusals.h"
#include "dossiers/routes_support.h"

namespace hl::dossiers {

Error throttled() {
    return refusal(ErrorKind::too_many, "tracking.throttled", "Bạn đã thử sai nhiều lần. Hãy thử lại sau 15 phút.",
                   "Too many wrong tries. Try again in 15 minutes.");
}

access::Answer answer_of(const Dossier& d, int status) {
    return {view(d), status, {{"ETag", etag_of(d)}}};
}

access::PersonalRead read_of(const access::Call& call, std::string_view what, std::string subject) {
    return {call.actor.label(), call.actor.purpose,      std::string{what},
            std::move(subject), call.request.request_id, call.now};
}

void add_routes(access::Api& api, std::function<Context()> context, const std::string& base_url) {
    const auto throttle = std::make_shared<Throttle>(5, std::chrono::minutes{15});
    add_command_routes(api, context, throttle);
    add_query_routes(api, context, throttle);
    add_mass_routes(api, context);
    add_slip_routes(api, context, base_url);
}

}  // namespace hl::dossiers
