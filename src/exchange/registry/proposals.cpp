#include "exchange/registry/proposals.h"

#include "exchange/registry/events.h"
#include "exchange/registry/rows.h"

namespace hl::exchange {

namespace {

// Registered again, a service gets its new description; that it is switched off, and since when it is there, stays.
constexpr std::string_view put_service =
    "INSERT INTO exchange_service (id, provider, type, title, description, endpoints, document, disabled, valid_from, "
    "valid_to) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?, NULL) ON CONFLICT (id) DO UPDATE SET type = excluded.type, "
    "title = excluded.title, description = excluded.description, endpoints = excluded.endpoints, "
    "document = excluded.document, valid_to = NULL";
constexpr std::string_view insert_right =
    "INSERT INTO exchange_right (id, subject, of_group, service, method, path, valid_from, valid_to, basis, request, "
    "granted_at, revoked_at, revoked_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, '')";
constexpr std::string_view same_right =
    "SELECT id FROM exchange_right WHERE subject = ? AND of_group = ? AND service = ? AND method = ? AND path = ? AND "
    "revoked_at IS NULL AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)";

std::string subject_of(const Right& right) {
    return right.group.empty() ? to_path(right.subject) : "";
}

}  // namespace

Result<void> judge(store::Reader& reader, const SubsystemProposal& p) {
    if (!exists(reader, p.id.member())) return no_such_client(p.id.member());
    if (exists(reader, p.id))
        return Error{ErrorKind::conflict, "exchange.subsystem_exists", fmt::format("Đã có {}.", to_text(p.id)),
                     fmt::format("{} is registered already.", to_text(p.id)), "/code"};
    return Nothing{};
}

Result<void> judge(store::Reader& reader, const ServicesProposal& p) {
    if (!exists(reader, p.provider)) return no_such_client(p.provider);
    return Nothing{};
}

Result<void> judge(store::Reader& reader, const Right& p) {
    if (!exists(reader, p.service)) return no_such_service(p.service);
    if (p.group.empty()) {
        if (!exists(reader, p.subject)) return no_such_client(p.subject);
    } else if (!reader.first("SELECT code FROM exchange_group WHERE code = ?", {p.group},
                             [](const store::Row&) { return true; })) {
        return Error{ErrorKind::not_found, "exchange.unknown_group", "Không có nhóm này. Hãy xem danh sách nhóm.",
                     "There is no such group. See the list of groups.", "/group"};
    }
    const auto subject = subject_of(p), service = to_path(p.service);
    const auto last = p.to.value_or(p.from);
    if (reader.first(same_right, {subject, p.group, service, p.endpoint.method, p.endpoint.path, p.from, last},
                     [](const store::Row&) { return true; }))
        return Error{ErrorKind::conflict, "exchange.right_exists", "Đã có quyền này trong thời gian đó.",
                     "This right exists already in that time."};
    return Nothing{};
}

Result<void> carry_out(store::Transaction& tx, const SubsystemProposal& p, const access::Actor& actor,
                       std::string_view request, Instant now) {
    TRY_VOID(judge(tx, p));
    const auto path = to_path(p.id), member = to_path(p.id.member());
    tx.execute(
        "INSERT INTO exchange_subsystem (id, member, name, description, contact, valid_from, valid_to) VALUES (?, ?, "
        "?, ?, ?, ?, NULL)",
        {path, member, p.name, p.description, p.contact, p.from});
    append(tx, events::subsystem_registered, path, actor, now,
           {{"subsystem", path}, {"from", to_iso(p.from)}, {"request", request}});
    return Nothing{};
}

Result<void> carry_out(store::Transaction& tx, const ServicesProposal& p, const access::Actor& actor,
                       std::string_view request, Instant now) {
    TRY_VOID(judge(tx, p));
    const auto provider = to_path(p.provider);
    const auto document = p.document.empty() ? "" : crypto::to_hex(crypto::sha256(p.document));
    for (const auto& s : p.services) {
        const auto path = to_path(s.id), endpoints = canonical_json(to_json(s.endpoints));
        tx.execute(put_service,
                   {path, provider, to_string(s.type), s.title, p.description, endpoints, p.document, p.from});
        append(tx, events::service_registered, path, actor, now,
               {{"service", path},
                {"type", to_string(s.type)},
                {"endpoints", s.endpoints.size()},
                {"document", document},
                {"request", request}});
    }
    return Nothing{};
}

Result<void> carry_out(store::Transaction& tx, const Right& p, const access::Actor& actor, std::string_view request,
                       Instant now) {
    TRY_VOID(judge(tx, p));
    const auto subject = subject_of(p), service = to_path(p.service);
    tx.execute(insert_right, {request, subject, p.group, service, p.endpoint.method, p.endpoint.path, p.from, p.to,
                              p.basis, request, now});
    append(tx, events::right_granted, service, actor, now,
           {{"right", request},
            {"subject", subject},
            {"group", p.group},
            {"service", service},
            {"method", p.endpoint.method},
            {"path", p.endpoint.path},
            {"from", to_iso(p.from)},
            {"to", day_or_null(p.to)},
            {"basis", p.basis},
            {"request", request}});
    return Nothing{};
}

}  // namespace hl::exchange
