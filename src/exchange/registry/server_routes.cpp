#include "exchange/registry/endings.h"
#include "exchange/registry/route_parts.h"
#include "exchange/registry/servers.h"

namespace hl::exchange {

namespace {

using access::Answer;
using access::Call;

Result<Answer> servers(store::Reader& reader, const Call& call) {
    TRY_VOID(require_staff(call));
    std::map<std::string, json::array> clients, certificates;
    std::map<std::string, int64_t> waiting;
    reader.query("SELECT server, subsystem FROM exchange_server_client ORDER BY server, subsystem", {},
                 [&](const store::Row& row) { clients[row.string(0)].push_back(json::value(row.text(1))); });
    reader.query(
        "SELECT server, sha256, key_use, member, subject, not_before, not_after, revoked_at FROM exchange_certificate "
        "ORDER BY registered_at, sha256",
        {}, [&](const store::Row& row) {
            certificates[row.string(0)].push_back(json::object{{"certificate", row.text(1)},
                                                               {"use", row.text(2)},
                                                               {"member", row.text(3)},
                                                               {"subject", row.text(4)},
                                                               {"not_before", to_rfc3339(row.instant(5))},
                                                               {"not_after", to_rfc3339(row.instant(6))},
                                                               {"revoked_at", time_or_null(row.optional_instant(7))}});
        });
    reader.query("SELECT server, COUNT(*) FROM exchange_certificate_request WHERE certificate = '' GROUP BY server", {},
                 [&](const store::Row& row) { waiting[row.string(0)] = row.integer(1); });
    json::array items;
    reader.query(
        "SELECT id, member, address, maintenance, valid_from, valid_to FROM exchange_server ORDER BY id", {},
        [&](const store::Row& row) {
            const auto id = row.string(0);
            items.push_back(json::object{{"server", id},
                                         {"member", row.text(1)},
                                         {"address", row.text(2)},
                                         {"maintenance", row.is_null(3) ? json::value() : json::value(row.text(3))},
                                         {"from", to_iso(row.date(4))},
                                         {"ended", day_or_null(row.optional_date(5))},
                                         {"clients", clients[id]},
                                         {"certificates", certificates[id]},
                                         {"waiting", waiting[id]}});
        });
    return Answer{json::object{{"items", std::move(items)}}};
}

Result<Answer> codes(store::Reader& reader, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, access::Right::manage_exchange, call.now));
    TRY(const auto page, page_of(call));
    struct Row {
        std::string id;
        json::object value;
    };
    auto rows = reader.all(
        "SELECT id, server, clients, created_by, created_at, expires_at, used_at FROM exchange_join_code WHERE id < ? "
        "ORDER BY id DESC LIMIT ?",
        {page.after.empty() ? std::string_view{"z"} : std::string_view{page.after}, page.limit + 1},
        [&](const store::Row& row) {
            const auto used = row.optional_instant(6);
            const auto state = used ? "used" : call.now >= row.instant(5) ? "expired" : "open";
            return Row{row.string(0),
                       {{"code", row.text(0)},
                        {"server", row.text(1)},
                        {"clients", *parse_json(row.text(2))},
                        {"created_by", row.text(3)},
                        {"created_at", to_rfc3339(row.instant(4))},
                        {"expires_at", to_rfc3339(row.instant(5))},
                        {"used_at", time_or_null(used)},
                        {"state", state}}};
        });
    return Answer{page_json(
        std::move(rows), page, [](const Row& r) { return r.value; }, [](const Row& r) { return r.id; })};
}

Result<Answer> new_code(const RegistryRouteContext& c, const Call& call) {
    JsonReader in(call.body);
    NewJoinCode wanted;
    wanted.owner = client_in_body(in, "owner");
    wanted.server_code = in.text("server", 100);
    for (const auto& [item, at] : in.array("clients", 200)) {
        auto client =
            item->is_string() ? parse_client(std::string_view{item->get_string()}) : parse_client(std::string_view{});
        if (client.ok())
            wanted.clients.push_back(*std::move(client));
        else
            in.fail("clients", client.error().code, client.error().vi, client.error().en);
    }
    wanted.life = std::chrono::hours{in.optional_integer("hours", 1, 720).value_or(72)};
    TRY_VOID(in.finish());
    TRY(const auto code, c.store.write([&](store::Transaction& tx) {
        return make_join_code(tx, c.registry, call.actor, wanted, c.random, call.now);
    }));
    return Answer{json::object{{"code", code.id},
                               {"text", to_text(code)},
                               {"server", to_path(code.server)},
                               {"expires_at", to_rfc3339(code.expires)}},
                  201,
                  {{"Cache-Control", "no-store"}}};
}

Result<Answer> upload(const RegistryRouteContext& c, store::Transaction& tx, const Call& call) {
    JsonReader in(call.body);
    std::vector<std::string> pems;
    for (const auto& [item, at] : in.array("certificates", 200)) {
        if (item->is_string() && item->get_string().size() <= (64u << 10))
            pems.emplace_back(item->get_string());
        else
            in.fail("certificates", "exchange.certificate", "Cần các chứng thư ở dạng PEM.",
                    "Certificates in PEM are wanted.");
    }
    TRY_VOID(in.finish());
    TRY_VOID(upload_certificates(tx, c.registry, call.actor, server_in_path(call, c.registry), pems, call.now));
    return Answer{{}, 204};
}

}  // namespace

void add_server_routes(access::Api& api, const RegistryRouteContext& c) {
    api.query("/api/v1/exchange/servers", servers);
    api.command(
        "POST", "/api/v1/exchange/servers/{class}/{member}/{server}/maintenance",
        [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
            JsonReader in(call.body);
            const auto notice = in.optional_text("notice", 500);
            TRY_VOID(in.finish());
            TRY_VOID(set_maintenance(tx, c.registry, call.actor, server_in_path(call, c.registry), notice, call.now));
            return Answer{{}, 204};
        });
    api.command("POST", "/api/v1/exchange/servers/{class}/{member}/{server}/ending",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto on, last_day_in_body(call));
                    TRY_VOID(end_server(tx, c.registry, call.actor, server_in_path(call, c.registry), on, call.now));
                    return Answer{{}, 204};
                });
    api.command("PUT", "/api/v1/exchange/servers/{class}/{member}/{server}/certificates",
                [c](store::Transaction& tx, const Call& call) { return upload(c, tx, call); });
    api.command("POST", "/api/v1/exchange/certificates/{certificate}/revocation",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY_VOID(revoke_certificate(tx, c.registry, call.actor, call.param("certificate"), call.now));
                    return Answer{{}, 204};
                });
    api.query("/api/v1/exchange/join-codes", codes);
    // Not a command: with an Idempotency-Key the secret in the answer would be kept in the database.
    api.raw("POST", "/api/v1/exchange/join-codes", [c](const Call& call) { return new_code(c, call); });
}

}  // namespace hl::exchange
