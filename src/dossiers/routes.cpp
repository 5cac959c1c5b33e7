#include "dossiers/routes.h"

#include "dossiers/codes.h"
#include "dossiers/refusals.h"
#include "dossiers/routes_support.h"
#include "dossiers/tracking.h"

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

Result<Tracking> track_slowly(store::Reader& reader, const Context& ctx, PhoneGuesses& guesses, std::string_view code,
                              std::string_view phone, const std::string& remote, Instant now) {
    const auto wanted = normalise_code(code);
    if (!guesses.allowed(wanted, remote, now)) return throttled();
    auto found = track(reader, ctx, wanted, phone);
    if (!found.ok()) guesses.failed(wanted, remote, now);
    return found;
}

access::PersonalRead read_of_tracking(const Tracking& found, const access::Actor& actor, const std::string& request_id,
                                      Instant now) {
    return {actor.label(), tracking_purpose, "tracking", found.dossier.subject.value, request_id, now};
}

void add_routes(access::Api& api, std::function<Context()> context, PhoneGuesses& guesses,
                const std::string& base_url) {
    add_command_routes(api, context, guesses);
    add_query_routes(api, context, guesses);
    add_mass_routes(api, context);
    add_slip_routes(api, context, base_url);
}

}  // namespace hl::dossiers
