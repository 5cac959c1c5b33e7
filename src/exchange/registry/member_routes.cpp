#include "exchange/registry/endings.h"
#include "exchange/registry/members.h"
#include "exchange/registry/route_parts.h"
#include "exchange/registry/trust_services.h"

namespace hl::exchange {

namespace {

using access::Answer;
using access::Call;

struct Row {
    std::string id;
    json::object value;
};

Result<Answer> listed(store::Reader& reader, const Call& call, std::string_view sql,
                      const std::function<Row(const store::Row&)>& read) {
    TRY_VOID(require_staff(call));
    TRY(const auto page, page_of(call));
    auto rows = reader.all(sql, {page.after, page.limit + 1}, read);
    return Answer{page_json(
        std::move(rows), page, [](const Row& r) { return r.value; }, [](const Row& r) { return r.id; })};
}

Row member_row(const store::Row& row) {
    return {row.string(0),
            {{"member", row.text(0)},
             {"name", row.text(1)},
             {"agency", text_or_null(row.text(2))},
             {"from", to_iso(row.date(3))},
             {"subsystems", row.integer(4)},
             {"signing_certificates", row.integer(5)},
             {"ended", day_or_null(row.optional_date(6))}}};
}

Row subsystem_row(const store::Row& row) {
    return {row.string(0),
            {{"subsystem", row.text(0)},
             {"member", row.text(1)},
             {"name", row.text(2)},
             {"description", text_or_null(row.text(3))},
             {"contact", text_or_null(row.text(4))},
             {"from", to_iso(row.date(5))},
             {"services", row.integer(6)},
             {"ended", day_or_null(row.optional_date(7))}}};
}

constexpr std::string_view select_members =
    "SELECT m.id, m.name, m.agency, m.valid_from, (SELECT COUNT(*) FROM exchange_subsystem s WHERE s.member = m.id), "
    "(SELECT COUNT(*) FROM exchange_certificate c WHERE c.member = m.id AND c.key_use = 'signing' AND c.revoked_at IS "
    "NULL), m.valid_to FROM exchange_member m WHERE m.id > ? ORDER BY m.id LIMIT ?";
constexpr std::string_view select_subsystems =
    "SELECT s.id, s.member, s.name, s.description, s.contact, s.valid_from, (SELECT COUNT(*) FROM exchange_service v "
    "WHERE v.provider = s.id), s.valid_to FROM exchange_subsystem s WHERE s.id > ? ORDER BY s.id LIMIT ?";

Result<Answer> groups(store::Reader& reader, const Call& call) {
    TRY_VOID(require_staff(call));
    std::map<std::string, json::array> members;
    const Date today = local_date(call.now);
    reader.query(
        "SELECT code, subsystem, valid_from FROM exchange_group_member WHERE valid_to IS NULL OR valid_to > ? ORDER BY "
        "code, subsystem",
        {today}, [&](const store::Row& row) {
            members[row.string(0)].push_back(json::object{{"subsystem", row.text(1)}, {"from", to_iso(row.date(2))}});
        });
    json::array items;
    reader.query("SELECT code, title FROM exchange_group ORDER BY code", {}, [&](const store::Row& row) {
        items.push_back(
            json::object{{"group", row.text(0)}, {"title", row.text(1)}, {"members", members[row.string(0)]}});
    });
    return Answer{json::object{{"items", std::move(items)}}};
}

void add_group_routes(access::Api& api, const RegistryRouteContext& c) {
    api.query("/api/v1/exchange/groups", groups);
    api.command("POST", "/api/v1/exchange/groups", [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
        JsonReader in(call.body);
        const auto code = in.text("code", 100), title = in.text("title", 300);
        TRY_VOID(in.finish());
        TRY_VOID(make_group(tx, c.registry, call.actor, code, title, call.now));
        return Answer{json::object{{"group", code}, {"title", title}, {"members", json::array{}}}, 201};
    });
    api.command("POST", "/api/v1/exchange/groups/{group}/members",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    JsonReader in(call.body);
                    const auto subsystem = client_in_body(in, "subsystem");
                    const auto from = in.optional_date("from").value_or(local_date(call.now));
                    TRY_VOID(in.finish());
                    TRY_VOID(add_to_group(tx, c.registry, call.actor, call.param("group"), subsystem, from, call.now));
                    return Answer{{}, 204};
                });
    api.command("POST", "/api/v1/exchange/groups/{group}/removals",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    JsonReader in(call.body);
                    const auto subsystem = client_in_body(in, "subsystem");
                    TRY_VOID(in.finish());
                    TRY_VOID(take_from_group(tx, c.registry, call.actor, call.param("group"), subsystem, call.now));
                    return Answer{{}, 204};
                });
}

void add_trust_routes(access::Api& api, const RegistryRouteContext& c) {
    api.query("/api/v1/exchange/trust-services", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY_VOID(require_staff(call));
        json::array items;
        reader.query("SELECT id, kind, body, valid_from, valid_to FROM exchange_trust_service ORDER BY valid_from, id",
                     {}, [&](const store::Row& row) {
                         auto value = parse_json(row.text(2))->as_object();
                         items.push_back(json::object{{"service", row.text(0)},
                                                      {"kind", row.text(1)},
                                                      {"name", value.at("name")},
                                                      {"certificate", value.at("certificate")},
                                                      {"from", to_iso(row.date(3))},
                                                      {"ended", day_or_null(row.optional_date(4))}});
                     });
        return Answer{json::object{{"items", std::move(items)}}};
    });
    api.command("POST", "/api/v1/exchange/trust-services",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto id, add_trust_service(tx, c.registry, call.actor, call.body, call.now));
                    return Answer{json::object{{"service", id}}, 201};
                });
    api.command("POST", "/api/v1/exchange/trust-services/{service}/ending",
                [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY_VOID(end_trust_service(tx, c.registry, call.actor, call.param("service"), call.now));
                    return Answer{{}, 204};
                });
}

}  // namespace

void add_member_routes(access::Api& api, const RegistryRouteContext& c) {
    api.query("/api/v1/exchange/members",
              [](store::Reader& reader, const Call& call) { return listed(reader, call, select_members, member_row); });
    api.command("POST", "/api/v1/exchange/members", [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
        JsonReader in(call.body);
        NewMember member;
        member.member_class = in.text("class", 20);
        member.code = in.text("code", 100);
        member.name = in.optional_text("name", 300).value_or("");
        member.from = in.optional_date("from").value_or(local_date(call.now));
        TRY_VOID(in.finish());
        TRY(const auto id, register_member(tx, c.registry, call.actor, member, call.now));
        return Answer{json::object{{"member", to_path(id)}}, 201};
    });
    api.query("/api/v1/exchange/subsystems", [](store::Reader& reader, const Call& call) {
        return listed(reader, call, select_subsystems, subsystem_row);
    });
    for (const auto* pattern : {"/api/v1/exchange/members/{class}/{member}/ending",
                                "/api/v1/exchange/subsystems/{class}/{member}/{subsystem}/ending"})
        api.command("POST", pattern, [c](store::Transaction& tx, const Call& call) -> Result<Answer> {
            TRY(const auto on, last_day_in_body(call));
            TRY_VOID(end_client(tx, c.registry, call.actor, client_in_path(call, c.registry), on, call.now));
            return Answer{{}, 204};
        });
    add_group_routes(api, c);
    add_trust_routes(api, c);
}

}  // namespace hl::exchange
