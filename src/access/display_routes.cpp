// Displays over HTTP: made (the link's code is in that one answer), opened on the screen, listed, revoked.
#include "access/displays.h"
#include "access/route_parts.h"
#include "base/json.h"
#include "base/text.h"

namespace hl::access {

namespace {

boost::json::value instant_or_null(const std::optional<Instant>& at) {
    return at ? boost::json::value(to_rfc3339_local(*at)) : boost::json::value();
}

boost::json::object to_json(const Display& d, Instant now) {
    const bool ended = d.revoked || d.expires <= now;
    const auto state = ended ? "ended" : d.paired ? "open" : d.code_until && *d.code_until > now ? "waiting" : "lapsed";
    return {{"id", d.id},
            {"name", d.name},
            {"state", state},
            {"maker", d.maker},
            {"made_at", to_rfc3339_local(d.made)},
            {"expires_at", to_rfc3339_local(d.expires)},
            {"paired_at", instant_or_null(d.paired)},
            {"seen_at", instant_or_null(d.seen)},
            {"ended_at", instant_or_null(d.revoked)},
            {"remote", text_or_null(d.remote)}};
}

}  // namespace

void add_display_routes(Api& api, const RouteContext& c) {
    api.query("/api/v1/displays", [](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto list, list_displays(reader, call.actor, call.now));
        boost::json::array items;
        for (const auto& d : list) items.push_back(to_json(d, call.now));
        return Answer{boost::json::object{{"items", std::move(items)}}};
    });
    // Not a command: with an Idempotency-Key the answer, and the code in it, would be kept in the database.
    api.raw("POST", "/api/v1/displays", [c](const Call& call) -> Result<Answer> {
        JsonReader in(call.body);
        const auto name = in.text("name", 100);
        const auto days = in.integer("days", 1, display_days_most);
        TRY_VOID(in.finish());
        TRY(const auto made, c.store.write([&](store::Transaction& tx) {
            return make_display(tx, call.actor, name, days, c.random, call.now);
        }));
        return Answer{boost::json::object{{"id", made.id},
                                          {"code", made.code},
                                          {"code_until", to_rfc3339_local(made.code_until)},
                                          {"expires_at", to_rfc3339_local(made.expires)}},
                      201,
                      {{"Cache-Control", "no-store"}}};
    });
    // On the screen's machine, where nobody is signed in.
    api.raw("POST", "/api/v1/displays/pair",
            [c](const Call& call) -> Result<Answer> {
                JsonReader in(call.body);
                const auto code = in.text("code", 100);
                TRY_VOID(in.finish());
                TRY(const auto paired, c.store.write([&](store::Transaction& tx) {
                    return pair_display(tx, code, call.request.remote, c.random, call.now);
                }));
                const auto life = std::chrono::duration_cast<std::chrono::seconds>(paired.expires - call.now);
                Answer out;
                out.status = 204;
                out.headers = {{"Set-Cookie", session_cookie(call.request, paired.token, life)},
                               {"Cache-Control", "no-store"}};
                return out;
            },
            {.who = Who::anyone});
    api.raw("DELETE", "/api/v1/displays/{id}", [c](const Call& call) -> Result<Answer> {
        TRY_VOID(c.store.write(
            [&](store::Transaction& tx) { return revoke_display(tx, call.actor, call.param("id"), call.now); }));
        c.sessions.forget_cache();
        return Answer{{}, 204};
    });
}

}  // namespace hl::access
