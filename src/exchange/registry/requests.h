// Changes by request and approval: who connects a system asks, another person decides. What was asked, by whom, who
// decided and why stays on record. Commands run in the caller's transaction; an approved change is issued with it.
#pragma once
#include "base/json.h"
#include "exchange/registry/registry.h"

namespace hl::exchange {

enum class RequestKind { subsystem, service, right };
[[nodiscard]] std::string_view to_string(RequestKind kind);
[[nodiscard]] std::optional<RequestKind> request_kind_from(std::string_view word);

struct ChangeRequest {
    std::string id;
    RequestKind kind = RequestKind::right;
    std::string state;  // "open", "approved", "refused", "withdrawn"
    json::value body;
    std::string member;  // path of the member whose system, service or data it is about
    AgencyId agency;     // whose people decide
    std::string note;
    std::string requested_by, decided_by;  // labels of actors
    Instant requested_at;
    std::optional<Instant> decided_at;
    std::string reason;
};
[[nodiscard]] json::object to_json(const ChangeRequest& request);

/// `body` as proposals.h reads it. Subsystems and services are asked for by the connectors of their own agency, rights
/// by those of the agency that wants to call. Errors: access.denied, those of the proposal.
[[nodiscard]] Result<ChangeRequest> make_request(store::Transaction& tx, const Registry& registry,
                                                 const access::Actor& actor, RequestKind kind, const json::value& body,
                                                 std::string_view note, Random& random, Instant now);
/// Decided by a registrar of the member's agency; a right also by the connectors of the agency that provides the
/// service, whose data it is. Never by who asked: exchange.same_person. Errors also: exchange.unknown_request,
/// exchange.request_closed, those of the proposal as things stand now.
[[nodiscard]] Result<ChangeRequest> approve_request(store::Transaction& tx, const Registry& registry,
                                                    const access::Actor& actor, std::string_view id, Instant now);
/// Errors also: exchange.reason_required.
[[nodiscard]] Result<ChangeRequest> refuse_request(store::Transaction& tx, const access::Actor& actor,
                                                   std::string_view id, std::string_view reason, Instant now);
/// By who asked.
[[nodiscard]] Result<ChangeRequest> withdraw_request(store::Transaction& tx, const access::Actor& actor,
                                                     std::string_view id, Instant now);

[[nodiscard]] Result<ChangeRequest> load_request(store::Reader& reader, std::string_view id);
/// Newest first; `state` empty: all. Those after (older than) `cursor`, an id.
[[nodiscard]] std::vector<ChangeRequest> list_requests(store::Reader& reader, std::string_view state,
                                                       std::string_view cursor, int64_t limit);

/// Ends a right at once. By a registrar or the provider's connectors. Errors: exchange.unknown_right,
/// exchange.reason_required.
[[nodiscard]] Result<void> revoke_right(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                        std::string_view id, std::string_view reason, Instant now);
/// Switched off with a notice that callers read, or on again, by the provider's connectors.
/// Errors: exchange.unknown_service, exchange.reason_required.
[[nodiscard]] Result<void> switch_service(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                          const ServiceId& service, bool enabled, std::string_view notice, Instant now);

}  // namespace hl::exchange
