#include "ioc/briefing/routes.h"

namespace hl::briefing {

using access::Answer;
using access::Call;

void add_routes(access::Api& api, RouteSources s) {
    access::RouteOptions slow;
    slow.slow = true;
    api.raw(
        "GET", "/api/v1/ioc/briefing",
        [s](const Call& call) -> Result<Answer> {
            TRY_VOID(access::require_anywhere(call.actor, access::Right::view_ioc, call.now));
            Date day = local_date(call.now);
            if (const auto text = call.request.query_value("date")) {
                TRY(day, parse_date(*text));
            }
            // Drawn after the snapshot was given back.
            TRY(const auto found, s.store.read([&](store::Reader& reader) -> Result<Briefing> {
                TRY(auto sources, s.sources(reader));
                return gather(reader, std::move(sources), call.actor, day, call.now);
            }));
            TRY(auto bytes, to_pdf(found));
            Answer out;
            out.bytes = std::move(bytes);
            out.headers = {{"Content-Type", "application/pdf"},
                           {"Content-Disposition", fmt::format("inline; filename=\"giao-ban-{}.pdf\"", to_iso(day))},
                           {"Cache-Control", "no-store"}};
            return out;
        },
        slow);
}

}  // namespace hl::briefing
