#include "exchange/registry/proposals.h"
#include "exchange/registry/questions.h"
#include "exchange/registry/requests.h"
#include "exchange/registry/route_parts.h"

namespace hl::exchange {

namespace {

using access::Answer;
using access::Call;

struct Row {
    std::string id;
    json::object value;
};

Row right_row(const store::Row& row) {
    auto value = to_json(right_of(row));
    value["granted_at"] = to_rfc3339(row.instant(9));
    value["revoked_at"] = time_or_null(row.optional_instant(10));
    value["revoked_reason"] = text_or_null(row.text(11));
    return {row.string(0), std::move(value)};
}

#define HL_RIGHT_COLUMNS                                                                                  \
    "id, subject, of_group, service, method, path, valid_from, valid_to, basis, granted_at, revoked_at, " \
    "revoked_reason FROM exchange_right "
constexpr std::string_view select_rights = "SELECT " HL_RIGHT_COLUMNS "WHERE id < ? ORDER BY id DESC LIMIT ?";
constexpr std::string_view select_of_service =
    "SELECT " HL_RIGHT_COLUMNS "WHERE service = ? AND id < ? ORDER BY id DESC LIMIT ?";

Result<Answer> rights(store::Reader& reader, const Call& call) {
    TRY_VOID(require_staff(call));
    TRY(const auto page, page_of(call));
    const std::string_view before = page.after.empty() ? std::string_view{"z"} : std::string_view{page.after};
    const auto service = call.request.query_value("service");
    auto rows = service ? reader.all(select_of_service, {*service, before, page.limit + 1}, right_row)
                        : reader.all(select_rights, {before, page.limit + 1}, right_row);
    return Answer{page_json(
        std::move(rows), page, [](const Row& r) { return r.value; }, [](const Row& r) { return r.id; })};
}

/// {client, service, method?, path?, at?, proposed?}; the proposal may leave out what it has in common with the call.
Result<CheckQuestion> read_question(const Call& call) {
    JsonReader in(call.body);
    CheckQuestion out;
    out.client = client_in_body(in, "client");
    const auto service = in.text("service", 1500);
    out.method = in.optional_text("method", 20).value_or("GET");
    out.path = in.optional_text("path", 4000).value_or("/");
    out.at = in.optional_instant("at").value_or(call.now);
    const auto* proposed = in.raw("proposed");
    TRY_VOID(in.finish());
    TRY(out.service, parse_service(service));
    if (proposed == nullptr) return out;
    auto body = *proposed;
    if (auto* object = body.if_object()) {
        if (!object->contains("group") && !object->contains("subject")) (*object)["subject"] = to_path(out.client);
        if (!object->contains("service")) (*object)["service"] = service;
        if (!object->contains("basis")) (*object)["basis"] = "?";  // a trial rests on nothing yet
    }
    TRY(out.proposed, read_right(body, call.now));
    return out;
}

}  // namespace

void add_right_routes(access::Api& api, const RegistryRouteContext& c) {
    api.query("/api/v1/exchange/rights", rights);
    api.command("POST", "/api/v1/exchange/rights/{right}/revocation",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    JsonReader in(call.body);
                    const auto reason = in.text("reason", 500);
                    TRY_VOID(in.finish());
                    TRY_VOID(revoke_right(tx, c.registry, call.actor, call.param("right"), reason, call.now));
                    return Answer{{}, 204};
                });
    // Raw: a question with a body, which changes nothing.
    api.raw("POST", "/api/v1/exchange/rights/check", [c](const Call& call) -> Result<Answer> {
        TRY_VOID(require_connector_anywhere(call.actor, call.now));
        TRY(const auto question, read_question(call));
        TRY(const auto decision,
            c.store.read([&](store::Reader& reader) { return check(reader, c.registry, question); }));
        return Answer{to_json(decision)};
    });
}

}  // namespace hl::exchange
