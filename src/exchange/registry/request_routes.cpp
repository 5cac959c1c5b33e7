#include "exchange/registry/proposals.h"
#include "exchange/registry/requests.h"
#include "exchange/registry/route_parts.h"

namespace hl::exchange {

namespace {

using access::Answer;
using access::Call;

// A description of a service comes in the body, as a JSON string that may escape every quote.
constexpr size_t largest_request = 2 * largest_registered_description + (64u << 10);

/// In lists a description is left out.
json::object short_json(const ChangeRequest& request) {
    auto out = to_json(request);
    if (auto* body = out.at("body").if_object()) body->erase("document");
    return out;
}

Result<Answer> list(store::Reader& reader, const Call& call) {
    TRY_VOID(require_connector_anywhere(call.actor, call.now));
    TRY(const auto page, page_of(call));
    const auto state = call.request.query_value("state").value_or("");
    auto rows = list_requests(reader, state, page.after, page.limit + 1);
    return Answer{page_json(std::move(rows), page, short_json, [](const ChangeRequest& r) { return r.id; })};
}

Result<Answer> create(const RegistryRouteContext& c, store::Transaction& tx, const Call& call) {
    JsonReader in(call.body);
    const auto kind = request_kind_from(in.one_of("kind", {"subsystem", "service", "right"}));
    const auto note = in.optional_text("note", 1000).value_or("");
    const auto* body = in.raw("body");
    if (body == nullptr || !body->is_object())
        in.fail("body", "json.object", "Cần một đối tượng JSON ở đây.", "A JSON object is wanted here.");
    TRY_VOID(in.finish());
    auto made = make_request(tx, c.registry, call.actor, *kind, *body, note, c.random, call.now);
    if (!made.ok()) {
        auto error = std::move(made).error();
        if (error.at.starts_with('/')) error.at = "/body" + error.at;
        return error;
    }
    return Answer{short_json(*made), 201};
}

}  // namespace

void add_request_routes(access::Api& api, const RegistryRouteContext& c) {
    api.query("/api/v1/exchange/requests", list);
    api.command("POST", "/api/v1/exchange/requests",
                [c](store::Transaction& tx, const Call& call) { return create(c, tx, call); },
                {.max_body = largest_request});
    api.query("/api/v1/exchange/requests/{request}", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(require_connector_anywhere(call.actor, call.now));
        TRY(const auto request, load_request(reader, call.param("request")));
        return Answer{to_json(request)};
    });
    api.command("POST", "/api/v1/exchange/requests/{request}/approval",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto done, approve_request(tx, c.registry, call.actor, call.param("request"), call.now));
                    return Answer{short_json(done)};
                });
    api.command("POST", "/api/v1/exchange/requests/{request}/refusal",
                [](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    JsonReader in(call.body);
                    const auto reason = in.text("reason", 1000);
                    TRY_VOID(in.finish());
                    TRY(const auto done, refuse_request(tx, call.actor, call.param("request"), reason, call.now));
                    return Answer{short_json(done)};
                });
    api.command("POST", "/api/v1/exchange/requests/{request}/withdrawal",
                [](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto done, withdraw_request(tx, call.actor, call.param("request"), call.now));
                    return Answer{short_json(done)};
                });
}

}  // namespace hl::exchange
