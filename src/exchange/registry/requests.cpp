#include "exchange/registry/requests.h"

#include "exchange/registry/events.h"
#include "exchange/registry/issue.h"
#include "exchange/registry/proposals.h"
#include "exchange/registry/rows.h"

namespace hl::exchange {

namespace {

#define HL_REQUEST_COLUMNS                                                                                          \
    "id, kind, state, body, member, agency, note, requested_by, requested_at, decided_by, decided_at, reason FROM " \
    "exchange_request "
constexpr std::string_view select_request = "SELECT " HL_REQUEST_COLUMNS "WHERE id = ? FOR UPDATE";
constexpr std::string_view select_request_plain = "SELECT " HL_REQUEST_COLUMNS "WHERE id = ?";
constexpr std::string_view select_all = "SELECT " HL_REQUEST_COLUMNS "WHERE id < ? ORDER BY id DESC LIMIT ?";
constexpr std::string_view select_state =
    "SELECT " HL_REQUEST_COLUMNS "WHERE state = ? AND id < ? ORDER BY id DESC LIMIT ?";
constexpr std::string_view insert_request =
    "INSERT INTO exchange_request (id, kind, state, body, member, agency, note, requested_by, requested_at, "
    "decided_by, decided_at, reason) VALUES (?, ?, 'open', ?, ?, ?, ?, ?, ?, '', NULL, '')";
constexpr std::string_view decide_request =
    "UPDATE exchange_request SET state = ?, decided_by = ?, decided_at = ?, reason = ? WHERE id = ?";

ChangeRequest read_row(const store::Row& row) {
    ChangeRequest r;
    r.id = row.string(0);
    r.kind = request_kind_from(row.text(1)).value_or(RequestKind::right);
    r.state = row.string(2);
    r.body = *parse_json(row.text(3));
    r.member = row.string(4);
    r.agency = row.id<AgencyId>(5);
    r.note = row.string(6);
    r.requested_by = row.string(7);
    r.requested_at = row.instant(8);
    r.decided_by = row.string(9);
    r.decided_at = row.optional_instant(10);
    r.reason = row.string(11);
    return r;
}

Error unknown_request() {
    return {ErrorKind::not_found, "exchange.unknown_request", "Không có yêu cầu này. Hãy xem danh sách yêu cầu.",
            "There is no such request. See the list of requests."};
}

Error reason_required() {
    return {ErrorKind::invalid, "exchange.reason_required", "Hãy ghi lý do.", "Give the reason.", "/reason"};
}

/// Who asks, and about whose systems.
struct Standing {
    ClientId asking, deciding;
};

/// Reads and judges the body; `act` gets the proposal.
template <class F>
Result<void> with_proposal(RequestKind kind, const json::value& body, Instant now, const F& act) {
    switch (kind) {
        case RequestKind::subsystem: {
            TRY(const auto p, read_subsystem(body, now));
            return act(p, Standing{p.id.member(), p.id.member()});
        }
        case RequestKind::service: {
            TRY(const auto p, read_services(body, now));
            return act(p, Standing{p.provider.member(), p.provider.member()});
        }
        case RequestKind::right: {
            TRY(const auto p, read_right(body, now));
            // A group's members are many: its rights are asked for by the provider's own people.
            const auto provider = p.service.provider.member();
            return act(p, Standing{p.group.empty() ? p.subject.member() : provider, provider});
        }
    }
    throw std::logic_error("a kind of request is not handled");
}

Result<ChangeRequest> open_request(store::Transaction& tx, std::string_view id) {
    auto found = tx.first(select_request, {id}, read_row);
    if (!found) return unknown_request();
    if (found->state != "open")
        return Error{ErrorKind::conflict, "exchange.request_closed", "Yêu cầu này đã được giải quyết.",
                     fmt::format("This request is closed already: {}.", found->state)};
    return *std::move(found);
}

Result<void> may_decide(const ChangeRequest& request, const access::Actor& actor, Instant now) {
    if (request.kind == RequestKind::right)
        TRY_VOID(require_connector(actor, request.agency, now));
    else
        TRY_VOID(require_registrar(actor, request.agency, now));
    if (actor.label() == request.requested_by)
        return Error{ErrorKind::denied, "exchange.same_person",
                     "Người gửi yêu cầu không tự duyệt yêu cầu của mình. Hãy nhờ người khác có quyền.",
                     "Who asked does not decide. Let another person with the right do it."};
    return Nothing{};
}

ChangeRequest close(store::Transaction& tx, ChangeRequest request, std::string_view outcome, const access::Actor& actor,
                    std::string_view reason, Instant now) {
    request.state = outcome;
    request.decided_by = actor.label();
    request.decided_at = now;
    request.reason = reason;
    tx.execute(decide_request, {request.state, request.decided_by, now, request.reason, request.id});
    append(tx, events::request_decided, "exchange-request:" + request.id, actor, now,
           {{"request", request.id}, {"kind", to_string(request.kind)}, {"outcome", outcome}});
    return request;
}

}  // namespace

std::string_view to_string(RequestKind kind) {
    switch (kind) {
        case RequestKind::subsystem:
            return "subsystem";
        case RequestKind::service:
            return "service";
        case RequestKind::right:
            return "right";
    }
    throw std::logic_error("a kind of request has no word");
}

std::optional<RequestKind> request_kind_from(std::string_view word) {
    for (const auto kind : {RequestKind::subsystem, RequestKind::service, RequestKind::right})
        if (to_string(kind) == word) return kind;
    return std::nullopt;
}

json::object to_json(const ChangeRequest& r) {
    return {{"request", r.id},
            {"kind", to_string(r.kind)},
            {"state", r.state},
            {"body", r.body},
            {"member", r.member},
            {"note", text_or_null(r.note)},
            {"requested_by", r.requested_by},
            {"requested_at", to_rfc3339(r.requested_at)},
            {"decided_by", text_or_null(r.decided_by)},
            {"decided_at", time_or_null(r.decided_at)},
            {"reason", text_or_null(r.reason)}};
}

Result<ChangeRequest> make_request(store::Transaction& tx, const Registry&, const access::Actor& actor,
                                   RequestKind kind, const json::value& body, std::string_view note, Random& random,
                                   Instant now) {
    ChangeRequest out;
    TRY_VOID(with_proposal(kind, body, now, [&](const auto& proposal, const Standing& standing) -> Result<void> {
        TRY(const auto asking, agency_of(tx, standing.asking));
        TRY_VOID(require_connector(actor, asking, now));
        TRY_VOID(judge(tx, proposal));
        TRY(out.agency, agency_of(tx, standing.deciding));
        out.member = to_path(standing.deciding);
        return Nothing{};
    }));
    out.id = make_uuid7(now, random);
    out.kind = kind;
    out.state = "open";
    out.body = body;
    out.note = note;
    out.requested_by = actor.label();
    out.requested_at = now;
    const auto text = canonical_json(body);
    tx.execute(insert_request,
               {out.id, to_string(kind), text, out.member, out.agency, out.note, out.requested_by, now});
    append(tx, events::request_made, "exchange-request:" + out.id, actor, now,
           {{"request", out.id}, {"kind", to_string(kind)}, {"member", out.member}});
    return out;
}

Result<ChangeRequest> approve_request(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                                      std::string_view id, Instant now) {
    TRY(auto request, open_request(tx, id));
    TRY_VOID(may_decide(request, actor, now));
    TRY_VOID(with_proposal(request.kind, request.body, request.requested_at,
                           [&](const auto& proposal, const Standing&) -> Result<void> {
                               return carry_out(tx, proposal, actor, request.id, now);
                           }));
    auto closed = close(tx, std::move(request), "approved", actor, "", now);
    TRY_VOID(issue(tx, registry, now));
    return closed;
}

Result<ChangeRequest> refuse_request(store::Transaction& tx, const access::Actor& actor, std::string_view id,
                                     std::string_view reason, Instant now) {
    TRY(auto request, open_request(tx, id));
    TRY_VOID(may_decide(request, actor, now));
    if (reason.empty()) return reason_required();
    return close(tx, std::move(request), "refused", actor, reason, now);
}

Result<ChangeRequest> withdraw_request(store::Transaction& tx, const access::Actor& actor, std::string_view id,
                                       Instant now) {
    TRY(auto request, open_request(tx, id));
    if (actor.label() != request.requested_by)
        return Error{ErrorKind::denied, "access.denied", "Chỉ người gửi yêu cầu rút được yêu cầu.",
                     "Only who asked can withdraw the request."};
    return close(tx, std::move(request), "withdrawn", actor, "", now);
}

Result<ChangeRequest> load_request(store::Reader& reader, std::string_view id) {
    auto found = reader.first(select_request_plain, {id}, read_row);
    if (!found) return unknown_request();
    return *std::move(found);
}

std::vector<ChangeRequest> list_requests(store::Reader& reader, std::string_view state, std::string_view cursor,
                                         int64_t limit) {
    const std::string_view before = cursor.empty() ? "z" : cursor;  // after every UUID
    if (state.empty()) return reader.all(select_all, {before, limit}, read_row);
    return reader.all(select_state, {state, before, limit}, read_row);
}

Result<void> revoke_right(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                          std::string_view id, std::string_view reason, Instant now) {
    const auto service = tx.first("SELECT service FROM exchange_right WHERE id = ? AND revoked_at IS NULL", {id},
                                  [](const store::Row& row) { return row.string(0); });
    if (!service)
        return Error{ErrorKind::not_found, "exchange.unknown_right", "Không có quyền này hoặc quyền đã thu hồi.",
                     "There is no such right, or it was revoked already."};
    TRY(const auto agency, agency_of(tx, service_of(*service).provider));
    TRY_VOID(require_connector(actor, agency, now));
    if (reason.empty()) return reason_required();
    tx.execute("UPDATE exchange_right SET revoked_at = ?, revoked_reason = ? WHERE id = ?", {now, reason, id});
    append(tx, events::right_revoked, *service, actor, now, {{"right", id}, {"service", *service}});
    TRY_VOID(issue(tx, registry, now));
    return Nothing{};
}

Result<void> switch_service(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                            const ServiceId& service, bool enabled, std::string_view notice, Instant now) {
    if (!exists(tx, service)) return no_such_service(service);
    TRY(const auto agency, agency_of(tx, service.provider));
    TRY_VOID(require_connector(actor, agency, now));
    if (!enabled && notice.empty()) return reason_required();
    const auto path = to_path(service);
    tx.execute("UPDATE exchange_service SET disabled = ? WHERE id = ?",
               {enabled ? std::optional<std::string>{} : std::optional<std::string>{notice}, path});
    append(tx, events::service_switched, path, actor, now, {{"service", path}, {"enabled", enabled}});
    TRY_VOID(issue(tx, registry, now));
    return Nothing{};
}

}  // namespace hl::exchange
