#include "exchange/registry/endings.h"

#include "exchange/registry/events.h"
#include "exchange/registry/issue.h"
#include "exchange/registry/rows.h"

namespace hl::exchange {

namespace {

constexpr std::string_view end_member =
    "UPDATE exchange_member SET valid_to = ? WHERE id = ? AND (valid_to IS NULL OR valid_to > ?)";
constexpr std::string_view end_subsystem =
    "UPDATE exchange_subsystem SET valid_to = ? WHERE id = ? AND (valid_to IS NULL OR valid_to > ?)";
constexpr std::string_view end_gateway =
    "UPDATE exchange_server SET valid_to = ? WHERE id = ? AND (valid_to IS NULL OR valid_to > ?)";
constexpr std::string_view end_one_service =
    "UPDATE exchange_service SET valid_to = ? WHERE id = ? AND (valid_to IS NULL OR valid_to > ?)";

Result<void> end(store::Transaction& tx, const Registry& registry, const access::Actor& actor, std::string_view sql,
                 std::string_view kind, const std::string& id, Date on, Instant now) {
    const Date today = local_date(now);
    if (on < today || tx.execute(sql, {on, id, today}) == 0)
        return Error{ErrorKind::conflict, "exchange.ending",
                     "Mục này đã kết thúc, hoặc ngày kết thúc đã qua. Hãy chọn ngày từ hôm nay.",
                     "It has ended already, or the day is past. Choose today or later.", "/on"};
    append(tx, events::ended, id, actor, now, {{"kind", kind}, {"id", id}, {"on", to_iso(on)}});
    TRY_VOID(issue(tx, registry, now));
    return Nothing{};
}

}  // namespace

Result<void> end_client(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                        const ClientId& client, Date on, Instant now) {
    if (!exists(tx, client)) return no_such_client(client);
    TRY(const auto agency, agency_of(tx, client));
    TRY_VOID(require_registrar(actor, agency, now));
    const bool member = client.subsystem.empty();
    return end(tx, registry, actor, member ? end_member : end_subsystem, member ? "member" : "subsystem",
               to_path(client), on, now);
}

Result<void> end_server(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                        const ServerId& server, Date on, Instant now) {
    const auto path = to_path(server);
    if (!tx.first("SELECT id FROM exchange_server WHERE id = ?", {path}, [](const store::Row&) { return true; }))
        return Error{ErrorKind::not_found, "exchange.unknown_server",
                     fmt::format("Không có cổng kết nối {}. Hãy xem danh sách cổng.", to_text(server)),
                     fmt::format("There is no gateway {}. See the list of gateways.", to_text(server))};
    TRY(const auto agency, agency_of(tx, {server.instance, server.member_class, server.member_code, {}}));
    TRY_VOID(require_registrar(actor, agency, now));
    return end(tx, registry, actor, end_gateway, "server", path, on, now);
}

Result<void> end_service(store::Transaction& tx, const Registry& registry, const access::Actor& actor,
                         const ServiceId& service, Date on, Instant now) {
    if (!exists(tx, service)) return no_such_service(service);
    TRY(const auto agency, agency_of(tx, service.provider));
    TRY_VOID(require_connector(actor, agency, now));
    return end(tx, registry, actor, end_one_service, "service", to_path(service), on, now);
}

}  // namespace hl::exchange
