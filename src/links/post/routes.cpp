#include "links/post/routes.h"

#include "access/query_values.h"
#include "dossiers/queries.h"
#include "links/connector/outbox.h"

namespace hl::post {

namespace {

using access::Answer;
using access::Call;
using access::Right;

constexpr int most_listed = 100;
constexpr const char* purpose = "chuyển qua bưu chính";

/// An order, and why it does not go out when it is held.
json::object view(store::Reader& reader, const Order& o) {
    auto out = to_json(o);
    out["held"] = nullptr;
    if (o.state != OrderState::none) return out;
    for (const auto& m : connector::find_messages(reader, {"post", {}, o.number}))
        if (m.state == connector::MessageState::held || m.state == connector::MessageState::dead) {
            out["held"] = json::object{
                {"code", m.reason_code}, {"datum", m.reason_datum}, {"vi", m.reason.vi}, {"en", m.reason.en}};
            break;
        }
    return out;
}

Result<Answer> of_dossier(store::Reader& reader, const Call& call, bool connected) {
    TRY(const auto d, dossiers::find_dossier(reader, call.actor, call.param("code"), call.now));
    json::array items;
    for (const auto& o : rows::of_dossier(reader, d.id)) items.push_back(view(reader, o));
    return Answer{json::object{{"connected", connected}, {"items", std::move(items)}}};
}

Result<Answer> asked(store::Transaction& tx, const Call& call, Partner& partner) {
    JsonReader in(call.body);
    Asking asking;
    asking.code = DossierCode{call.param("code")};
    asking.way = way_from(in.one_of("way", {"return", "collect"})).value_or(Way::hand_over);
    asking.place.name = in.text("name", 200);
    asking.place.phone = in.text("phone", 30);
    asking.place.email = in.optional_text("email", 200).value_or("");
    asking.place.address = in.text("address", 500);
    asking.cod = in.boolean("on_delivery", false);
    asking.by = "desk";
    TRY_VOID(in.finish());
    TRY(const auto profile, partner.profile(tx, call.now));
    TRY(const auto o, ask_post(tx, partner.parts().context(), call.actor, *profile, asking, call.now));
    return Answer{view(tx, o), 201};
}

Result<Answer> odd(store::Reader& reader, const Call& call) {
    TRY_VOID(access::require_anywhere(call.actor, Right::manage_links, call.now));
    TRY(const auto before, access::number_in_query(call, "before", 0, 0, std::numeric_limits<int64_t>::max()));
    auto found = rows::odd(reader, before, most_listed + 1);
    const bool more = std::ssize(found) > most_listed;
    if (more) found.pop_back();
    json::array items;
    for (const auto& o : found) items.push_back(view(reader, o));
    const json::value next = more ? json::value(found.back().key) : json::value();
    return Answer{json::object{{"items", std::move(items)}, {"next", next}}};
}

}  // namespace

Error not_connected() {
    return {ErrorKind::unavailable, "post.not_connected",
            "Chưa nối với bưu chính. Hãy đến bộ phận một cửa, hoặc gửi và nhận tại bưu cục.",
            "The post is not connected. Come to the one-stop unit, or use the post office."};
}

void add_routes(access::Api& api, const RouteParts& parts) {
    const auto partner = parts.partner;
    access::RouteOptions desk;
    desk.purpose = purpose;
    api.query("/api/v1/dossiers/{code}/post", [partner](store::Reader& reader, const Call& call) {
        return of_dossier(reader, call, partner != nullptr);
    });
    api.command(
        "POST", "/api/v1/dossiers/{code}/post",
        [partner](store::Transaction& tx, const Call& call) -> Result<Answer> {
            if (!partner) return not_connected();
            return asked(tx, call, *partner);
        },
        desk);
    api.query("/api/v1/postal-orders", odd);
    api.command("POST", "/api/v1/postal-orders/{order}/cancel",
                [](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto o, cancel(tx, call.actor, call.param("order"), "desk", call.now));
                    return Answer{view(tx, o)};
                });
    api.command("POST", "/api/v1/postal-orders/{order}/clear",
                [](store::Transaction& tx, const Call& call) -> Result<Answer> {
                    TRY(const auto o, clear(tx, call.actor, call.param("order"), call.now));
                    return Answer{view(tx, o)};
                });
}

}  // namespace hl::post
