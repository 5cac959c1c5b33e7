// What the route files share. Private to the routes.
#pragma once
#include "base/json.h"
#include "dossiers/commands.h"
#include "dossiers/routes.h"
#include "dossiers/throttle.h"
#include "dossiers/views.h"

namespace hl::dossiers {

using ContextSource = std::function<Context()>;

void add_command_routes(access::Api& api, const ContextSource& context, PhoneGuesses& guesses);
void add_query_routes(access::Api& api, const ContextSource& context, PhoneGuesses& guesses);
void add_mass_routes(access::Api& api, const ContextSource& context);
void add_slip_routes(access::Api& api, const ContextSource& context, const std::string& base_url);

/// The body, or an empty object when there is none.
[[nodiscard]] inline const json::value& body_of(const access::Call& call) {
    static const json::value nothing = json::object{};
    return call.body.is_null() ? nothing : call.body;
}
/// In which form an answer is wanted: the query's `format`, else what the Accept header names first, else JSON.
/// Errors: query.format.
enum class Format { json, pdf, xlsx };
[[nodiscard]] Result<Format> wanted_format(const http::Request& request, std::initializer_list<Format> offered);
[[nodiscard]] Error throttled();
[[nodiscard]] access::Answer answer_of(const Dossier& d, int status = 200);
[[nodiscard]] access::PersonalRead read_of(const access::Call& call, std::string_view what, std::string subject);

}  // namespace hl::dossiers
