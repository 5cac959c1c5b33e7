#include "links/portal/routes.h"

#include "access/query_values.h"
#include "links/connector/views.h"
#include "links/portal/routes_own.h"

namespace hl::links::portal {

namespace {

using access::Answer;
using access::Call;
using access::Right;
using connector::at_or_null;
using connector::text_or_null;

Result<Answer> catalogue(const RouteParts& parts, store::Reader& reader, const Call& call) {
    if (!access::require(call.actor, Right::manage_procedures, AgencyId{}, call.now).ok())
        TRY_VOID(access::require(call.actor, Right::manage_links, AgencyId{}, call.now));
    TRY(const auto limit, access::number_in_query(call, "limit", 50, 1, 200));
    const bool all = call.request.query_value("all").value_or("") == "true";
    auto rows =
        compared_procedures(reader, call.request.query_value("after").value_or(""), all, static_cast<int>(limit) + 1);
    json::value next;
    if (std::ssize(rows) > limit) {
        rows.pop_back();
        next = rows.back().procedure;
    }
    const auto ctx = parts.context();
    json::array items;
    for (const auto& p : rows) {
        json::array lines;
        for (const auto& d : p.lines)
            lines.push_back({{"field", d.field},
                             {"kind", to_string(d.kind)},
                             {"ours", text_or_null(d.ours)},
                             {"theirs", text_or_null(d.theirs)}});
        // As it is called today; null when it has ended since it was compared.
        const auto release = ctx.catalogue->valid(ProcedureCode{p.procedure}, call.now);
        items.push_back({{"procedure", p.procedure},
                         {"name", release.ok() ? json::value((*release)->card.name) : json::value()},
                         {"seen_at", to_rfc3339_local(p.seen_at)},
                         {"compared_at", at_or_null(p.compared_at)},
                         {"problem", text_or_null(p.problem)},
                         {"differences", p.differences},
                         {"lines", std::move(lines)}});
    }
    return Answer{json::object{{"items", std::move(items)}, {"next", std::move(next)}}};
}

}  // namespace

void add_routes(access::Api& api, const RouteParts& parts) {
    add_question_routes(api, parts);
    add_found_routes(api, parts);
    api.query("/api/v1/portal-catalogue",
              [parts](store::Reader& reader, const Call& call) { return catalogue(parts, reader, call); });
    add_result_routes(api, parts);
}

}  // namespace hl::links::portal
